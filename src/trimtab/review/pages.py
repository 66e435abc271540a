"""The pages that people read: tasks, the review screen, the account, the team."""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from .accounts import ROLES, SHORTEST_PASSWORD
from .door import Inside, LeadReading, Named, Number, Reading, TaskNamed, needs, room_of, task_named
from .held import held_items
from .odds import NO_ITEM, items_at_odds
from .ordering import what_comes_next
from .records import Task
from .render import to_html
from .sessions import Visit
from .store import files_of, progress, read_task, task_made, task_numbers
from .tables import AuditRow, ItemRow

router = APIRouter()
_LATEST = 200
"""Entries of the audit log that are shown."""
_NEXT = 50
"""Items of the queue that are shown."""


@lru_cache(maxsize=1)
def _templates() -> Environment:
    folder = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(request: Request, name: str, status: int = 200, **values: Any) -> Response:
    """A page from its template, with who is here and their token against forged requests."""
    visit: Visit | None = getattr(request.state, "visit", None)
    room = room_of(request)
    here = {"visit": visit, "csrf": room.sessions.csrf(visit) if visit is not None else "", "local": room.guest}
    return HTMLResponse(_templates().get_template(f"{name}.html.j2").render(here | values), status_code=status)


def message(request: Request, text: str, status: int) -> Response:
    """A page that says one thing."""
    return page(request, "message", status, text=text)


def _tasks(session: Session) -> Iterator[tuple[int, dict[str, Any], Counter[str]]]:
    """Each task's number, what pages tell of it, and the judged items by reviewer."""
    for number in task_numbers(session):
        found = read_task(session, number)
        assert found is not None
        items, done, people = progress(session, number)
        told = {"id": number, "task": found[0], "plan": found[1], "items": items, "done": done}
        yield number, told | {"made": task_made(session, number)}, people


@router.get("/")
def tasks(request: Request, room: Inside, visit: Reading) -> Response:
    """What there is to do."""
    shown = []
    with room.database.reading() as session:
        for _, told, people in _tasks(session):
            shown.append(told | {"mine": people[visit.reviewer.name]})
    return page(request, "tasks", tasks=shown)


@router.get("/tasks/{task}")
def review(request: Request, _: Reading, here: TaskNamed) -> Response:
    """The screen on which one judges."""
    return _screen(request, here)


def _screen(request: Request, here: Named, item: int | None = None) -> Response:
    asked = here.task
    told: dict[str, Any] = {
        "number": here.number,
        "task": asked,
        "shown": _shown(asked),
        "guidelines": _guidelines(asked),
    }
    return page(request, "review", item=item, **told)


def _shown(task: Task) -> dict[str, Any]:
    """What the screen's script needs of a task."""
    told: dict[str, Any] = {"kind": task.kind, "scale": task.scale}
    if task.rubric is not None:
        told["rubric"] = task.rubric.model_dump()
    if task.policy is not None:
        told["rules"] = [{"id": rule.id, "text": rule.text, "severity": rule.severity} for rule in task.policy.rules]
    return told


def _guidelines(task: Task) -> Markup:
    """The guidelines as HTML that can run nothing."""
    return Markup(to_html(task.guidelines))


@router.get("/account")
def account(request: Request, room: Inside, visit: Reading) -> Response:
    """One's own password and tokens."""
    return account_page(request, room, visit)


def account_page(request: Request, room: Inside, visit: Visit, **told: Any) -> Response:
    """The account, with what became of a change."""
    told = {"problem": "", "token": "", "done": ""} | told
    tokens = room.accounts.tokens(visit.reviewer)
    return page(request, "account", 400 if told["problem"] else 200, tokens=tokens, shortest=SHORTEST_PASSWORD, **told)


@router.get("/team")
def team(request: Request, room: Inside, visit: Reading) -> Response:
    """How far the work is and who is here; for leads."""
    return team_page(request, room, visit)


def team_page(request: Request, room: Inside, visit: Visit, **told: Any) -> Response:
    """The team, with what became of a change."""
    needs(visit, "lead")
    rows = []
    with room.database.reading() as session:
        for number, about, people in _tasks(session):
            more = {"people": sorted(people.items()), "held": held_items(session, number)}
            more |= {"quality": room.figures(session, number), "media": bool(files_of(session, number))}
            rows.append(about | more)
        log = []
        if visit.reviewer.may("admin"):
            log = list(session.scalars(select(AuditRow).order_by(AuditRow.number.desc()).limit(_LATEST)))
    told = {"problem": "", "link": ""} | told
    status = 400 if told["problem"] else 200
    return page(
        request,
        "team",
        status,
        tasks=rows,
        people=room.accounts.everybody(),
        roles=ROLES,
        log=log,
        latest=_LATEST,
        report=request.app.state.report is not None,
        **told,
    )


@router.get("/team/tasks/{task}/odds")
def odds(request: Request, room: Inside, visit: LeadReading, here: TaskNamed) -> Response:
    """The items on which reviewers are at odds; for leads."""
    return odds_page(request, room, visit, here)


def odds_page(request: Request, room: Inside, visit: Visit, here: Named, problem: str = "") -> Response:
    """The items at odds, with what became of a word on one."""
    with room.database.reading() as session:
        items, count = items_at_odds(session, room.secret, visit.reviewer, here.number)
    for_page = {"here": here, "items": items, "count": count, "problem": problem}
    return page(request, "odds", 400 if problem else 200, **for_page)


@router.get("/team/judge/{number}")
def judge_item(number: Number, request: Request, room: Inside, _: LeadReading) -> Response:
    """The screen for one item, on which a lead says themselves what is right."""
    with room.database.reading() as session:
        item = session.get(ItemRow, number)
    if item is None:
        raise HTTPException(404, NO_ITEM)
    return _screen(request, task_named(item.task_id, room), number)


@router.get("/team/tasks/{task}/queue")
def queue(request: Request, room: Inside, _: LeadReading, here: TaskNamed) -> Response:
    """What comes next and why; for leads, because it tells what was said."""
    with room.database.reading() as session:
        order, count = what_comes_next(session, here.number, _NEXT)
    share = f"{here.plan.by_chance:.0%}"
    return page(request, "queue", here=here, order=order, count=count, share=share)


@router.get("/login")
def login(request: Request) -> Response:
    """Where one logs in."""
    if room_of(request).guest is not None:
        return RedirectResponse("/", status_code=303)
    return page(request, "login", problem="")


@router.get("/invitation/{token}")
def invitation(token: str, request: Request, room: Inside) -> Response:
    """Where whoever was invited makes an account."""
    if room.accounts.invited(token) is None:
        return message(request, "This invitation was used, or is over: ask for another.", 404)
    return page(request, "invitation", token=token, problem="", shortest=SHORTEST_PASSWORD)
