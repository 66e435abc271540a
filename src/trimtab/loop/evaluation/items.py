"""What a model is asked: each benchmark with its items, read and checked before a model is loaded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...data import Source, title_of
from ...errors import UserError, command, option
from ...evaluate import TRUTHFULQA_GENERATION, WINRATE, Benchmark, spread
from ...judges import Judge
from ...models import Endpoint
from ...records import Prompt, Record
from ...store import FileName, Run, Stage, benchmark_name, digest, file_digest
from .target import Target


@dataclass(frozen=True)
class BenchmarkItems:
    """A benchmark with its items, read; `own` is whether they are our own small set, `data` a hash of the set."""

    benchmark: Benchmark
    items: tuple[Any, ...]
    prompts: tuple[Prompt, ...]
    own: bool
    source: str
    data: str


def read_items(
    benchmarks: Sequence[Benchmark], sources: Mapping[str, Source], folders: Sequence[Path]
) -> list[BenchmarkItems]:
    """Each benchmark's items: from the source named for it, else found in a folder by a published name, else our own.

    Raises UserError where a source cannot be read, before any model is loaded.
    """
    found = []
    for benchmark in benchmarks:
        given = sources[benchmark.asked_as] if benchmark.asked_as in sources else _published(benchmark, folders)
        source = _built_in(benchmark) if given is None else given
        everything = benchmark.read(source)
        items = spread(everything, benchmark.settings.most)
        own = benchmark.ours and given is None
        title = f"trimtab's own {Path(str(source)).stem}" if own else title_of(source)
        file = isinstance(source, str | Path) and Path(source).is_file()
        data = file_digest(Path(str(source))) if file else digest([_plain(item) for item in everything])
        found.append(BenchmarkItems(benchmark, tuple(items), tuple(benchmark.prompts(items)), own, title, data))
    return found


def refuse_impossible(target: Target, asked: Sequence[BenchmarkItems], system: str | None = None) -> None:
    """Raises UserError where a benchmark needs what the model, where it is or under a system message, cannot give."""
    server = target.endpoint if isinstance(target.endpoint, Endpoint) else None
    where, teller = (f" behind {server.url}", "such a server") if server else ("", "a script")
    for each in asked:
        if system is not None and not each.benchmark.prompted:
            raise UserError(
                f"The benchmark {each.benchmark.name} is to be run under a system message.",
                "It asks no conversation that such a message could stand before.",
                f"Leave it out, or {option('system')}.",
            )
        if server is None and each.benchmark.way == "judge":
            raise UserError(
                f"The benchmark {each.benchmark.name} is to be run on {target.name}.",
                "It is about a judge behind a server, and this one is in this process.",
                f"Give {option('url')}, or take the benchmark hhh.",
            )
        if target.endpoint is not None and each.benchmark.way in ("options", "rewards", "divergence"):
            raise UserError(
                f"The benchmark {each.benchmark.name} is to be run on {target.name}{where}.",
                f"It needs the log-probability of given text, which {teller} does not tell.",
                "Leave it out, or name a model that can be loaded here.",
            )


def other_answers(asked: Sequence[BenchmarkItems], judge: Judge | None, against: str | None) -> Stage | None:
    """The other model's answers to the win rate's prompts; None where no win rate is asked for, or nobody to judge.

    Raises UserError where one of the three that a win rate takes is missing, or a judge has nothing to judge.
    """
    mine = next((each for each in asked if each.benchmark.name == WINRATE.name), None)
    if against is None and judge is None:
        return None
    if against is None and mine is None:
        if any(each.benchmark.name == TRUTHFULQA_GENERATION.name for each in asked):
            return None  # the judge is for that one
        raise UserError(
            "A judge is given.",
            "None of the benchmarks that are asked for takes one.",
            f"Ask for truthfulqa-generation, or for winrate with {option('against')}; or leave the judge out.",
        )
    if against is None or judge is None or mine is None:
        raise UserError(
            "A win rate is asked for.",
            "It takes the benchmark winrate, the other model's scores and a judge, and one of them is missing.",
            f"Ask for winrate, and give {option('against')}, {option('judge_url')} and {option('judge_model')}.",
        )
    run = Run.read(Path(against), scores=True)
    stage = run.current(benchmark_name("answer", WINRATE.name))
    if stage is None:
        raise UserError(
            f"{option('against')} is {against}.",
            "It holds no answers of the benchmark winrate.",
            f"Make them: {command('eval')} of the other model, with winrate and {option('out', against)}.",
        )
    theirs = {prompt.id: prompt.text for prompt in stage.read_lines(FileName.PROMPTS, Prompt)}
    if theirs != {prompt.id: prompt.text for prompt in mine.prompts}:
        raise UserError(
            f"{option('against')} is {against}.",
            "The other model was asked other prompts.",
            f"Evaluate both with the same {option('data')} and {option('most')}.",
        )
    return stage


def _built_in(benchmark: Benchmark) -> Source:
    if benchmark.built_in is None:
        raise UserError(
            f"The benchmark {benchmark.name} is asked for.",
            "It has no set of its own.",
            f"Give {option('data', f'{benchmark.asked_as}=FILE')}, or measure a run's folder: its spec names one.",
        )
    return benchmark.built_in


def _published(benchmark: Benchmark, folders: Sequence[Path]) -> str | None:
    """The public set's file in one of the folders, the folders themselves first."""
    for folder in folders:
        for name in benchmark.published:
            paths = sorted(folder.rglob(name), key=lambda path: (len(path.parts), str(path)))
            if paths:
                return str(paths[0])
    return None


def _plain(item: Any) -> Any:
    """An item, a record or a tuple that holds some, as JSON can hold it."""
    if isinstance(item, tuple):
        return [_plain(part) for part in item]
    return item.model_dump(mode="json") if isinstance(item, Record) else item
