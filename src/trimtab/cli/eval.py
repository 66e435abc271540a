"""`trimtab eval`: benchmarks of one model, into a folder that compare and gate read."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ..errors import UserError
from .judging import judged_json, parsed_prices, print_judged, print_usage
from .output import complain, emit
from .tables import figure, print_table, print_unjudged
from .told import THOUGHT

if TYPE_CHECKING:
    from ..api import EvaluationResult
    from ..records import Evaluation, Measure

HELP = """Measure a model: benchmark scores with intervals, item by item, into a folder.

MODEL is a known name, a Hugging Face id, a folder, a run's folder (its trained model), an adapter's folder, or with
--url the name of a model behind an OpenAI-compatible server. Stopped, the same command goes on where it stopped.
Without --data each benchmark asks trimtab's own small set, which is never the public one."""

_BY_KIND_FROM = 2


def evaluate(
    model: str = typer.Argument(..., metavar="MODEL", help="What to measure."),
    suite: str = typer.Option("quick", help="Suites and benchmarks, separated by commas; `--list` names them."),
    out: Path | None = typer.Option(None, "--out", help="The folder of the scores. Default: scores/MODEL."),
    data: list[str] = typer.Option(
        [],
        "--data",
        metavar="[BENCHMARK=]PLACE",
        help="A benchmark's file or hub:OWNER/NAME[:SPLIT]; or a folder, searched for the public sets. Repeatable.",
    ),
    policy: Path | None = typer.Option(None, metavar="FILE", help="The rules that the benchmark policy checks."),
    samples: int | None = typer.Option(None, min=1, help="Answers to each prompt (realtoxicityprompts)."),
    most: int | None = typer.Option(None, min=1, help="Items of each benchmark at most, spread evenly over the set."),
    max_new_tokens: int | None = typer.Option(None, min=1, help="Tokens of an answer at most."),
    chat: bool | None = typer.Option(
        None, "--chat/--raw", help="Ask through the chat template, or go on with raw text."
    ),
    system: str | None = typer.Option(None, metavar="TEXT", help="A system message before each prompt."),
    precision: str = typer.Option("auto", help="auto, fp32 or bf16."),
    rows: int = typer.Option(96, min=1, help="Answers decoded at once."),
    seed: int = typer.Option(0, min=0, help="Seed of sampling and resampling."),
    url: str | None = typer.Option(None, help="An OpenAI-compatible server, such as http://localhost:8000/v1."),
    against: str | None = typer.Option(None, metavar="SCORES", help="The other model's scores, for winrate."),
    variants: list[str] = typer.Option(
        [],
        "--variants",
        metavar="SCORES",
        help="A concise or verbose variant's winrate against the plain model, to calibrate the judge. Repeatable.",
    ),
    judge_url: str | None = typer.Option(None, help="The judge's server, for truthfulqa-generation and winrate."),
    judge_model: str | None = typer.Option(None, help="The judge's name there. Its key is read from OPENAI_API_KEY."),
    rubric: Path | None = typer.Option(None, help="What the judge of winrate prefers by, as text. Default: ours."),
    prices: str | None = typer.Option(None, metavar="IN,OUT", help="Price of a million tokens, to tell the cost."),
    calibration: list[str] = typer.Option(
        [], metavar="FILE", help="A judge's calibration (.json), to correct the rates that it gives. Repeatable."
    ),
    thought: list[str] = THOUGHT,
    fresh: bool = typer.Option(False, "--fresh", help="Ask everything again, as where another model is served."),
    show: bool = typer.Option(
        False,
        "--list",
        is_eager=True,
        help="Name the suites and benchmarks, and stop.",
        callback=lambda value: _list(value),
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
) -> None:
    """Runs the benchmarks and prints the scores."""
    from ..api import evaluate as measure

    names = [name.strip() for name in suite.split(",") if name.strip()]
    sources, folders = _places(data)
    try:
        done = measure(
            model, names, out, data=sources, folders=folders, policy=policy, samples=samples, most=most,
            max_new_tokens=max_new_tokens, chat=chat, system=system, rows=rows, seed=seed, url=url, against=against,
            precision=precision,  # type: ignore[arg-type] # checked there
            judge_url=judge_url, judge_model=judge_model, rubric=rubric, prices=parsed_prices(prices),
            variants=variants, thought=thought, fresh=fresh, calibrations=calibration,
        )  # fmt: skip
    except KeyboardInterrupt:
        complain("stopped. The same command goes on where it stopped.")
        raise typer.Exit(130) from None
    if as_json:
        emit(_json(done.evaluation, done.folder))
        return
    _print(done)
    print_usage(done.usage)
    complain(f"scores: {done.folder}")


def _list(value: bool) -> None:
    if not value:
        return
    from ..evaluate import SUITES, benchmarks

    print_table(
        ("suite", "benchmarks"),
        [(name, ", ".join(each.name for each in some)) for name, some in SUITES.items()],
        fold=("benchmarks",),
    )
    print()
    print_table(
        ("benchmark", "what is measured"),
        [(each.name, each.summary) for each in benchmarks().values()],
        fold=("what is measured",),
    )
    raise typer.Exit


def _places(data: list[str]) -> tuple[dict[str, str], list[str]]:
    """Sources by benchmark, and folders of public sets."""
    sources: dict[str, str] = {}
    folders: list[str] = []
    for given in data:
        name, equals, place = given.partition("=")
        if equals:
            sources[name] = place
        elif Path(given).is_dir():
            folders.append(given)
        else:
            raise UserError(
                f"--data is {given!r}.",
                "It is no folder, and names no benchmark.",
                "Give a folder with the public sets, or BENCHMARK=FILE, as in overrefusal=xstest_prompts.csv.",
            )
    return sources, folders


def _interval(each: "Measure") -> str:
    if each.low is None:
        return "could not be judged"
    return f"[{each.low:.3g}, {each.high:.3g}]" + (" could not be controlled for" if each.bounds else "")


def _json(found: "Evaluation", folder: Path) -> dict[str, Any]:
    from ..store import digest

    return {
        "model": found.model,
        "fingerprint": digest([found.fingerprint, found.items])[:16],
        "fingerprinted": found.fingerprint,
        "scores": {each.metric: _score(each, found) for each in found.measures},
        "folder": str(folder),
        **({"served": list(found.served)} if found.served else {}),
        **({"notes": list(found.notes)} if found.notes else {}),
        **({"judged": {each.metric: judged_json(each) for each in found.judged}} if found.judged else {}),
    }


def _score(each: "Measure", found: "Evaluation") -> dict[str, Any]:
    from ..evaluate import deviation, means_by_kind

    figures = each.model_dump(include={"mean", "low", "high", "n", "title", "better", "unit"})
    return {**figures, "unjudged": each.reasons, "sd": deviation(each), "by_kind": means_by_kind(found, each)}


def _print(done: "EvaluationResult") -> None:
    from ..evaluate import deviation, means_by_kind, metric_named
    from ..records import listed_served

    found = done.evaluation
    for each in done.asked:
        print(f"{each.benchmark.name}: {len(each.items)} items of {each.source}")
    print()
    ordered = sorted(found.measures, key=lambda each: metric_named(each.metric).detail)
    by_judge = {each.metric: each.short.removeprefix("corrected ") for each in found.judged}
    titles: tuple[str, ...] = ("metric", "mean", "95% interval", "sd", "n", "not judged")
    rows: list[tuple[str, ...]] = [
        (each.metric, figure(each.mean), _interval(each), figure(deviation(each), 2), str(each.n), str(each.missing))
        for each in ordered
    ]
    if by_judge:
        titles, rows = (*titles, "corrected"), [(*row, by_judge.get(row[0], "")) for row in rows]
    print_table(titles, rows, left=("95% interval", "corrected") if by_judge else ("95% interval",))
    print_judged(found)
    print_unjudged((each.metric, each.reasons) for each in ordered)
    for line in (*((f"answered by: {listed_served(found.served)}",) if found.served else ()), *found.notes):
        print(line)
    for measure in found.measures:
        kinds = means_by_kind(found, measure)
        if measure.over.startswith("overrefusal") and len(kinds) >= _BY_KIND_FROM:
            print()
            print_table(
                (f"{measure.metric} by type", "mean", "n", "not judged"),
                [(kind, figure(mean), str(n), str(missing)) for kind, (mean, n, missing) in kinds.items()],
            )
    if any(measure.over.startswith("overrefusal") for measure in found.measures):
        from .score import print_confusion

        print()
        print_confusion()
    by_own, by_set = (found.measure(name) is not None for name in ("help.helps", "help.set.helps"))
    if by_own or by_set:
        from .score import print_help_confusion

        print()
        print_help_confusion(by_points=not by_own or found.measure("help.points") is not None)
