"""`trimtab review`: a room in the browser where people judge; what they said, as a file."""

import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import typer
from typer.core import TyperGroup

from ..errors import UserError
from ..store import FileName
from .output import complain, emit
from .told import COLUMN, FORM, SCALE, columns_of, scale_of

if TYPE_CHECKING:
    from socket import socket as Socket  # noqa: N812 - a class

    from ..review import Gathered, Opened, Place, Plan, Room, Task

HELP = """Open a room in the browser where people compare, grade, edit and flag answers, blind.

`trimtab review RUN` shows a run's answers before and after training (or those sampled so far); FILE answers or
comparisons; FOLDER images, video and audio; two sources the answers of two models. `trimtab review demo` is a try with
twenty pairs, `trimtab review export ROOM` gives out what was said, and `trimtab review report ROOM` tells what was
found. A run that waits for people has filled its room: `trimtab review serve ROOM`."""
_OPEN = "open"


class _OpensSources(TyperGroup):
    """A group in which what is no command is a source to be opened."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, self._opening(args))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        return super().resolve_command(ctx, self._opening(args))

    def _opening(self, args: list[str]) -> list[str]:
        return args if not args or args[0] in self.commands or args[0] == "--help" else [_OPEN, *args]


app = typer.Typer(cls=_OpensSources, no_args_is_help=True, rich_markup_mode=None)

_ROOM = typer.Option(
    None,
    "--room",
    metavar="FILE|URL",
    help="A file (SQLite) or postgresql://… Default: RUN/review.db, or beside the file.",
)
_HOST = typer.Option("127.0.0.1", "--host", help="The address to listen at; another than loopback needs --admin once.")
_PORT = typer.Option(8737, "--port", min=0, max=65535, help="The port; 0 takes one that is free.")
_NAME = typer.Option([], "--name", metavar="HOST", help="A name by which others reach it. Repeatable.")
_HTTPS = typer.Option(False, "--https", help="Browsers reach it by https, through a proxy: cookies go by https alone.")
_ADMIN = typer.Option(None, "--admin", metavar="NAME", help="Set an admin's password; from then on everybody logs in.")
_BROWSER = typer.Option(True, "--browser/--no-browser", help="Open it in this machine's browser.")
_ONLY = typer.Option(False, "--fill-only", help="Put the items into the room and stop.")
_JSON = typer.Option(False, "--json", help="Print where it is and what was put in as one JSON object.")


@app.command(_OPEN, hidden=True)
def open_sources(
    sources: list[str] = typer.Argument(
        ..., metavar="RUN|FILE|FOLDER [RUN|FILE|FOLDER]", help="What is reviewed, or two to compare."
    ),
    kind: str | None = typer.Option(
        None,
        "--kind",
        help="pair (default), rank, rubric, rating, thumb, edit, flag, claims or critique.",
    ),
    task: Path | None = typer.Option(None, "--task", metavar="FILE", help="Question, guidelines, rubric (YAML)."),
    policy: Path | None = typer.Option(None, "--policy", metavar="FILE", help="The rules that are flagged."),
    what: str | None = typer.Option(
        None, "--what", help="Of a run: before-after (default, if it is so far) or samples."
    ),
    per_item: int = typer.Option(1, "--per-item", min=1, max=1000, help="Reviewers for each item."),
    repeat: float = typer.Option(0.1, "--repeat", min=0, max=1, help="Share of pairs that come again, sides swapped."),
    blur_from: int = typer.Option(2, "--blur-from", min=0, help="Severity from which items are blurred."),
    blur_likely: bool = typer.Option(
        False, "--blur-likely", help="Images that are likely pornographic count as of severity 2 (trimtab[blur])."
    ),
    dose: int | None = typer.Option(None, "--dose", min=1, help="How much severity, summed up, a reviewer sees a day."),
    reserve: float = typer.Option(
        30, "--reserve", min=1, max=43200, help="Minutes for which an item is kept for a reviewer."
    ),
    room: str | None = _ROOM,
    host: str = _HOST,
    port: int = _PORT,
    name: list[str] = _NAME,
    https: bool = _HTTPS,
    admin: str | None = _ADMIN,
    browser: bool = _BROWSER,
    fill_only: bool = _ONLY,
    as_json: bool = _JSON,
) -> None:
    """Open a room with a run's answers, or a file's."""
    with _Needed():
        from ..loop import hinted_by_runs
        from ..review import Plan, hinted_by_rules, make_task, read_items, read_task_file, sides_of
        from ..spec import load_policy
    told = read_task_file(task) if task is not None else None
    kinds, whats = _choice("kind", kind, _kinds()), _choice("what", what, ("before-after", "samples"))
    rules = load_policy(policy) if policy is not None else None
    asks = kinds or (told.kind if told else None) or "pair"
    sides = sides_of(asks)
    if len(sources) > max(sides, 2):
        raise UserError(
            f"{len(sources)} sources are given.",
            f"At most {max(sides, 2)} are compared at a time.",
            "Give fewer." if sides > 2 else "Give one or two, or put them in order: --kind rank.",
        )
    found = read_items(sources, sides, whats, blur_likely=blur_likely)
    asked = make_task(kinds, found.title, told, rules)
    found = hinted_by_runs(sources, asked, hinted_by_rules(found, rules) if rules is not None else found)
    plan = Plan(per_item=per_item, repeat=repeat, blur_from=blur_from, dose=dose, reserve_minutes=reserve)
    _run(room or _beside(sources[0]), found, asked, plan, host, port, name, https, admin, browser, fill_only, as_json)


@app.command("demo")
def demo(
    room: str = typer.Option("review-demo.db", "--room", metavar="FILE|URL", help="Where it is kept."),
    port: int = _PORT,
    browser: bool = _BROWSER,
    as_json: bool = _JSON,
) -> None:
    """Try it: twenty pairs of the first recipe's before and after, on this machine alone."""
    with _Needed():
        from ..review import Plan, demo_items, make_task
    found = demo_items()
    task = make_task("pair", found.title)
    _run(room, found, task, Plan(repeat=0), "127.0.0.1", port, [], False, None, browser, False, as_json)


@app.command("serve")
def serve_room(
    room: str = typer.Argument(..., metavar="ROOM", help="The room's file or URL."),
    host: str = _HOST,
    port: int = _PORT,
    name: list[str] = _NAME,
    https: bool = _HTTPS,
    admin: str | None = _ADMIN,
    browser: bool = _BROWSER,
    as_json: bool = _JSON,
) -> None:
    """Serve a room that is there as it is, such as one that a run has filled and waits for."""
    with _Needed():
        from ..review import LOOPBACK, open_room, reading_room
    with reading_room(room):  # says so where there is none
        pass
    if admin is not None:
        _set_admin(room, admin)
    opened = open_room(room, local=_me() if host in LOOPBACK else None)
    place, socket = _listen(opened, host, port, name, https)
    if as_json:
        emit({"room": room, "url": place.url})
    else:
        print(f"{place.url}  (Ctrl-C ends)", flush=True)
    _serve(opened, place, socket, "/" if browser else None)


@app.command("export")
def export(
    room: str = typer.Argument(..., metavar="ROOM", help="The room's file or URL."),
    out: Path = typer.Argument(..., metavar="OUT", help="The file to write, which must not be there yet."),
    to: Literal["journal", "trl", "openai", "label-studio", "csv", "judge-labels"] = typer.Option(
        "journal",
        help="The form: everything in order (JSON Lines), rows that what stands makes, or people's votes by pair.",
    ),
    task: int | None = typer.Option(None, "--task", metavar="N", help="The task, where the room has several."),
    kind: Literal["comparison", "demonstration", "thumb"] | None = typer.Option(
        None, help="Make all rows of this type. Default for trl and openai: thumbs of thumbs, else comparisons."
    ),
    axis: str | None = typer.Option(None, help="Of a rubric this axis alone. Default: the mean of its axes."),
    per_item: int = typer.Option(1, "--per-item", min=1, help="Only items that so many reviewers have judged."),
    margin: float = typer.Option(0.25, min=0, max=1, help="Share of the scale by which ratings must differ."),
    redact: bool = typer.Option(
        False, "--redact", help="Pseudonyms for reviewers, personal data masked, days in place of times."
    ),
    rejected: Path | None = typer.Option(
        None, metavar="FILE", help="Write which judgements made no row, and why, as JSON Lines."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
) -> None:
    """Write what was said, unblinded: for trainers, tables or readers (docs/review.md)."""
    from ..api import export_review
    from .data import keep_rejected, tell_rejected

    with _Needed():
        done = export_review(
            room, out, to=to, task=task, kind=kind, axis=axis, per_item=per_item, margin=margin, redact=redact
        )
    keep_rejected(rejected, done.rejected)
    if as_json:
        told = {"out": str(out), "written": done.counts, "judged": done.judged, "notes": done.notes}
        emit({**told, "rejected": [one.model_dump() for one in done.rejected]})
        return
    tell_rejected(done.rejected)
    for note in done.notes:
        complain(f"note: {note}")
    print(done.summary)


@app.command("report")
def report(
    room: str = typer.Argument(..., metavar="ROOM", help="The room's file or URL."),
    out: Path | None = typer.Option(
        None,
        "--out",
        metavar="FILE",
        help="The page, not there yet. Default: ROOM.report.html.",
    ),
    csv: Path | None = typer.Option(
        None, "--csv", metavar="FOLDER", help="Where the tables go. Default: beside the page, under its name."
    ),
    task: int | None = typer.Option(None, "--task", metavar="N", help="This task alone. Default: all."),
    since: str | None = typer.Option(None, metavar="DAY", help="Judgements from this day (UTC) on, as 2026-11-28."),
    until: str | None = typer.Option(None, metavar="DAY", help="Judgements until this day (UTC), which is among them."),
    rule: str | None = typer.Option(None, metavar="ID", help="This rule of a policy alone."),
    redact: bool = typer.Option(
        False, "--redact", help="Personal data masked, names taken out of reviewers' words, no pictures."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
) -> None:
    """Write what was found as one HTML page with CSV tables: rates with intervals, agreement, examples, edits."""
    from ..api import review_report

    with _Needed():
        done = review_report(room, out, csv=csv, task=task, since=since, until=until, rule=rule, redact=redact)
    if as_json:
        told = {"out": str(done.out), "tables": [str(each) for each in done.tables], "notes": list(done.notes)}
        emit({**told, "judged": done.judged, "tasks": len(done.figures.tasks)})
        return
    for note in done.notes:
        complain(f"note: {note}")
    print(done.summary)


@app.command("import")
def import_(
    room: str = typer.Argument(..., metavar="ROOM", help="The room's file or URL; made where there is none."),
    file: Path = typer.Argument(..., metavar="FILE", help="Judgements of Label Studio (JSON), Argilla, or feedback."),
    reviewer: str | None = typer.Option(None, metavar="NAME", help="Who judged what names nobody."),
    task: int | None = typer.Option(None, "--task", metavar="N", help="The task, where the room has several."),
    form: str | None = FORM,
    scale: str | None = SCALE,
    column: list[str] = COLUMN,
    rejected: Path | None = typer.Option(
        None, metavar="FILE", help="Write which judgements were not taken in, and why, as JSON Lines."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
) -> None:
    """Take in what people judged elsewhere, each once, as reviewers by name (docs/review.md)."""
    from ..api import import_review
    from .data import keep_rejected, tell_rejected

    scaled, columns = scale_of(scale), columns_of(column)
    with _Needed():
        done = import_review(
            room, file, reviewer=reviewer, task=task, actor=_me(), form=form, scale=scaled, columns=columns
        )
    keep_rejected(rejected, done.rejected)
    if not done.kept and not done.there:
        raise UserError(
            f"{file} was given.",
            f"None of its {len(done.rejected):,} judgements was taken in; the first: {done.rejected[0].reason}.",
            "Mend it, or say what it does not tell: --reviewer, --form, --scale, --column. --rejected FILE has all.",
        )
    if as_json:
        told = {"room": room, "task": done.task, "kept": done.kept, "there": done.there, "new_items": done.new_items}
        told |= {"reviewers": done.reviewers, "forms": done.forms}
        emit({**told, "rejected": [one.model_dump() for one in done.rejected]})
        return
    for line in done.forms:
        complain(f"read as {line}")
    tell_rejected(done.rejected)
    print(done.summary)


def _run(
    place_of_room: str, found: "Gathered", task: "Task", plan: "Plan", host: str, port: int, names: list[str],
    https: bool, admin: str | None, browser: bool, fill_only: bool, as_json: bool,
) -> None:  # fmt: skip
    from ..review import LOOPBACK, open_room, open_task

    local = host in LOOPBACK
    if admin is not None:
        _set_admin(place_of_room, admin)
    room = open_room(place_of_room, local=_me() if local else None)
    opened = open_task(room, task, plan, found, _me())
    _tell(opened, place_of_room)
    if fill_only:
        _emit(opened, place_of_room, None, as_json)
        return
    place, socket = _listen(room, host, port, names, https)
    path = f"/tasks/{opened.added.task_id}"
    _emit(opened, place_of_room, place.url + path, as_json)
    _serve(room, place, socket, path if browser else None)


def _listen(room: "Room", host: str, port: int, names: list[str], https: bool) -> "tuple[Place, Socket]":
    """Where the room is reached, and the socket, which is open."""
    from ..review import Place, check_place, listen

    place = Place(host, port, tuple(names), https)
    check_place(room, place)
    socket = listen(place)
    return Place(host, socket.getsockname()[1], place.names, https), socket


def _serve(room: "Room", place: "Place", socket: "Socket", path: str | None) -> None:
    """Serves until it is ended; `path` is opened in this machine's browser where it is reached by loopback alone."""
    from ..api import review_page
    from ..review import serve

    serve(room, place, socket, browser=path if place.local else None, report=review_page)


def _tell(opened: "Opened", room: str) -> None:
    added = opened.added
    complain(f"{room}: {added.new} new items, {added.there} there before")
    if added.held:
        complain(f"{added.held} of them held back, because an answer says who wrote it; leads see them under Team")
    for reason, count in opened.left_out.items():
        if count:
            complain(f"not shown: {count} {reason}")


def _emit(opened: "Opened", room: str, url: str | None, as_json: bool) -> None:
    added = opened.added
    if as_json:
        told: dict[str, Any] = {
            "room": room, "task": added.task_id, "url": url, "new": added.new, "there": added.there,
            "held": added.held, "left_out": {why: count for why, count in opened.left_out.items() if count},
        }  # fmt: skip
        emit(told)
    elif url is not None:
        print(f"{url}  (Ctrl-C ends)", flush=True)


def _set_admin(room: str, name: str) -> None:
    from ..review import open_room

    password = os.environ.get("TRIMTAB_REVIEW_PASSWORD")
    if not password and not sys.stdin.isatty():
        raise UserError(
            f"--admin {name}.", "Nobody can be asked for a password here.", "Set TRIMTAB_REVIEW_PASSWORD to it."
        )
    password = password or typer.prompt(f"Password of {name}", hide_input=True, confirmation_prompt=True, err=True)
    opened = open_room(room)
    try:
        opened.accounts.set_admin(name, password)
    except ValueError as error:
        raise UserError(f"--admin {name}.", str(error), "Give another.") from None
    finally:
        opened.database.close()


def _me() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "me"


def _beside(source: str) -> str:
    """Where a room is kept if nothing is said: in the run's folder, or beside the file."""
    folder = Path(source if Path(source).exists() else source.rpartition(":")[0] or source)
    if (folder / FileName.RUN).is_file():
        return str(folder / "review.db")
    if folder.is_dir():  # of media, which is left as it is
        return str(folder.resolve().with_name(folder.resolve().name + ".review.db"))
    return str((folder if "://" not in source and folder.exists() else Path(folder.name)).with_suffix(".review.db"))


def _kinds() -> tuple[str, ...]:
    from typing import get_args

    from ..review import TaskKind

    return get_args(TaskKind)


def _choice(name: str, given: str | None, known: tuple[str, ...]) -> Any:
    if given is not None and given not in known:
        raise UserError(f"--{name} is {given!r}.", "There is no such.", f"Give one of {', '.join(known)}.")
    return given


class _Needed:
    """Turns a missing library into what is to be installed."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ModuleNotFoundError) and not (error.name or "").startswith("trimtab"):
            raise UserError(
                "`trimtab review` serves pages from a database.",
                f"The package {error.name} is not installed.",
                "pip install 'trimtab[review]'",
            ) from None
