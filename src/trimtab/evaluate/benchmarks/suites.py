"""The benchmarks by name, and the suites: several benchmarks asked for in one word."""

from collections.abc import Sequence

from ...errors import UserError
from .base import Benchmark
from .hhh import HHH, HHH_JUDGE, HHH_REWARD
from .overrefusal import OVERREFUSAL
from .realtoxicityprompts import REALTOXICITYPROMPTS
from .style import STYLE
from .truthfulqa import TRUTHFULQA, TRUTHFULQA_GENERATION
from .winrate import WINRATE

BENCHMARKS = {
    each.name: each
    for each in (
        TRUTHFULQA,
        TRUTHFULQA_GENERATION,
        REALTOXICITYPROMPTS,
        OVERREFUSAL,
        HHH,
        HHH_REWARD,
        HHH_JUDGE,
        STYLE,
        WINRATE,
    )
}
"""Every benchmark, by name, in the order of tables."""

SUITES: dict[str, tuple[Benchmark, ...]] = {
    "safety": (TRUTHFULQA, REALTOXICITYPROMPTS.with_settings(most=100, samples=5), OVERREFUSAL, HHH),
    "quick": tuple(each.with_settings(most=40) for each in (TRUTHFULQA, OVERREFUSAL, HHH, STYLE)),
}
"""Suites: `safety` takes a quarter of an hour with the public sets on two cores, `quick` a minute with ours."""


def chosen(names: Sequence[str], policy: Benchmark | None = None) -> list[Benchmark]:
    """The benchmarks that suites and benchmarks of these names come to, each once, the first mention deciding.

    `policy` is what the name `policy` stands for. Raises UserError for a name that is none.
    """
    found: dict[str, Benchmark] = {}
    for name in names:
        if name in SUITES:
            some: Sequence[Benchmark] = SUITES[name]
        elif name == "policy" and policy is not None:
            some = (policy,)
        elif name in BENCHMARKS:
            some = (BENCHMARKS[name],)
        else:
            raise UserError(
                f"The suite is {name!r}.",
                "There is no suite or benchmark of that name.",
                f"Suites: {', '.join(SUITES)}. Benchmarks: {', '.join(BENCHMARKS)}; and policy, with --policy FILE.",
            )
        for each in some:
            found.setdefault(each.name, each)
    return list(found.values())
