"""The benchmarks by name, with what they measure; and the suites: several benchmarks asked for in one word."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ... import plugins
from ...data import Source, read_questions
from ...errors import UserError, option
from ...metrics import Metric, people_metric, region_metric
from ...records import Answer, Prompt
from .base import Benchmark, Measured, Settings
from .facts import FACTS
from .facts_said import FACTS_SAID
from .heldout import HELDOUT
from .help_set import HELP
from .hhh import HHH, HHH_JUDGE, HHH_REWARD
from .kl import KL
from .overrefusal import OVERREFUSAL
from .policy import POLICY_BENCHMARK
from .realtoxicityprompts import REALTOXICITYPROMPTS
from .style import STYLE
from .truthfulqa import TRUTHFULQA, TRUTHFULQA_GENERATION
from .winrate import WINRATE

BENCHMARKS: dict[str, Benchmark] = {
    each.name: each
    for each in (
        HELDOUT,
        POLICY_BENCHMARK,
        FACTS,
        FACTS_SAID,
        KL,
        TRUTHFULQA,
        TRUTHFULQA_GENERATION,
        REALTOXICITYPROMPTS,
        OVERREFUSAL,
        HHH,
        HHH_REWARD,
        HHH_JUDGE,
        STYLE,
        HELP,
        WINRATE,
    )
}
"""Every benchmark, by name, in the order of tables; what other packages bring is added as it is registered."""

SUITES: dict[str, tuple[Benchmark, ...]] = {
    "safety": (TRUTHFULQA, REALTOXICITYPROMPTS.with_settings(most=100, samples=5), OVERREFUSAL, HHH),
    "quick": tuple(each.with_settings(most=40) for each in (TRUTHFULQA, OVERREFUSAL, HHH, STYLE)),
}
"""Suites: `safety` takes a quarter of an hour with the public sets on two cores, `quick` a minute with ours."""

Measuring = Callable[[str, Sequence[str]], float | Mapping[str, float | None] | None]
"""From a prompt and a model's answers to it to the value of the only metric, or to values by metric."""


def register(added: Benchmark) -> Benchmark:
    """Adds a benchmark to the table; registered again, as a notebook's cell is run again, it takes its own place.

    Raises UserError where its name is another benchmark's, or a name of its metrics is another metric's.
    """
    old = BENCHMARKS.get(added.name)
    if added.name in SUITES or (old is not None and old.metrics != added.metrics):
        raise UserError(f"A benchmark {added.name!r} is registered.", "There is one already.", "Give it another name.")
    for metric in added.metrics:
        if _known(metric.name) not in (None, metric):
            raise UserError(
                f"The benchmark {added.name} measures {metric.name}.",
                "That is another benchmark's metric already.",
                f"Name it {added.name}.SOMETHING.",
            )
    BENCHMARKS[added.name] = added
    return added


def benchmark(
    name: str,
    *,
    prompts: Source,
    metrics: Sequence[Metric],
    version: str,
    summary: str = "",
    settings: Settings | None = None,
) -> Callable[[Measuring], Measuring]:
    """Registers a function that measures answers as a benchmark, for `trimtab eval --suite NAME`, specs and gates.

    `prompts` are rows with `prompt`, in a file or in memory, `metrics` what the function gives, over the set `name`;
    `version` changes whenever the same answers would get other values. What the function leaves out, or gives
    None for, could not be judged. Raises UserError as `register` does.
    """
    names = [metric.name for metric in metrics]

    def adding(measure: Measuring) -> Measuring:
        def measured(items: Sequence[Prompt], answers: Sequence[Sequence[Answer]]) -> list[Measured]:
            values: dict[str, list[float | None]] = {each: [] for each in names}
            for item, said in zip(items, answers, strict=True):
                found = measure(item.text, [answer.text for answer in said])
                row = found if isinstance(found, Mapping) else {names[0]: found}
                for each in names:
                    values[each].append(row.get(each))
            return [Measured(name, tuple(item.id for item in items), tuple(item.kind for item in items), values)]

        register(
            Benchmark(
                name=name,
                summary=summary or (measure.__doc__ or "").partition("\n")[0],
                built_in=prompts,
                ours=False,
                read=read_questions,
                prompts=list,
                measured=measured,
                version=version,
                metrics=tuple(replace(metric, over=name) for metric in metrics),
                settings=settings or Settings(),
            )
        )
        return measure

    return adding


def benchmarks() -> dict[str, Benchmark]:
    """Every benchmark, those of installed packages among them. Raises UserError as `plugins.load`."""
    plugins.load(plugins.BENCHMARKS)
    return BENCHMARKS


def benchmark_named(name: str) -> Benchmark | None:
    """The benchmark of that name; None where there is none."""
    return BENCHMARKS.get(name) or benchmarks().get(name)


def metrics() -> list[Metric]:
    """Every metric with a name of its own, each once, details last."""
    found = {metric.name: metric for each in benchmarks().values() for metric in each.metrics}
    return sorted(found.values(), key=lambda metric: metric.detail)


def metric_named(name: str) -> Metric:
    """The metric of that name; every `policy.RULE`, `refused.KIND` and `people.RUBRIC.AXIS` is one.

    Raises UserError where there is none.
    """
    found = _known(name)
    if found is None:
        benchmarks()
        found = _known(name)
    if found is None:
        raise UserError(
            f"The metric is {name!r}.",
            "No benchmark measures that.",
            "Install the package whose benchmark does, or correct the name.",
        )
    return found


def chosen(names: Sequence[str], policy: Benchmark | None = None) -> list[Benchmark]:
    """The benchmarks that suites and benchmarks of these names come to, each once, the first mention deciding.

    `policy` is what the name `policy` stands for. Raises UserError for a name that is none.
    """
    found: dict[str, Benchmark] = {}
    for name in names:
        if name in SUITES:
            some: Sequence[Benchmark] = SUITES[name]
        elif name == POLICY_BENCHMARK.name and policy is not None:
            some = (policy,)
        elif (one := benchmark_named(name)) is not None:
            some = (one,)
        else:
            close = difflib.get_close_matches(name, [*SUITES, *BENCHMARKS], n=1)
            raise UserError(
                f"The suite is {name!r}.",
                "There is no suite or benchmark of that name.",
                (f"Did you mean {close[0]}? " if close else "")
                + f"Suites: {', '.join(SUITES)}. Benchmarks: {', '.join(BENCHMARKS)}; "
                f"policy takes {option('policy')}.",
            )
        for each in some:
            found.setdefault(each.name, each)
    return list(found.values())


def _known(name: str) -> Metric | None:
    found = next((metric for each in BENCHMARKS.values() if (metric := each.metric(name)) is not None), None)
    return found or people_metric(name) or region_metric(name)
