"""Who asks, as what FastAPI's routes depend on: a page's reader, a change's author, a program with a token."""

from typing import Annotated, cast

from fastapi import Depends, Form, Header, HTTPException, Request
from starlette.responses import Response

from .records import Role
from .room import Room
from .sessions import COOKIE, SECONDS, Visit


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


def set_cookie(response: Response, cookie: str, *, secure: bool) -> None:
    """Gives the browser a session."""
    response.set_cookie(COOKIE, cookie, max_age=SECONDS, httponly=True, samesite="lax", secure=secure)


Inside = Annotated[Room, Depends(room_of)]
Reading = Annotated[Visit, Depends(page_visit)]
Asking = Annotated[Visit, Depends(visit_of)]
Changing = Annotated[Visit, Depends(changing)]
FillingIn = Annotated[Visit, Depends(filling_in)]
