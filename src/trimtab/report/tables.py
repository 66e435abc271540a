"""Records arranged as the rows that every view shows: each figure comes from a record, made into text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from ..errors import UserError
from ..evaluate import metric_named
from ..metrics import OWN_SET, Metric
from ..records import (
    Better,
    Decision,
    Difference,
    Evaluation,
    GateResult,
    Measure,
    PeopleMeasure,
    Verdict,
    reasons_told,
)
from .data import ReportData
from .format import (
    DASH,
    NOT_CONTROLLED,
    NOT_JUDGED,
    counted,
    decimals,
    decimals_like,
    number,
    plain,
    signed,
    span,
    there,
)

Change = Literal["better", "worse", "moved", "unclear", "missing"]

CHANGE_WORDS: dict[Change, str] = {
    "better": "▲ better",
    "worse": "▼ worse",
    "moved": "changed",
    "unclear": "no clear change",
    "missing": DASH,
}
"""How each change is said; the sign says it without colour."""
VERDICT_WORDS: dict[Decision, str] = {"pass": "Pass", "regress": "Regress", "undecided": "Undecided"}


@dataclass(frozen=True)
class GateRow:
    """One line of the gates table. `unjudged` counts what could not be judged; `needed` says how many items would
    decide, empty where that is not known or done; `power` what a paired gate needs for 80 % power, or what its items
    show so often; `measure` is as `independence_word` has it."""

    title: str
    metric: str
    rule: str
    verdict: Decision
    figure: str
    interval: str
    limit: str
    n: str
    unjudged: str
    needed: str
    power: str
    summary: str
    measure: str


@dataclass(frozen=True)
class MetricRow:
    """One line of the before/after table. Figures are text; `change` is read off an interval.

    `unjudged` counts the items that could not be judged before, of the baseline where there is one, and after;
    `unjudged_why` tells the reasons. `from_baseline` is after minus baseline, and a dash where there is none or it was
    not asked; `measure` is as `independence_word` has it.
    """

    name: str
    title: str
    unit: str
    summary: str
    before: str
    before_interval: str
    baseline: str
    baseline_interval: str
    after: str
    after_interval: str
    difference: str
    difference_interval: str
    ratio: str
    ratio_interval: str
    change: Change
    from_baseline: str
    from_baseline_interval: str
    from_baseline_change: Change
    n: str
    unjudged: str
    unjudged_why: str
    measure: str

    @property
    def change_words(self) -> str:
        """The change in words, with a sign for those who see no colour."""
        return CHANGE_WORDS[self.change]

    @property
    def from_baseline_words(self) -> str:
        """The same of the difference from the baseline."""
        return CHANGE_WORDS[self.from_baseline_change]


def metric_of(name: str) -> Metric | None:
    """The catalogue's entry of a metric, or None for one it does not list."""
    try:
        return metric_named(name)
    except UserError:
        return None


def title_of(name: str) -> str:
    """What tables call a metric."""
    metric = metric_of(name)
    return metric.title if metric else name


def verdict_sentence(verdict: Verdict) -> str:
    """One sentence: what the run's verdict means."""
    match verdict.verdict:
        case "pass":
            if verdict.gates and all(verdict.is_rewarded(gate.metric) for gate in verdict.gates):
                return (
                    "Every gate is met, and every one looks at what training was rewarded for: this shows that it "
                    "learned that, not that the answers are better."
                )
            return "Every gate is met: what was asked for is there, and nothing guarded got worse than allowed."
        case "regress":
            failed = _titles(verdict, "regress")
            return f"The evidence shows a limit missed ({failed}): this model should not replace the one before."
        case "undecided":
            open_ = _titles(verdict, "undecided")
            return f"No limit is shown to be missed, but the evidence cannot decide {open_}."
        case _:
            assert_never(verdict.verdict)


def gates_met(verdict: Verdict) -> str:
    """How many gates are met, in words."""
    met = sum(gate.verdict == "pass" for gate in verdict.gates)
    told = f"{met} of {counted(len(verdict.gates), 'gate')} met"
    if verdict.rewarded is None:
        return told
    paid = sum(gate.metric in verdict.rewarded for gate in verdict.gates)
    return f"{told}; {len(verdict.gates) - paid} independent, {paid} on what was rewarded"


def unjudged_sentence(verdict: Verdict) -> str:
    """How many items the gates are without, in a sentence; empty where every one could be judged."""
    gates = [gate for gate in verdict.gates if gate.missing]
    told = "; ".join(f"{title_of(gate.metric)}: {gate.missing_told}" for gate in gates)
    return f"Not every item could be judged. {told}." if told else ""


def independence_word(verdict: Verdict, metric: str) -> str:
    """Whether training was rewarded for a metric, in a word; empty where that is not known."""
    rewarded = verdict.is_rewarded(metric)
    return "" if rewarded is None else "rewarded" if rewarded else "independent"


def gate_rows(verdict: Verdict) -> list[GateRow]:
    """The gates in the spec's order."""
    return [_gate_row(gate, independence_word(verdict, gate.metric)) for gate in verdict.gates]


def metric_rows(data: ReportData) -> list[MetricRow]:
    """Every metric that any evaluation holds, in the order of the evaluations."""
    shifts, from_baseline = (
        {difference.metric: difference for difference in some} for some in (data.differences, data.differences_baseline)
    )
    sides = [data.before, data.baseline, data.after]
    names = dict.fromkeys(measure.metric for side in sides if side is not None for measure in side.figures)
    judged = _by_judges(data.after)
    rows = [
        _metric_row(
            [side.figure(name) if side is not None else None for side in sides],
            shifts.get(name),
            from_baseline.get(name),
            independence_word(data.verdict, name),
            prompted=data.baseline is not None,
        )
        for name in names
    ]
    return [replace(row, title=f"{row.title}{judged.get(row.name, '')}") for row in rows]


def _by_judges(evaluation: Evaluation) -> dict[str, str]:
    """What stands behind the title of a metric that a judge measured, of the trained model."""
    told = {each.metric: f"{'after ' if each.corrected else ''}{each.short}" for each in evaluation.judged}
    return {metric: f" (by a judge: {said})" for metric, said in told.items()}


def change_of(difference: Difference | None, better: Better) -> Change:
    """What the sign of a difference's interval says, given which way is good."""
    if difference is None or not (there(difference.low) and there(difference.high)):
        return "missing"
    if difference.low <= 0 <= difference.high:
        return "unclear"
    match better:
        case "higher":
            return "better" if difference.low > 0 else "worse"
        case "lower":
            return "better" if difference.high < 0 else "worse"
        case "neither":
            return "moved"
        case _:
            assert_never(better)


def _titles(verdict: Verdict, decision: Decision) -> str:
    names = dict.fromkeys(title_of(gate.metric) for gate in verdict.gates if gate.verdict == decision)
    return ", ".join(names) or "any gate"


def _gate_row(gate: GateResult, measure: str) -> GateRow:
    title, rule = title_of(gate.metric), gate.rule
    if rule.startswith(f"{title}{OWN_SET}: "):
        title += OWN_SET
    places = decimals_like([gate.figure, gate.low, gate.high])
    return GateRow(
        title=title,
        metric=gate.metric,
        rule=rule.removeprefix(f"{title}: "),
        verdict=gate.verdict,
        figure=number(gate.figure, places, missing=NOT_JUDGED if gate.low is None else NOT_CONTROLLED),
        interval=span(gate.low, gate.high, places),
        limit=plain(gate.limit),
        n=f"{gate.n:,}",
        unjudged=f"{gate.missing:,}",
        needed=f"needs about {gate.needed_n:,}" if gate.needed_n is not None else "",
        power=_power(gate),
        summary=gate.summary,
        measure=measure,
    )


def _metric_row(
    sides: Sequence[Measure | PeopleMeasure | None],
    difference: Difference | None,
    from_baseline: Difference | None,
    measure: str,
    *,
    prompted: bool,
) -> MetricRow:
    before, baseline, after = sides
    shown = after or before or baseline
    assert shown is not None  # the name came from one of them
    places = decimals(shown.unit)
    metric = metric_of(shown.metric)
    named = [("before", before), *([("baseline", baseline)] if prompted else []), ("after", after)]
    return MetricRow(
        name=shown.metric,
        title=shown.title,
        unit=shown.unit,
        summary=metric.summary if metric else "",
        before=_mean(before, places),
        before_interval=span(before.low, before.high, places) if before else DASH,
        baseline=_mean(baseline, places),
        baseline_interval=span(baseline.low, baseline.high, places) if baseline else DASH,
        after=_mean(after, places),
        after_interval=span(after.low, after.high, places) if after else DASH,
        difference=signed(difference.mean, places) if difference else DASH,
        difference_interval=span(difference.low, difference.high, places) if difference else DASH,
        ratio=number(difference.ratio, 2) if difference else DASH,
        ratio_interval=span(difference.ratio_low, difference.ratio_high, 2) if difference else DASH,
        change=change_of(difference, shown.better),
        from_baseline=signed(from_baseline.mean, places) if from_baseline else DASH,
        from_baseline_interval=span(from_baseline.low, from_baseline.high, places) if from_baseline else DASH,
        from_baseline_change=change_of(from_baseline, shown.better),
        n=f"{difference.n:,}" if difference else f"{shown.n:,}" if isinstance(shown, PeopleMeasure) else DASH,
        unjudged=" / ".join(f"{side.missing:,}" if side else DASH for _, side in named),
        unjudged_why="; ".join(
            f"{name}: {reasons_told(side.reasons)}" for name, side in named if side and side.missing
        ),
        measure=measure,
    )


def _power(gate: GateResult) -> str:
    """What the gate needs for 80 % power at its margin; without a margin, how far beyond its limit it sees."""
    if gate.power_n is not None:
        return f"{gate.power_n:,} items"
    return f"sees {gate.shows:.2g}" if gate.shows is not None else DASH


def _mean(measure: Measure | PeopleMeasure | None, places: int) -> str:
    if measure is None:
        return DASH
    return number(measure.mean, places, missing=NOT_CONTROLLED if measure.bounds else NOT_JUDGED)
