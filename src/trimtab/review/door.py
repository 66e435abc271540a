"""Who asks and for what, as what FastAPI's routes depend on: a page's reader, a change's author, a program with a
token; the task that a path names. A route asks who it is first, so that nobody else learns which tasks there are."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Form, Header, HTTPException, Path, Request
from starlette.responses import Response

from .records import Plan, Role, Task
from .room import Room
from .sessions import COOKIE, SECONDS, Visit
from .store import read_task

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
"""The number of a row in a path: as far as each database counts."""


class NoSession(Exception):
    """Nobody is logged in: a page shows the login, the API says 401."""


def room_of(request: Request) -> Room:
    """The room that the app serves."""
    return cast(Room, request.app.state.room)


def visit_of(request: Request, room: Annotated[Room, Depends(room_of)]) -> Visit:
    """Who asks, by a token or a cookie. Raises NoSession."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.casefold() == "bearer":
        reviewer = room.accounts.by_token(token.strip())
        if reviewer is None:
            raise NoSession
        return Visit(reviewer, "")
    visit = room.sessions.read(request.cookies.get(COOKIE))
    if visit is None:
        raise NoSession
    return visit


def page_visit(request: Request, room: Annotated[Room, Depends(room_of)]) -> Visit:
    """Who reads a page; whoever sits at this machine is let in where nobody has a password. Raises NoSession."""
    try:
        visit = visit_of(request, room)
    except NoSession:
        if (guest := room.guest) is None:
            raise
        request.state.cookie, visit = room.sessions.begin(guest)
    request.state.visit = visit
    return visit


def changing(
    visit: Annotated[Visit, Depends(visit_of)],
    room: Annotated[Room, Depends(room_of)],
    x_csrf: Annotated[str, Header()] = "",
) -> Visit:
    """Who sends a change as JSON. Raises HTTPException where no page of the room's has sent it."""
    return _from_our_page(visit, room, x_csrf)


def filling_in(
    visit: Annotated[Visit, Depends(visit_of)],
    room: Annotated[Room, Depends(room_of)],
    csrf: Annotated[str, Form()] = "",
) -> Visit:
    """Who sends a form. Raises HTTPException where no page of the room's has sent it."""
    return _from_our_page(visit, room, csrf)


def _from_our_page(visit: Visit, room: Room, given: str) -> Visit:
    if visit.nonce and not room.sessions.csrf_is_right(visit, given):
        raise HTTPException(403, "This page is of another session: load it again.")
    return visit


def needs(visit: Visit, role: Role) -> None:
    """Raises HTTPException where the account may not do what that role may."""
    if not visit.reviewer.may(role):
        raise HTTPException(403, f"This is for a {role}.")


def _lead_reads(visit: Annotated[Visit, Depends(page_visit)]) -> Visit:
    needs(visit, "lead")
    return visit


def _lead_asks(visit: Annotated[Visit, Depends(visit_of)]) -> Visit:
    needs(visit, "lead")
    return visit


@dataclass(frozen=True)
class Named:
    """A task that a path names, with its wording and its plan."""

    number: int
    task: Task
    plan: Plan


def no_such_task() -> HTTPException:
    """What is said where there is no task of a number."""
    return HTTPException(404, "There is no such task.")


def task_named(task: Number, room: Annotated[Room, Depends(room_of)]) -> Named:
    """The task that a path names. Raises HTTPException where there is none."""
    with room.database.reading() as session:
        found = read_task(session, task)
    if found is None:
        raise no_such_task()
    return Named(task, *found)


def set_cookie(response: Response, cookie: str, *, secure: bool) -> None:
    """Gives the browser a session."""
    response.set_cookie(COOKIE, cookie, max_age=SECONDS, httponly=True, samesite="lax", secure=secure)


Inside = Annotated[Room, Depends(room_of)]
Reading = Annotated[Visit, Depends(page_visit)]
LeadReading = Annotated[Visit, Depends(_lead_reads)]
Asking = Annotated[Visit, Depends(visit_of)]
LeadAsking = Annotated[Visit, Depends(_lead_asks)]
Changing = Annotated[Visit, Depends(changing)]
FillingIn = Annotated[Visit, Depends(filling_in)]
TaskNamed = Annotated[Named, Depends(task_named)]
