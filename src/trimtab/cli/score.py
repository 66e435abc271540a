"""`trimtab score`: a score of every row of a file."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from .judging import parsed_prices, print_usage
from .output import TerminalProgress, complain, emit
from .tables import figure, print_table, print_unjudged
from .told import THOUGHT

if TYPE_CHECKING:
    from ..api import ScoreResult
    from ..records import Score

HELP = """Score every response of a file: JSON Lines, JSON, CSV, Parquet, or hub:OWNER/NAME.

Scorers: refusal, toxicity, advice (personal medical), style (or one of its nine, such as words), judge (a model behind
--judge-url grades by a rubric), classifier:MODEL (any Hugging Face text classifier), reward:FOLDER (a reward model),
help (or help:FILE with a file of points), points:FILE, echo, empty, stock,
policy.RULE (with --policy), and what installed packages add."""


def score(
    file: str = typer.Argument(..., metavar="FILE", help="Rows with a response, and the prompt if there is one."),
    scorer: str = typer.Option("refusal,toxicity,style", help="Scorers, separated by commas."),
    prompt: str = typer.Option("prompt", help="The column of the prompt."),
    response: str = typer.Option("response", help="The column of the response."),
    out: Path | None = typer.Option(None, "--out", metavar="FILE", help="Write the scores as JSON Lines too."),
    policy: Path | None = typer.Option(None, metavar="FILE", help="Mark the rules of a policy that a response breaks."),
    judge_url: str | None = typer.Option(None, help="An OpenAI-compatible server for the scorer `judge`."),
    judge_model: str | None = typer.Option(None, help="The judge's name there. Its key is read from OPENAI_API_KEY."),
    rubric: Path | None = typer.Option(None, help="What the judge grades by, as text. Default: a rubric of ours."),
    prices: str | None = typer.Option(None, metavar="IN,OUT", help="Price of a million tokens, to tell the cost."),
    label: str | None = typer.Option(None, help="The class that a classifier's value is the probability of."),
    calibration: Path | None = typer.Option(
        None, metavar="FILE", help="Correct means by a judge's calibration (.json)."
    ),
    thought: list[str] = THOUGHT,
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
) -> None:
    """Scores the rows."""
    from ..api import corrected_scores
    from ..api import score as score_rows
    from ..store import write_atomic

    names = [name.strip() for name in scorer.split(",") if name.strip()]
    done = score_rows(
        file, names, prompt=prompt, response=response, policy=policy, label=label, judge_url=judge_url,
        judge_model=judge_model, rubric=rubric, prices=parsed_prices(prices), progress=TerminalProgress(),
        thought=thought,
    )  # fmt: skip
    rows = done.read
    lines = [
        {
            "row": row.row,
            **({"answer": row.answer} if row.answer else {}),
            **_plain(some[place]),
            **({"thought": row.thought} if row.thought else {}),
        }
        for place, row in enumerate(rows.kept)
        for some in done.scores.values()
    ]
    if out is not None:
        write_atomic(out, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    corrections = corrected_scores(done, calibration) if calibration is not None else []
    if as_json:
        rejected = [{"row": int(each.row), "reason": each.reason} for each in rows.rejected]
        usage: dict[str, Any] = {"usage": done.usage} if done.usage else {}
        usage |= {"notes": list(done.notes)} if done.notes else {}
        told: dict[str, Any] = {}
        if calibration is not None or "judge" in done.scores:
            told["corrected"] = [each.plain for each in corrections]
        emit({"scores": lines, "unjudged": done.unjudged, "rejected": rejected, **usage, **told})
        return
    _print(done)
    for each in corrections:
        print(each.says)
    if calibration is not None and not corrections:
        complain(f"{calibration} speaks of none of these scorers, or people labelled fewer than 10 of these answers.")
    if "judge" in done.scores and not any(each.metric == "judge" for each in corrections):
        print("judge: its mean is raw, not calibrated (`trimtab judge calibrate`)")
    for note in done.notes:
        print(note)
    print_usage(done.usage)


def _plain(score: "Score") -> dict[str, Any]:
    plain: dict[str, Any] = {"scorer": score.scorer, "label": score.label, "value": score.value}
    return {
        **plain,
        **({"reason": score.reason} if score.reason else {}),
        **({"details": score.details} if score.details else {}),
        **({"served": score.served} if score.served else {}),
    }


def _print(done: "ScoreResult") -> None:
    table = []
    for name, scores in done.scores.items():
        values = [score.value for score in scores if score.value is not None]
        told = ", ".join(f"{label} {count}" for label, count in done.labels(name).most_common())
        mean = figure(sum(values) / len(values) if values else None)
        table.append((name, mean, str(len(values)), str(sum(done.unjudged[name].values())), told))
    print_table(("scorer", "mean", "n", "not judged", "labels"), table, fold=("labels",))
    print_unjudged(done.unjudged.items())
    if "refusal" in done.scores:
        print()
        print_confusion()
    if "advice" in done.scores:
        print()
        print_advice_confusion()
    by_help = [name for name in done.scores if name in ("help", "echo") or name.startswith("help:")]
    if by_help:
        print()
        print_help_confusion(by_points=any(name.startswith("help:") for name in by_help))
    if done.thought:
        complain(f"{done.thought}.")
    if done.read.rejected:
        left = f"{len(done.read.rejected)} of {done.read.read} rows have no text to score"
        complain(f"{left} (counted from 0, as in --out):")
        for each in done.read.rejected[:5]:
            complain(f"  row {each.row}: {each.reason}")


def print_help_confusion(*, by_points: bool) -> None:
    """How often the help and echo scorers agree with a reader, beside every rate that they make."""
    from ..scorers import ASKS_ADVICE, ECHO_CONFUSION, OTHERS, help_confusion, help_errors

    print(help_confusion(by_points=by_points))
    helps = {kind: help_errors(by_points=by_points, kind=kind) for kind in (OTHERS, ASKS_ADVICE)}
    print_table(
        ("reader / scorer", "yes", "no"),
        [
            (name, *map(str, row))
            for title, table in (
                *((f"help, {kind}", errors.table) for kind, errors in helps.items()),
                ("echo", ECHO_CONFUSION.table),
            )
            for name, row in zip((f"{title}: yes", f"{title}: no"), table, strict=True)
        ],
    )


def print_advice_confusion() -> None:
    """How often the advice scorer agrees with readers, by the kind of model; it stands beside every rate of it."""
    from ..scorers import ADVICE_CONFUSION, POINTED_CONFUSION, REDIRECT_CONFUSION, START_ADVICE_CONFUSION

    print("advice scorer against readers, on SmolLM2-135M alone; for models unlike it nothing is known.")
    print(f"of advising answers {START_ADVICE_CONFUSION.told},")
    print(f"and {ADVICE_CONFUSION.told};")
    print(f"of redirects, where advice was asked for, {REDIRECT_CONFUSION.told};")
    print(f"of pointers to a professional, where it was not, {POINTED_CONFUSION.told}")


def print_confusion() -> None:
    """How often the refusal scorer is right, beside every rate that it makes."""
    from ..scorers import REFUSAL_CONFUSION, REFUSAL_LABELS

    total = sum(map(sum, REFUSAL_CONFUSION))
    right = sum(REFUSAL_CONFUSION[i][i] for i in range(len(REFUSAL_LABELS)))
    print(
        f"refusal scorer against people, on {total} answers it was not fitted on: {right / total:.1%} of labels right"
    )
    print_table(
        ("people / scorer", *REFUSAL_LABELS),
        [(label, *map(str, row)) for label, row in zip(REFUSAL_LABELS, REFUSAL_CONFUSION, strict=True)],
    )
