"""`trimtab judge`: what judges are worth."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from .judging import parsed_prices, print_usage
from .output import SPENT, TerminalProgress, emit, tell_spent
from .tables import print_table

if TYPE_CHECKING:
    from ..api import CalibrationResult
    from ..records import Figure

HELP = "What judges are worth: hold one against people."
app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)

CALIBRATE = """Hold a judge against what people said of the same answers.

JUDGE: a scorer's name as `trimtab score` takes it (help, refusal, classifier:MODEL, reward:FOLDER, policy.RULE),
`judge` for a model behind --judge-url, `truth` for the same as truthfulqa-generation asks it, SPEC.yaml for its
constitution's judge, or a file of verdicts. Told by rule and by kind: agreement with intervals, accuracy both ways,
what sways it (length, order, its own answers, chance), and whether it may decide."""


@app.callback()
def _group() -> None:
    """A group, so that a single verb keeps its name."""


@app.command("calibrate", help=CALIBRATE)
def calibrate(
    judge: str = typer.Argument(..., metavar="JUDGE", help="A scorer, `judge`, a spec, or a file of verdicts."),
    labels: str = typer.Option(..., metavar="FILE", help="What people said: rows (docs/judges.md), or a review room."),
    out: Path | None = typer.Option(None, "--out", metavar="FILE", help="Write a page (.html) and its record (.json)."),
    verdicts: Path | None = typer.Option(None, metavar="FILE", help="Keep what the judge says, to ask nothing twice."),
    at: float | None = typer.Option(None, help="The figure from which on an answer is said yes to. Default: 0.5."),
    again: int | None = typer.Option(None, min=0, help="How many items are asked twice. Default: all."),
    own: list[str] = typer.Option([], help="A source of answers that is the judge itself. Repeatable."),
    task: int | None = typer.Option(None, help="Which task of a review room."),
    policy: Path | None = typer.Option(None, metavar="FILE", help="The policy of a judge policy.RULE."),
    judge_url: str | None = typer.Option(None, help="An OpenAI-compatible server for the judge `judge`."),
    judge_model: str | None = typer.Option(None, help="Its name there. Its key is read from OPENAI_API_KEY."),
    rubric: Path | None = typer.Option(None, help="What it judges by, as text. Default: a rubric of ours."),
    prices: str | None = typer.Option(None, metavar="IN,OUT", help="Price of a million tokens, to tell the cost."),
    max_cost: float | None = typer.Option(
        None, help="What asking may cost at most, by the prices; then it stops, keeps what was said, and goes on later."
    ),
    data: str | None = typer.Option(
        None, metavar="FILE", help="The references of the judge `truth`: TruthfulQA's form. Default: our own set."
    ),
    label: str | None = typer.Option(None, help="The class that a classifier's value is the probability of."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
) -> None:
    """Calibrates a judge."""
    from ..api import calibrate as hold
    from ..loop import BudgetSpent

    try:
        done = hold(
            judge, labels, at=at, again=again, own=own, policy=policy, label=label, judge_url=judge_url,
            judge_model=judge_model, rubric=rubric, prices=parsed_prices(prices), verdicts=verdicts, task=task,
            max_cost=max_cost, data=data, progress=TerminalProgress(),
        )  # fmt: skip
    except BudgetSpent as spent:
        tell_spent(spent, as_json, "The same command goes on from there, and may cost as much again.")
        raise typer.Exit(SPENT) from None
    written = done.write(out) if out is not None else []
    if as_json:
        emit({**done.record.model_dump(mode="json"), "trust": [each.model_dump() for each in done.trust]})
        return
    _print(done)
    for place in written:
        print(place)


def _print(done: "CalibrationResult") -> None:
    from ..report import bias_sentence, trust_sentence

    found = done.record
    what = "pairs" if found.asked == "pairs" else "answers"
    who = "one person" if found.people == 1 else f"{found.people:,} people"
    print(f"{found.judge} against {who} on {found.overall.items:,} {what} of {found.labels}")
    pairs = found.asked == "pairs"
    titles = ["part", "n", "kappa", "alpha", "people's alpha", "accuracy"]
    titles += ["flips"] if pairs else ["on yes", "on no", "calibration error"]
    rows: list[list[str]] = []
    for each in found.parts:
        row = [each.name or "all", str(each.items), *map(_told, (each.kappa, each.alpha, each.people_alpha))]
        row.append(_told(each.accuracy))
        more: list[Any] = [each.flips] if pairs else [each.sensitivity, each.specificity]
        row += [_told(one) if one is not None else "-" for one in more]
        rows.append(row if pairs else [*row, "-" if each.error is None else f"{each.error:.3f}"])
    print_table(titles, rows)
    print()
    for bias in found.overall.biases:
        print(bias_sentence(bias, found.asked))
    for one in done.trust:
        print(trust_sentence(one))
    for note in found.notes:
        print(note)
    print_usage({name: value for name, value in found.usage.items() if name != "not_judged"})


def _told(figure: "Figure") -> str:
    if figure.estimate is None:
        return "-"
    return f"{figure.estimate:.2f} [{figure.low:.2f}, {figure.high:.2f}]"
