"""decide(before, after, gates): is each limit kept, broken, or can these items not tell?

A gate passes where the whole interval lies on the right side of its limit, regresses where the whole interval lies
on the wrong side, and is undecided in between. The interval is two-sided at 2 x confidence - 1, so that each of the
two decisions is a one-sided test at `confidence`. A run passes only if every gate does; requiring all needs no
correction for their number (intersection-union test, Berger 1982).
"""

from collections.abc import Sequence
from typing import assert_never

from ..records import Decision, Evaluation, GateResult, Measure, Verdict
from ..scorers import metric_named
from ..spec import GateSpec
from ..stats import Interval, mean_interval, needed_n, paired_difference, paired_ratio

FEWEST = 5
"""Items under which no gate is decided: an interval over fewer says more of luck than of the model."""


def decide(
    before: Evaluation, after: Evaluation, gates: Sequence[GateSpec], *, confidence: float, seed: int
) -> Verdict:
    """The verdict over two evaluations of the same items. Raises ValueError where they are not alike."""
    if before.fingerprint != after.fingerprint or before.items != after.items:
        raise ValueError("the evaluations were not taken alike, so no gate can compare them")
    results = tuple(_one(before, after, gate, confidence, seed) for gate in gates)
    verdicts = {result.verdict for result in results}
    overall: Decision = "regress" if "regress" in verdicts else "undecided" if "undecided" in verdicts else "pass"
    return Verdict(verdict=overall, confidence=confidence, gates=results)


def _one(before: Evaluation, after: Evaluation, gate: GateSpec, confidence: float, seed: int) -> GateResult:
    name, limit = gate.limit
    old, new = before.measure(gate.metric), after.measure(gate.metric)
    rule = _rule(gate, new or old)
    if old is None or new is None:
        return _unjudged(gate, rule, limit, "the metric was not measured")
    level = 2 * confidence - 1
    rate = metric_named(gate.metric).rate
    pairs = old.paired_with(new)
    alone = [a for a in new.values if a is not None]
    absolute = name in ("at_least", "at_most")
    judged = len(alone if absolute else pairs)
    if judged < FEWEST:
        return _unjudged(
            gate, rule, limit, f"only {judged} items could be judged, and {FEWEST} are the fewest that count"
        )
    b, a = [x for _, x, _ in pairs], [y for _, _, y in pairs]
    sign = 1.0 if new.better == "higher" else -1.0
    match name:
        case "at_least" | "at_most":
            interval = mean_interval(alone, rate=rate, confidence=level, seed=seed)
            upward = name == "at_least"
        case "at_most_of_base" | "at_least_of_base":
            if sum(b) <= 0:
                return _unjudged(gate, rule, limit, "the mean before is zero, so there is no ratio to it")
            interval = paired_ratio(b, a, confidence=level, seed=seed)
            upward = name == "at_least_of_base"
        case "no_worse_by" | "better_by":
            interval = paired_difference(b, a, rate=rate, confidence=level, seed=seed)
            upward = sign > 0
            limit = sign * (-limit if name == "no_worse_by" else limit)
        case _:
            raise AssertionError(f"no such limit: {name}")
    return _judged(gate, rule, interval, limit, upward)


def _judged(gate: GateSpec, rule: str, interval: Interval, limit: float, upward: bool) -> GateResult:
    strict = gate.better_by is not None  # "better" by nothing is not better
    verdict: Decision
    if upward:
        verdict = "pass" if (interval.low > limit if strict else interval.low >= limit) else "undecided"
        verdict = "regress" if interval.high < limit else verdict
    else:
        verdict = "pass" if (interval.high < limit if strict else interval.high <= limit) else "undecided"
        verdict = "regress" if interval.low > limit else verdict
    needed = needed_n(interval, limit) if verdict == "undecided" else None
    match verdict:
        case "pass":
            says = "The whole interval keeps the limit."
        case "regress":
            says = "The whole interval breaks the limit."
        case "undecided":
            more = f"about {needed} items would decide it" if needed else "the figure lies on the limit"
            says = f"The interval holds the limit, so {interval.n} items cannot tell; {more}."
        case _:
            assert_never(verdict)
    return GateResult(
        metric=gate.metric,
        rule=rule,
        verdict=verdict,
        figure=interval.estimate,
        low=interval.low,
        high=interval.high,
        limit=limit,
        n=interval.n,
        needed_n=needed,
        says=says,
    )


def _unjudged(gate: GateSpec, rule: str, limit: float, why: str) -> GateResult:
    return GateResult(
        metric=gate.metric,
        rule=rule,
        verdict="undecided",
        figure=None,
        low=None,
        high=None,
        limit=limit,
        n=0,
        needed_n=None,
        says=f"Nothing to decide on: {why}.",
    )


def _rule(gate: GateSpec, about: Measure | None) -> str:
    name, limit = gate.limit
    title = about.title if about else gate.metric
    match name:
        case "at_least":
            return f"{title}: at least {limit:g}"
        case "at_most":
            return f"{title}: at most {limit:g}"
        case "at_most_of_base":
            return f"{title}: at most {limit:.0%} of before"
        case "at_least_of_base":
            return f"{title}: at least {limit:.0%} of before"
        case "no_worse_by":
            return f"{title}: no worse than before by {limit:g}" if limit else f"{title}: no worse than before"
        case "better_by":
            return f"{title}: better than before" + (f" by {limit:g}" if limit else "")
        case _:
            raise AssertionError(f"no such limit: {name}")
