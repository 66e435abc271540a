"""decide(before, after, gates): is each limit kept, broken, or can these items not tell?

A gate passes where the whole interval lies on the right side of its limit, regresses where the whole interval lies
on the wrong side, and is undecided in between. The interval is two-sided at 2 x confidence - 1, so that each of the
two decisions is a one-sided test at `confidence`. A rate's is exact (`stats.exact_rate`), so that a model whose true
rate lies beyond the limit passes in at most 1 - confidence of cases, however few the items. Where a scorer's errors
are known they are counted in (`evaluate.rate_as_read`, `stats.with_room`). What could not be judged
is counted, and a decision that it could turn is not taken (see `missing`).

A run passes only if every gate does, and requiring all needs no correction for their number (intersection-union test,
Berger 1982). But any regressed gate makes the run regress, so that with m gates a model that did not change would
regress with a chance of up to m x alpha, where alpha = 1 - confidence. *Regress* is therefore decided for the m gates
that can be judged together, absolute limits and comparisons alike, by Holm's method (Holm 1979): from the gate that
breaks its limit most clearly on, the k-th regresses if its strict interval (see `Question`) at one-sided confidence
1 - alpha / (m - k + 1) breaks the limit too, and the first that does not ends it. That gate and those after it are
undecided, and say so. The chance that any gate whose limit is kept in truth regresses is then at most alpha, however
the gates depend on each other. It is so in any order: where the first such gate stands at place k, the k - 1 before it
are broken in truth, so that at most m - k + 1 are not. The order decides how much is found, and an approximate one is
enough.

The intervals in the results are the uncorrected ones. A figure of which bounds alone are known (a win rate where length
could not be controlled for) is decided by these, and is none of the m: they hold whatever the items left open.
"""

from collections.abc import Mapping, Sequence
from math import inf
from typing import assert_never

from ..evaluate import metric_named, unlike
from ..records import Decision, Evaluation, GateResult, Verdict, unjudged_told
from ..spec import BASELINE, GateSpec
from ..stats import Interval
from .limits import ask
from .missing import MOST_MISSING
from .power import power_of
from .question import Bounded, Question, Unjudged

VERSION = "7"
"""Changes whenever the same evaluations and gates would get another verdict: a finished run then decides afresh."""


def decide(
    before: Evaluation,
    after: Evaluation,
    gates: Sequence[GateSpec],
    *,
    confidence: float,
    seed: int,
    baseline: Evaluation | None = None,
) -> Verdict:
    """The verdict over evaluations of the same items; `confidence` is one-sided.

    Gates against the `baseline` belong to the same family as all others. Raises ValueError where the evaluations are
    not alike, or a gate is against a baseline and there is none.
    """
    if any(unlike(other, after) for other in (before, baseline) if other is not None):
        raise ValueError("the evaluations were not taken alike, so no gate can compare them")
    if baseline is None and any(gate.against == BASELINE for gate in gates):
        raise ValueError("a gate compares with a baseline, and none was measured")
    asked = [ask(_compared(gate, before, baseline), after, gate, seed) for gate in gates]
    judged = {place: (q, q.interval(confidence)) for place, q in enumerate(asked) if isinstance(q, Question)}
    held_back = _held_back(judged, confidence)
    results = tuple(
        _judged(question, judged[place][1], held_back.get(place), len(judged), confidence)
        if isinstance(question, Question)
        else _bounded(question)
        if isinstance(question, Bounded)
        else _unjudged(question)
        for place, question in enumerate(asked)
    )
    by_judge = {each.metric: each.short for each in after.judged}
    results = tuple(
        each.model_copy(update={"summary": f"{each.summary} A judge's figure: {by_judge[each.metric]}."})
        if each.metric in by_judge
        else each
        for each in results
    )
    verdicts = {result.verdict for result in results}
    overall: Decision = "regress" if "regress" in verdicts else "undecided" if "undecided" in verdicts else "pass"
    return Verdict(verdict=overall, confidence=confidence, gates=results)


def _compared(gate: GateSpec, before: Evaluation, baseline: Evaluation | None) -> Evaluation:
    return baseline if gate.against == BASELINE and baseline is not None else before


def _held_back(judged: Mapping[int, tuple[Question, Interval]], confidence: float) -> dict[int, Interval]:
    """The places of gates that break their limit alone but not together, with the interval that does not break it."""
    if len(judged) == 1:
        return {}
    broken = [place for place, (question, _) in judged.items() if question.regresses(confidence)]
    broken.sort(key=lambda place: -_clearness(*judged[place]))
    for done, place in enumerate(broken):
        corrected = 1 - (1 - confidence) / (len(judged) - done)
        question = judged[place][0]
        if not question.regresses(corrected, strict=True):
            return {after: judged[after][0].strict(corrected) for after in broken[done:]}
    return {}


def _clearness(question: Question, interval: Interval) -> float:
    """How far the figure lies from the limit, in half-widths of the interval on that side; about z up to a factor."""
    bound = interval.high if question.upward else interval.low
    half = abs(bound - interval.estimate)
    return abs(interval.estimate - question.limit) / half if half > 0 else inf


def _judged(
    question: Question, interval: Interval, held_back: Interval | None, family: int, confidence: float
) -> GateResult:
    power_n, shows = power_of(question.gate, question.spread, confidence, question.confusion)
    kept, broken = question.kept_by(interval), question.broken_by(interval)
    verdict: Decision = "undecided"
    if question.passes(confidence):
        verdict = "pass"
    elif question.regresses(confidence) and held_back is None:
        verdict = "regress"
    open_by_missing = verdict == "undecided" and (kept or broken) and held_back is None
    needed, more = None, ""
    if verdict == "undecided" and not open_by_missing:
        needed, more = question.would_decide(held_back or interval)
    match verdict:
        case "pass":
            says = "The whole interval keeps the limit."
        case "regress":
            says = "The whole interval breaks the limit."
        case "undecided":
            says = f"The interval holds the limit, so {interval.n} items cannot tell; {more}."
            if held_back:
                says = f"The interval breaks the limit alone, but not among {family} gates together; {more}."
            elif open_by_missing:
                says = f"The items that were judged {'keep' if kept else 'break'} the limit, but too many are missing."
        case _:
            assert_never(verdict)
    told, at_worst = _missing(question, broken)
    return GateResult(
        metric=question.gate.metric,
        against=question.gate.against,
        rule=question.rule,
        verdict=verdict,
        figure=interval.estimate,
        low=interval.low,
        high=interval.high,
        limit=question.limit,
        n=interval.n,
        needed_n=needed,
        summary=question.note + says + told,
        power_n=power_n,
        shows=shows,
        unjudged=question.missing.unjudged if question.missing else {},
        at_worst=at_worst,
    )


def _missing(question: Question, broken: bool) -> tuple[str, float | None]:
    """What is missing, in a sentence, and what the figure would be were it all against what the others say."""
    missing = question.missing
    if missing is None:
        return "", None
    other = missing.best if broken else missing.worst
    figure = other.interval(0.95).estimate if other is not None else None
    told = f" {unjudged_told(missing.unjudged, missing.judged)}"
    if figure is not None:
        told += f"; {_had_they(question, broken)} it would be {figure:.2g}"
    if not missing.ends:
        told += f"; on a scale without ends more than {MOST_MISSING:.0%} leave it open"
    return f"{told}.", figure


def _had_they(question: Question, broken: bool) -> str:
    """The turn of the missing items that speaks against the others, in words."""
    counted = question.upward is broken
    if question.gate.against is None and metric_named(question.gate.metric).rate:
        return "had they all counted" if counted else "had none of them counted"
    return "had they all gone the other way"


def _unjudged(question: Unjudged) -> GateResult:
    told = unjudged_told(question.unjudged, question.judged)
    return GateResult(
        metric=question.gate.metric,
        against=question.gate.against,
        rule=question.rule,
        verdict="undecided",
        figure=None,
        low=None,
        high=None,
        limit=question.limit,
        n=question.judged,
        needed_n=None,
        summary=f"Nothing to decide on: {question.why}." + (f" {told}." if told else ""),
        unjudged=question.unjudged,
    )


def _bounded(question: Bounded) -> GateResult:
    verdict = question.verdict
    match verdict:
        case "pass":
            says = "What the figure could be, with what could not be controlled for, keeps the limit."
        case "regress":
            says = "What the figure could be, with what could not be controlled for, breaks the limit."
        case "undecided":
            says = (
                "The figure could not be controlled for, and the limit lies within its bounds; no more items decide it."
            )
        case _:
            assert_never(verdict)
    told = unjudged_told(question.unjudged, question.n)
    return GateResult(
        metric=question.gate.metric,
        against=question.gate.against,
        rule=question.rule,
        verdict=verdict,
        figure=None,
        low=question.low,
        high=question.high,
        limit=question.limit,
        n=question.n,
        needed_n=None,
        summary=says + (f" {told}, and the bounds hold whatever they are." if told else ""),
        unjudged=question.unjudged,
    )
