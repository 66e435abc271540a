"""`trimtab advise`: which training method suits the case."""

from typing import TYPE_CHECKING, Any

import typer

from ..methods import METHODS
from .output import complain, emit
from .tables import print_table
from .told import COLUMN, FORM, IGNORE, SCALE, columns_of, scale_of

if TYPE_CHECKING:
    from ..advise import CaseRead
    from ..records import Advice, Case, PromptFirst

HELP = f"""Say which training method suits the case, and why: {", ".join(METHODS)}, or collect (gather feedback first).

DATA is a file of feedback (JSON Lines, JSON, CSV, Parquet, or hub:OWNER/NAME); SPEC is a spec or a recipe's name. Each
reason tells its figure and its source; what would change the answer is computed from the case. Nothing is trained."""

_SHOWN = 5
"""Rows that are no feedback which are told of by name."""


def advise(
    what: str = typer.Argument(..., metavar="DATA|SPEC", help="A file of feedback, a spec's path, or a recipe's name."),
    refine: bool = typer.Option(False, "--refine", help="The reward will be refined again and again."),
    verifiable: bool = typer.Option(
        False, "--verifiable", help="A check tells right answers from wrong ones by itself."
    ),
    constrained: bool = typer.Option(
        False, "--constrained", help="Two sides must be kept at once (help, and do no harm), with safety at stake."
    ),
    memory: float | None = typer.Option(None, metavar="GIB", help="Memory for training. Default: this machine's."),
    hours: float | None = typer.Option(None, metavar="H", help="Time for training. Default: a week at most."),
    parameters: float | None = typer.Option(
        None, metavar="N", help="The model's parameters, such as 7e9. Default: as its name in the spec tells."
    ),
    accelerator: bool | None = typer.Option(
        None,
        "--accelerator/--no-accelerator",
        help="Whether training has an accelerator. Default: as this machine has.",
    ),
    distance: float | None = typer.Option(
        None, metavar="NATS", help="By how much the model finds the chosen answers less likely than its own, a token."
    ),
    model: str | None = typer.Option(None, metavar="NAME", help="What comparisons call the model, as their source."),
    goal: str | None = typer.Option(None, help="What is to become of the model, in words. Default: a spec's goal."),
    requests: int | None = typer.Option(None, metavar="N", help="Requests that it will answer a day."),
    routes: bool | None = typer.Option(
        None, "--routes/--no-routes", help="Of regions: whether the server can choose an adapter by region."
    ),
    form: str | None = FORM,
    scale: str | None = SCALE,
    column: list[str] = COLUMN,
    ignore: list[str] = IGNORE,
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
) -> None:
    """Prints the advice."""
    from ..api import advise as advise_on
    from ..api import is_spec, regions_from
    from ..spec import LoadedRegions

    if is_spec(what) and isinstance(loaded := regions_from(what), LoadedRegions):
        from .regions import print_layout

        print_layout(loaded, routes, as_json)
        return
    done = advise_on(
        what, refine=refine, verifiable=verifiable, constrained=constrained, memory=memory, hours=hours,
        parameters=parameters, accelerator=accelerator, distance=distance, model=model, goal=goal, requests=requests,
        form=form, scale=scale_of(scale), columns=columns_of(column), ignore=ignore,
    )  # fmt: skip
    if as_json:
        emit(_json(done.advice, done.case, done.found))
    else:
        _print(done.advice, done.case)
    for form in done.found.forms:
        complain(f"read as {form}")
    if done.rejected:
        complain(f"{len(done.rejected):,} of {done.found.read:,} rows cannot be used:")
        for each in done.rejected[:_SHOWN]:
            complain(f"  {each.row}: {each.reason}")


def _json(advice: "Advice", case: "Case", found: "CaseRead") -> dict[str, Any]:
    return {
        "prompt_first": advice.prompt_first.model_dump() if advice.prompt_first else None,
        "method": advice.method,
        "variant": advice.variant,
        "steps": advice.steps,
        "reasons": [reason.model_dump() for reason in advice.reasons],
        "would_change": [change.summary for change in advice.would_change],
        "runner_up": advice.runner_up,
        "confidence": advice.confidence,
        "case": case.model_dump(),
        "rejected": len(found.rejected),
        "read": found.read,
    }


def _print_first(first: "PromptFirst") -> None:
    from ..spec import block_of

    print(f"try this prompt first: {first.fact}\n[{first.source}]\n\n{block_of(first.system)}")
    print("Training pays beside it where one of these is true:")
    for each in first.would_pay:
        print(f"  - {each}")
    print()


def _print(advice: "Advice", case: "Case") -> None:
    from ..advise import LABEL

    if advice.prompt_first is not None:
        _print_first(advice.prompt_first)
    steps = ", then ".join(LABEL[step] for step in advice.steps)
    print(f"method: {advice.method} ({steps}; {advice.variant})")
    other = f"; otherwise {advice.runner_up}" if advice.runner_up else ""
    print(f"confidence: {advice.confidence}{other}")
    rows = []
    for reason in advice.reasons:
        role = reason.force if reason is advice.reasons[0] or reason.force != "decides" else "also"
        favours = f"not {', '.join(reason.against)}" if reason.against else reason.favours or "none"
        rows.append((role, favours, f"{reason.fact}\n[{reason.source}]"))
    print()
    print_table(("", "favours", "fact, and its source"), rows, left=("favours",), fold=("fact, and its source",))
    print()
    print("What would change the answer:")
    for change in advice.would_change:
        print(f"  - {change.summary}")
    if not advice.would_change:
        print("  - none of the facts by itself")
    unknown = [name for name, value in case.model_dump().items() if value is None]
    if unknown:
        print(f"Not known: {', '.join(unknown)}.")
