"""`trimtab review`: a room in the browser where people judge; what they said, as a file."""

from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from ..errors import UserError, extra
from .output import emit
from .reviewed import export, import_, report
from .reviewing import ROOM, SERVED, beside, fill_and_serve, listen_at, me, serve_at, set_admin

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


app = typer.Typer(cls=_OpensSources, no_args_is_help=True, add_completion=False, rich_markup_mode=None)

_KEPT_IN = typer.Option(
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
    room: str | None = _KEPT_IN,
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
    with extra("review", SERVED):
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
    fill_and_serve(
        room or beside(sources[0]), found, asked, plan, host, port, name, https, admin, browser, fill_only, as_json
    )


@app.command("demo")
def demo(
    room: str = typer.Option("review-demo.db", "--room", metavar="FILE|URL", help="Where it is kept."),
    port: int = _PORT,
    browser: bool = _BROWSER,
    as_json: bool = _JSON,
) -> None:
    """Try it: twenty pairs of the first recipe's before and after, on this machine alone."""
    with extra("review", SERVED):
        from ..review import Plan, demo_items, make_task
    found = demo_items()
    task = make_task("pair", found.title)
    fill_and_serve(room, found, task, Plan(repeat=0), "127.0.0.1", port, [], False, None, browser, False, as_json)


@app.command("serve")
def serve_room(
    room: str = ROOM,
    host: str = _HOST,
    port: int = _PORT,
    name: list[str] = _NAME,
    https: bool = _HTTPS,
    admin: str | None = _ADMIN,
    browser: bool = _BROWSER,
    as_json: bool = _JSON,
) -> None:
    """Serve a room that is there as it is, such as one that a run has filled and waits for."""
    with extra("review", SERVED):
        from ..review import LOOPBACK, open_room, reading_room
    with reading_room(room):  # says so where there is none
        pass
    if admin is not None:
        set_admin(room, admin)
    opened = open_room(room, local=me() if host in LOOPBACK else None)
    place, socket = listen_at(opened, host, port, name, https)
    if as_json:
        emit({"room": room, "url": place.url})
    else:
        print(f"{place.url}  (Ctrl-C ends)", flush=True)
    serve_at(opened, place, socket, "/" if browser else None)


for _name, _verb in (("export", export), ("report", report), ("import", import_)):
    app.command(_name)(_verb)


def _kinds() -> tuple[str, ...]:
    from typing import get_args

    from ..review import TaskKind

    return get_args(TaskKind)


def _choice(name: str, given: str | None, known: tuple[str, ...]) -> Any:
    if given is not None and given not in known:
        raise UserError(f"--{name} is {given!r}.", "There is no such.", f"Give one of {', '.join(known)}.")
    return given
