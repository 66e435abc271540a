"""`trimtab score`: a score of every row of a file."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ..errors import UserError
from .judging import make_judge, print_usage
from .output import TerminalProgress, complain, emit

if TYPE_CHECKING:
    from ..data import Response, Responses
    from ..records import Score
    from ..scorers import Scorer

HELP = """Score every response of a file: JSON Lines, JSON, CSV, Parquet, or hub:OWNER/NAME.

Scorers: refusal, toxicity, style (or one of its nine, such as words), judge (a model behind --judge-url grades by a
rubric), classifier:MODEL (any Hugging Face text classifier), reward:FOLDER (a reward model), policy.RULE (with
--policy), and what installed packages add."""

AT_ONCE = 64
"""Rows handed to a model or a service at a time; progress is shown between."""


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
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
) -> None:
    """Scores the rows."""
    from ..data import read_responses
    from ..judges import scorers_named
    from ..spec import load_policy
    from ..store import write_atomic

    names = [name.strip() for name in scorer.split(",") if name.strip()]
    rows = read_responses(file, prompt=prompt, response=response)
    judge = make_judge(judge_url, judge_model, rubric, prices) if "judge" in names else None
    rules = load_policy(policy) if policy is not None else None
    if rules is not None and not any(name.startswith("policy") for name in names):
        names.append("policy")
    folder = policy.parent if policy else None
    scorers = scorers_named(names, judge=judge, policy=rules, policy_folder=folder, label=label)
    if not scorers:
        raise UserError("--scorer is empty.", "There is nothing to score by.", "Name one: refusal, toxicity, style.")
    found = {name: _scored(name, made, rows.kept) for name, made in scorers.items()}
    lines = [
        {"row": row.row, **({"answer": row.answer} if row.answer else {}), **_plain(found[name][place])}
        for place, row in enumerate(rows.kept)
        for name in scorers
    ]
    unscored = sum(line["value"] is None for line in lines)
    if out is not None:
        import json

        write_atomic(out, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    if as_json:
        rejected = [{"row": int(each.row), "reason": each.reason} for each in rows.rejected]
        usage = {"usage": judge.usage()} if judge else {}
        emit({"scores": lines, "unscored": unscored, "rejected": rejected, **usage})
        return
    _print(found, rows)
    if judge:
        print_usage(judge)


def _scored(name: str, scorer: "Scorer", rows: "Sequence[Response]") -> "list[Score]":
    found: list[Score] = []
    with TerminalProgress().track(name, len(rows)) as tracker:
        for first in range(0, len(rows), AT_ONCE):
            found += scorer([(row.prompt, row.text) for row in rows[first : first + AT_ONCE]])
            tracker.step(len(found))
    return found


def _plain(score: "Score") -> dict[str, Any]:
    plain: dict[str, Any] = {"scorer": score.scorer, "label": score.label, "value": score.value}
    return {
        **plain,
        **({"reason": score.reason} if score.reason else {}),
        **({"details": score.details} if score.details else {}),
    }


def _print(found: "dict[str, list[Score]]", rows: "Responses") -> None:
    print(f"{'scorer':<24}{'mean':>8}{'n':>8}{'not judged':>12}  labels")
    for name, scores in found.items():
        values = [score.value for score in scores if score.value is not None]
        labels = Counter(score.label for score in scores if score.label is not None)
        mean = f"{sum(values) / len(values):.3g}" if values else "-"
        told = ", ".join(f"{label} {count}" for label, count in labels.most_common())
        print(f"{name:<24}{mean:>8}{len(values):>8}{len(scores) - len(values):>12}  {told}")
    if "refusal" in found:
        print()
        print_confusion()
    if rows.rejected:
        complain(f"{len(rows.rejected)} of {rows.read} rows have no text to score:")
        for each in rows.rejected[:5]:
            complain(f"  row {each.row}: {each.reason}")


def print_confusion() -> None:
    """How often the refusal scorer is right, beside every rate that it makes."""
    from ..scorers import REFUSAL_CONFUSION, REFUSAL_LABELS

    total = sum(map(sum, REFUSAL_CONFUSION))
    right = sum(REFUSAL_CONFUSION[i][i] for i in range(len(REFUSAL_LABELS)))
    print(
        f"refusal scorer against people, on {total} answers it was not fitted on: {right / total:.1%} of labels right"
    )
    print(f"{'people / scorer':<18}" + "".join(f"{label:>9}" for label in REFUSAL_LABELS))
    for label, row in zip(REFUSAL_LABELS, REFUSAL_CONFUSION, strict=True):
        print(f"{label:<18}" + "".join(f"{count:>9}" for count in row))
