"""What the pages' forms do: log in and out, accept an invitation, change an account, run a team."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from .accounts import ROLES, SHORTEST_PASSWORD, NotAllowed, folded
from .door import FillingIn, Inside, Number, needs, set_cookie, task_named
from .held import release
from .odds import CannotSettle, settle
from .pages import account_page, odds_page, page, team_page
from .records import Reviewer, Role
from .room import Room
from .sessions import COOKIE
from .tables import ItemRow

router = APIRouter()
_Text = Annotated[str, Form(max_length=2000)]
_Words = Annotated[str, Form(max_length=20_000)]


@router.post("/login")
def log_in(request: Request, room: Inside, name: _Text, password: _Text) -> Response:
    """Begins a session, where name and password are right and not too many were wrong."""
    who, address = folded(name), request.client.host if request.client is not None else ""
    wait = max(room.by_name.wait(who), room.by_address.wait(address))
    if wait > 0:
        problem = f"Too many wrong passwords. Try again in {int(wait) + 1} seconds."
        response = page(request, "login", 429, problem=problem)
        response.headers["retry-after"] = str(int(wait) + 1)
        return response
    room.by_name.guessed(who)
    room.by_address.guessed(address)
    reviewer = room.accounts.log_in(name, password)
    if reviewer is None:
        return page(request, "login", 403, problem="Name and password do not belong together.")
    room.by_name.right(who)
    return _begin(request, room, reviewer, "/")


@router.post("/logout")
def log_out(room: Inside, visit: FillingIn) -> Response:
    """Ends this account's sessions, on all its devices."""
    room.accounts.log_out(visit.reviewer)
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(COOKIE)
    return response


@router.post("/invitation/{token}")
def accept(token: str, request: Request, room: Inside, name: _Text, password: _Text) -> Response:
    """Makes the account of whoever was invited."""
    try:
        reviewer = room.accounts.accept(token, name, password)
    except NotAllowed as error:
        return page(request, "invitation", 400, token=token, problem=str(error), shortest=SHORTEST_PASSWORD)
    return _begin(request, room, reviewer, "/")


@router.post("/account/password")
def change_password(request: Request, room: Inside, visit: FillingIn, new: _Text, old: _Text = "") -> Response:
    """Sets a new password."""
    request.state.visit = visit
    try:
        reviewer = room.accounts.change_password(visit.reviewer, old, new)
    except NotAllowed as error:
        return account_page(request, room, visit, problem=str(error))
    return _begin(request, room, reviewer, "/account")


@router.post("/account/tokens")
def new_token(request: Request, room: Inside, visit: FillingIn, label: _Text) -> Response:
    """Makes a token and shows it this once."""
    request.state.visit = visit
    return account_page(request, room, visit, token=room.accounts.new_token(visit.reviewer, label))


@router.post("/account/tokens/{number}/revoke")
def revoke(number: Number, room: Inside, visit: FillingIn) -> Response:
    """Ends a token."""
    room.accounts.revoke(visit.reviewer, number)
    return RedirectResponse("/account", status_code=303)


@router.post("/team/invite")
def invite(request: Request, room: Inside, visit: FillingIn, role: _Text) -> Response:
    """Makes a link and shows it this once."""
    request.state.visit = visit
    needs(visit, "lead")
    try:
        token = room.accounts.invite(visit.reviewer, _role(role))
    except NotAllowed as error:
        return team_page(request, room, visit, problem=str(error))
    return team_page(request, room, visit, link=str(request.url_for("invitation", token=token)))


@router.post("/team/{number}/change")
def change(
    number: Number, request: Request, room: Inside, visit: FillingIn, role: _Text = "", active: _Text = ""
) -> Response:
    """Gives an account another role, shuts it or opens it."""
    request.state.visit = visit
    needs(visit, "admin")
    try:
        room.accounts.change(
            visit.reviewer, number, role=_role(role) if role else None, active=active == "yes" if active else None
        )
    except NotAllowed as error:
        return team_page(request, room, visit, problem=str(error))
    return RedirectResponse("/team", status_code=303)


@router.post("/team/items/{number}/release")
def show_all_the_same(number: Number, room: Inside, visit: FillingIn) -> Response:
    """Shows an item that was held back."""
    needs(visit, "lead")
    release(room.database, number, visit.reviewer.name)
    return RedirectResponse("/team", status_code=303)


@router.post("/team/items/{number}/settle")
def settle_item(
    number: Number,
    request: Request,
    room: Inside,
    visit: FillingIn,
    word: _Text = "",
    why: _Words = "",
    gold: _Text = "",
) -> Response:
    """Keeps a lead's word on an item at odds."""
    request.state.visit = visit
    needs(visit, "lead")
    try:
        task = settle(room.database, room.secret, visit.reviewer, number, word, why, as_gold=gold == "yes")
    except CannotSettle as error:
        with room.database.reading() as session:
            item = session.get(ItemRow, number)
        if item is None:
            raise HTTPException(404, str(error)) from None
        return odds_page(request, room, visit, task_named(item.task_id, room), str(error))
    return RedirectResponse(f"/team/tasks/{task}/odds", status_code=303)


def _begin(request: Request, room: Room, reviewer: Reviewer, place: str) -> Response:
    cookie, _ = room.sessions.begin(reviewer)
    response = RedirectResponse(place, status_code=303)
    set_cookie(response, cookie, secure=request.app.state.secure)
    return response


def _role(given: str) -> Role:
    if given not in ROLES:
        raise HTTPException(422, "There is no such role.")
    return given
