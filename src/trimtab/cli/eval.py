"""`trimtab eval`: benchmarks of one model, into a folder that compare and gate read."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ..errors import UserError
from .judging import make_judge, print_usage
from .output import TerminalProgress, complain, emit
from .tables import figure, print_table

if TYPE_CHECKING:
    from ..loop import BenchmarkItems
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
    precision: str = typer.Option("auto", help="auto, fp32 or bf16."),
    rows: int = typer.Option(96, min=1, help="Answers decoded at once."),
    seed: int = typer.Option(0, min=0, help="Seed of sampling and resampling."),
    url: str | None = typer.Option(None, help="An OpenAI-compatible server, such as http://localhost:8000/v1."),
    against: str | None = typer.Option(None, metavar="SCORES", help="The other model's scores, for winrate."),
    judge_url: str | None = typer.Option(None, help="The judge's server, for truthfulqa-generation and winrate."),
    judge_model: str | None = typer.Option(None, help="The judge's name there. Its key is read from OPENAI_API_KEY."),
    rubric: Path | None = typer.Option(None, help="What the judge of winrate prefers by, as text. Default: ours."),
    prices: str | None = typer.Option(None, metavar="IN,OUT", help="Price of a million tokens, to tell the cost."),
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
    from ..evaluate import WINRATE, chosen, policy_benchmark
    from ..judges import open_scorers
    from ..loop import evaluate_model, read_items, target_of
    from ..spec import load_policy

    if precision not in ("auto", "fp32", "bf16"):
        raise UserError(f"--precision is {precision!r}.", "There is no such precision.", "Give auto, fp32 or bf16.")
    names = [name.strip() for name in suite.split(",") if name.strip()]
    if rubric and WINRATE.name not in names:
        raise UserError(
            f"--rubric is {rubric}.",
            "Only winrate is judged by a rubric of yours, and it is not asked for.",
            "Leave --rubric out, or add winrate to --suite.",
        )
    ruled = None
    if policy is not None:
        rules = load_policy(policy)
        opened = open_scorers((), policy=rules, policy_folder=policy.parent)
        ruled = policy_benchmark(rules, policy, opened=opened)
    benchmarks = [
        each.with_settings(samples=samples, most=most, max_new_tokens=max_new_tokens, chat=chat)
        for each in chosen(names, ruled)
    ]
    sources, folders = _places(data, {name for each in benchmarks for name in (each.name, each.asked_as)})
    target = target_of(model, url)
    asked = read_items(benchmarks, {**target.sources, **sources}, folders)
    judge = make_judge(judge_url, judge_model, rubric, prices) if judge_url or judge_model else None
    folder = out or Path("scores") / (Path(model).name or "model")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        found = evaluate_model(
            target,
            asked,
            folder,
            precision=precision,  # type: ignore[arg-type] # checked above
            rows=rows,
            seed=seed,
            progress=TerminalProgress(),
            judge=judge,
            against=against,
        )
    except KeyboardInterrupt:
        complain("stopped. The same command goes on where it stopped.")
        raise typer.Exit(130) from None
    if as_json:
        emit(_json(found, folder))
        return
    _print(found, asked)
    if judge:
        print_usage(judge)
    complain(f"scores: {folder}")


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


def _places(data: list[str], names: set[str]) -> tuple[dict[str, str], list[Path]]:
    """Sources by benchmark, and folders of public sets."""
    sources: dict[str, str] = {}
    folders: list[Path] = []
    for given in data:
        name, equals, place = given.partition("=")
        if not equals:
            if not Path(given).is_dir():
                raise UserError(
                    f"--data is {given!r}.",
                    "It is no folder, and names no benchmark.",
                    "Give a folder with the public sets, or BENCHMARK=FILE, as in overrefusal=xstest_prompts.csv.",
                )
            folders.append(Path(given))
        elif name not in names:
            raise UserError(
                f"--data is {given!r}.",
                f"{name!r} is not among the benchmarks that are asked for: {', '.join(sorted(names))}.",
                "Name one of them, or add it to --suite.",
            )
        else:
            sources[name] = place
    return sources, folders


def _json(found: "Evaluation", folder: Path) -> dict[str, Any]:
    from ..store import digest

    return {
        "model": found.model,
        "fingerprint": digest([found.fingerprint, found.items])[:16],
        "fingerprinted": found.fingerprint,
        "scores": {each.metric: _score(each, found) for each in found.measures},
        "folder": str(folder),
    }


def _score(each: "Measure", found: "Evaluation") -> dict[str, Any]:
    from ..evaluate import deviation, means_by_kind

    figures = each.model_dump(include={"mean", "low", "high", "n", "unscored", "title", "better", "unit"})
    return {**figures, "sd": deviation(each), "by_kind": means_by_kind(found, each)}


def _print(found: "Evaluation", asked: "list[BenchmarkItems]") -> None:
    from ..evaluate import deviation, means_by_kind, metric_named

    for each in asked:
        print(f"{each.benchmark.name}: {len(each.items)} items of {each.source}")
    print()
    ordered = sorted(found.measures, key=lambda each: metric_named(each.metric).detail)
    print_table(
        ("metric", "mean", "95% interval", "sd", "n", "not judged"),
        [
            (
                each.metric,
                figure(each.mean),
                f"[{each.low:.3g}, {each.high:.3g}]" if each.mean is not None else "could not be judged",
                figure(deviation(each), 2),
                str(each.n),
                str(each.unscored),
            )
            for each in ordered
        ],
        left=("95% interval",),
    )
    for measure in found.measures:
        kinds = means_by_kind(found, measure)
        if measure.over.startswith("overrefusal") and len(kinds) >= _BY_KIND_FROM:
            print()
            print_table(
                (f"{measure.metric} by type", "mean", "n"),
                [(kind, figure(mean), str(count)) for kind, (mean, count) in kinds.items()],
            )
    if any(measure.over.startswith("overrefusal") for measure in found.measures):
        from .score import print_confusion

        print()
        print_confusion()
