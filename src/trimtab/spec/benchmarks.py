"""The benchmarks that a spec asks for, and whether its gates look at what these measure."""

import difflib
from collections.abc import Sequence
from pathlib import Path

from ..errors import UserError, command
from ..evaluate import (
    FACTS,
    FACTS_SAID,
    HELDOUT,
    KL,
    POLICY_BENCHMARK,
    WINRATE,
    Benchmark,
    benchmark_named,
    benchmarks,
    heldout_benchmark,
    policy_benchmark,
)
from ..metrics import REGIONS, SHARES, TO_BASELINE, Metric, asked_of_people
from ..records import Policy
from ..scorers import Points
from .baseline import BASELINE, proposed_system
from .evaluation import BenchmarkSpec, GateSpec
from .feedback import Drawn
from .people_gates import check_people_limit, people_measures
from .schema import Spec
from .source import Loc, Source

_AT: Loc = ("evaluation", "benchmarks")
_OF_FACTS = (FACTS.name, FACTS_SAID.name)
_ELSEWHERE = ("judge", "rewards")
"""Ways of benchmarks that measure something else than a language model."""


def listed(spec: Spec) -> Sequence[BenchmarkSpec]:
    """The benchmarks by name: those of `evaluation.benchmarks`, else what the spec has the files for."""
    there = {POLICY_BENCHMARK.name: spec.policy, **dict.fromkeys(_OF_FACTS, spec.prompts.facts)}
    names = (HELDOUT.name, POLICY_BENCHMARK.name, *_OF_FACTS, KL.name)
    usual = [BenchmarkSpec(name=name) for name in names if there.get(name, name) is not None]
    return spec.evaluation.benchmarks or usual


def benchmarks_of(
    spec: Spec, policy: Policy | None, file: Path | None, points: Points | None = None
) -> list[Benchmark]:
    """The benchmarks as they are to be asked; `policy` was read from `file`, `points` are the spec's."""
    own = {HELDOUT.name: heldout_benchmark(spec.evaluation.shares, spec.evaluation.scorers, points=points)}
    if policy is not None and file is not None:
        own[POLICY_BENCHMARK.name] = policy_benchmark(policy, file, of=HELDOUT.name)
    settings = {each.name: each.settings for each in listed(spec)}
    settings[HELDOUT.name] = {"max_new_tokens": spec.evaluation.max_new_tokens} | settings.get(HELDOUT.name, {})
    found = [own.get(each.name) or benchmark_named(each.name) for each in listed(spec)]
    return [each.with_settings(**settings.get(each.asked_as, {})) for each in found if each is not None]


def check_benchmarks(spec: Spec, source: Source) -> None:
    """Raises UserError at the first benchmark that a run cannot measure by, with its line."""
    measured: dict[str, str] = {}
    for index, each in enumerate(spec.evaluation.benchmarks):
        place = f"{source.place((*_AT, index))}: the benchmark is {each.name!r}."
        found = benchmark_named(each.name)
        if found is None:
            known = [name for name, other in benchmarks().items() if other.way not in _ELSEWHERE]
            close = difflib.get_close_matches(each.name, known, n=1)
            fix = f"Did you mean `{close[0]}`?" if close else f"The benchmarks are {', '.join(known)}."
            raise UserError(place, "There is no benchmark of that name.", fix)
        _check_possible(each, found, spec, place)
        for metric in found.metrics:
            other = measured.setdefault(metric.name, each.name)
            if other != each.name or [one.name for one in spec.evaluation.benchmarks].count(each.name) > 1:
                why = "It is listed twice." if other == each.name else f"`{other}` measures {metric.name} too."
                raise UserError(place, why, "A gate could not tell them apart: leave one of the two out.")
    for field, given in (("shares", spec.evaluation.shares), ("scorers", spec.evaluation.scorers)):
        if given and all(each.name != HELDOUT.name for each in listed(spec)):
            raise UserError(
                f"{source.place(('evaluation', field))}: `evaluation.{field}` is given.",
                "It is about the held-out answers, and these are not among the benchmarks.",
                f"Add `{HELDOUT.name}` to `evaluation.benchmarks`, or remove it.",
            )


def _check_possible(each: BenchmarkSpec, found: Benchmark, spec: Spec, place: str) -> None:
    if found.way in _ELSEWHERE:
        raise UserError(
            place,
            f"It measures a {'judge' if found.way == 'judge' else 'reward model'}, and a run a language model.",
            "Leave it out; `trimtab eval` takes such a model.",
        )
    if found.name == WINRATE.name:
        raise UserError(
            place,
            "It holds answers against another model's by a judge, and a run has neither.",
            "Leave it out; `trimtab eval` takes both.",
        )
    if found.of and (each.settings or each.data):
        raise UserError(
            place,
            f"It is about the answers of `{found.of}`, and has no settings of its own.",
            f"Write the name alone; settings go to `{found.of}`.",
        )
    for name, field, there in (
        *((name, "prompts.facts", spec.prompts.facts or each.data) for name in _OF_FACTS),
        (POLICY_BENCHMARK.name, "policy", spec.policy),
    ):
        if each.name == name and there is None:
            raise UserError(place, f"The spec has no `{field}`.", f"Add `{field}`, or leave `{name}` out.")


def check_gates(spec: Spec, asked: Sequence[Benchmark], source: Source) -> None:
    """Raises UserError at the first gate on what the benchmarks do not measure, with its line and what would."""
    names = [metric.name for each in asked for metric in each.metrics if not metric.judged]
    for index, gate in enumerate(spec.gates):
        place = source.place(("gates", index, "metric"))
        if check_people_limit(gate, place):
            continue
        metric = next((found for each in asked if (found := each.metric(gate.metric)) is not None), None)
        if metric is None:
            raise _unmeasured(gate, spec, names, place)
        if metric.judged:
            raise UserError(
                f"{place}: a gate looks at {gate.metric}.",
                "Only a judge can tell that, and a run has none.",
                f"Measure it with {command('eval')}, and gate the scores with {command('gate')}.",
            )
        check_limit(gate, metric, place)


def check_people(spec: Spec, source: Source) -> None:
    """Raises UserError where people are to be asked and it is not said how many, or of answers that are not there."""
    asked = list(people_measures(spec))
    if asked and spec.evaluation.people is None:
        index, metric = next((n, each.metric) for n, each in enumerate(spec.gates) if asked_of_people(each.metric))
        raise UserError(
            f"{source.place(('gates', index, 'metric'))}: a gate looks at {metric}.",
            "The spec does not say how many items people are to judge.",
            "Add `people: {need: 60}` to `evaluation`; or remove the gate.",
        )
    if TO_BASELINE in asked and spec.baseline is None:
        raise _no_baseline(spec, source.place(("evaluation",)), f"people are asked for {TO_BASELINE}")
    if spec.evaluation.people is None:
        return
    place = source.place(("evaluation", "people"))
    if not asked:
        raise UserError(
            f"{place}: people are to be asked.",
            "No gate looks at what they say, and no measure is named.",
            "Add a gate, such as {metric: people.preferred, at_least: 0.5}, or `measures`; or leave `people` out.",
        )
    if all(each.name != HELDOUT.name for each in listed(spec)):
        raise UserError(
            f"{place}: people are to be asked.",
            "They judge the held-out answers, and these are not among the benchmarks.",
            f"Add `{HELDOUT.name}` to `evaluation.benchmarks`, or leave `people` out.",
        )


def check_baseline(spec: Spec, asked: Sequence[Benchmark], source: Source) -> None:
    """Raises UserError where something refers to a baseline that is not there or not measured, with its line."""
    for loc, settings in _sampled(spec, source):
        if settings.system == BASELINE and spec.baseline is None:
            raise _no_baseline(spec, source.place(loc), "answers are sampled under the baseline's message")
    answered = [each for each in asked if each.prompted]
    for index, gate in enumerate(spec.gates):
        if gate.against != BASELINE:
            continue
        place = source.place(("gates", index))
        if spec.baseline is None:
            raise _no_baseline(spec, place, f"a gate compares {gate.metric} with the baseline")
        if asked_of_people(gate.metric) is None and all(each.metric(gate.metric) is None for each in answered):
            raise UserError(
                f"{place}: a gate compares {gate.metric} with the baseline.",
                "It is not measured of the model's answers, so that no system message stands before them.",
                "Compare it with before (no_worse_by, better_by).",
            )
    if spec.baseline is not None and not answered:
        raise UserError(
            f"{source.place(('baseline',))}: a baseline is given.",
            "None of the benchmarks is about answers that a system message could change.",
            f"Add `{HELDOUT.name}` to `evaluation.benchmarks`, or leave the baseline out.",
        )


def _no_baseline(spec: Spec, place: str, asks: str) -> UserError:
    return UserError(
        f"{place}: {asks}.",
        "The spec has no baseline.",
        f"Add `baseline: {{system: …}}`, such as “{proposed_system(spec.goal)}”; or leave that out.",
    )


def _sampled(spec: Spec, source: Source) -> list[tuple[Loc, Drawn]]:
    """Each source that samples, with the place of its system message."""
    if source.wrote(("feedback", "sample")):
        return [(("feedback", "sample", "system"), spec.feedback.sample)] if spec.feedback.sample else []
    return [
        (("feedback", "sources", index, *under, "system"), draws)
        for index, one in enumerate(spec.feedback.sources)
        if (draws := one.draws) is not None
        for under in [("review", "sample") if one.review is not None else (one.kind,)]
    ]


def check_limit(gate: GateSpec, metric: Metric, place: str) -> None:
    """Raises UserError where a gate wants better of what is neither good nor bad."""
    if metric.better == "neither" and gate.limit[0] in ("no_worse_by", "better_by"):
        raise UserError(
            f"{place}: a gate asks {gate.metric} to be better or no worse.",
            "Neither way is good by itself for that metric.",
            "Bound it with at_least or at_most.",
        )


def no_such_metric(gate: GateSpec, names: Sequence[str], place: str) -> UserError:
    """A gate on what no benchmark measures, with the name that is nearest."""
    given = f"{place}: the gate's metric is {gate.metric!r}."
    if gate.metric.startswith(REGIONS):
        why = "That is a figure of the matrix, and no region's run measures it."
        return UserError(given, why, "Give its limit in `matrix: {own: 0.9, leakage: 0.05}`.")
    close = difflib.get_close_matches(gate.metric, names, n=1, cutoff=0.4)
    return UserError(
        given,
        "No evaluation measures that.",
        f"Did you mean `{close[0]}`?" if close else f"The metrics are {', '.join(names)}.",
    )


def _unmeasured(gate: GateSpec, spec: Spec, names: Sequence[str], place: str) -> UserError:
    """The gate's metric, and what would measure it: a benchmark, a file or a share that the spec does not name."""
    able = [each for each in benchmarks().values() if each.way not in _ELSEWHERE]
    by = next((each.name for each in able if each.metric(gate.metric) is not None), None)
    there = [each.name for each in listed(spec)]
    if by is None or (by == POLICY_BENCHMARK.name and by in there):
        every = (metric.name for each in able for metric in each.metrics if not metric.detail and not metric.judged)
        return no_such_metric(gate, list(dict.fromkeys((*names, *every))), place)
    family, _, name = gate.metric.partition(".")
    if by == HELDOUT.name and by in there and family == "help":
        add = "`prompts.points`"
    elif by in there:
        add = f"`{family}` to `evaluation.shares`" if family in SHARES else f"`{name}` to `evaluation.scorers`"
    elif by in _OF_FACTS and spec.prompts.facts is None:
        add = "`prompts.facts`"
    elif by == POLICY_BENCHMARK.name and spec.policy is None:
        add = "`policy`"
    else:
        add = f"`{by}` to `evaluation.benchmarks`, as in [{', '.join((*there, by))}]"
    return UserError(
        f"{place}: a gate looks at {gate.metric}.",
        "Nothing in the spec measures that.",
        f"Add {add}; or remove the gate.",
    )
