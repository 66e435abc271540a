"""A gate on what people said is decided over items and reviewers, and says what would decide it."""

from collections.abc import Sequence

import pytest

from trimtab.evaluate import compare_evaluations
from trimtab.gate import decide
from trimtab.records import Evaluation, GateResult, Measure, PeopleMeasure
from trimtab.spec import GateSpec

WORDS = Measure(
    metric="style.words", over="heldout", better="neither", unit="words", title="Words", values=(1.0,), mean=1.0,
    low=1.0, high=1.0, n=1, unjudged={},
)  # fmt: skip


def said(
    values: Sequence[float], reviewers: int = 4, metric: str = "people.preferred", **more: object
) -> PeopleMeasure:
    """Each value a judgement of an item of its own, by the reviewers in turn."""
    n = len(values)
    told = {
        "metric": metric, "title": metric, "unit": "share", "better": "higher", "of": "after", "room": "r",
        "items": tuple(f"i{place}" for place in range(n)),
        "reviewers": tuple(f"r{place % reviewers}" for place in range(n)),
        "asked": "w", "values": tuple(values), "taken": n, "shown": n, **more,
    }  # fmt: skip
    return PeopleMeasure.model_validate(told)


def holding(*people: PeopleMeasure) -> Evaluation:
    return Evaluation(model="m", fingerprint={}, items={"heldout": ("a",)}, measures=(WORDS,), people=people)


def gated(after: PeopleMeasure, before: PeopleMeasure | None = None, **limit: float) -> GateResult:
    gate = GateSpec.model_validate({"metric": after.metric, **limit})
    old = holding(*([before] if before is not None else []))
    return decide(old, holding(after), [gate], confidence=0.95, seed=0).gates[0]


def test_a_share_passes_regresses_or_says_how_many_more_would_decide() -> None:
    assert gated(said([1.0] * 60 + [0.0] * 20), at_least=0.5).verdict == "pass"
    assert gated(said([0.0] * 60 + [1.0] * 20), at_least=0.5).verdict == "regress"
    found = gated(said([1.0, 0.0, 1.0, 0.5, 1.0] * 8), at_least=0.6)
    assert found.verdict == "undecided"
    assert found.needed_n is not None
    assert found.needed_n > found.n == 40
    assert f"about {found.needed_n - 40} more items would decide it four times in five" in found.summary
    assert "40 judgements by 4 reviewers" in found.summary


def test_reviewers_who_differ_are_what_is_missing_and_not_items() -> None:
    apart = said([1.0, 1.0, 0.0, 1.0] * 100)  # one of four always says the other side
    found = gated(apart, at_least=0.5)
    assert found.verdict == "undecided"
    assert found.needed_n is None
    assert "more reviewers, because these differ among themselves" in found.summary
    mixed = said(([1.0] * 15 + [0.0] * 5) * 20)  # as many judgements of each kind, by everybody alike
    assert gated(mixed, at_least=0.5).verdict == "pass"


def test_too_few_judge_for_themselves_alone_and_too_few_items_decide_nothing() -> None:
    alone = gated(said([1.0] * 20, reviewers=1), at_least=0.5)
    assert alone.verdict == "pass"
    assert "by 1 reviewer, for whom alone it holds" in alone.summary
    few = gated(said([1.0] * 4), at_least=0.5)
    assert (few.verdict, few.figure) == ("undecided", None)
    assert "people judged only 4 items" in few.summary
    none = decide(holding(), holding(), [GateSpec(metric="people.false", at_most=0.5)], confidence=0.95, seed=0)
    assert "people were not asked" in none.gates[0].summary


def test_what_people_could_not_judge_may_take_a_verdict_back() -> None:
    sure = [1.0] * 45 + [0.0] * 15
    assert gated(said(sure), at_least=0.5).verdict == "pass"
    held = said(sure, unjudged={"held back": 40})
    assert gated(held, at_least=0.5).verdict == "undecided"
    assert "40 of 100 could not be judged (held back 40)" in gated(held, at_least=0.5).summary
    no_word = said(sure, taken=100, shown=100, unjudged={"nobody could tell": 40})
    assert gated(no_word, at_least=0.5).verdict == "undecided"


@pytest.mark.parametrize("shift", [0.0, 0.4])
def test_a_difference_is_over_both_sides_judgements(shift: float) -> None:
    marks = [0.2, 0.4, 0.6, 0.3, 0.5] * 12
    old, new = (
        said([mark + by for mark in marks], metric="people.hhh.helpful", of=of)
        for by, of in ((0.0, "before"), (shift, "after"))
    )
    assert gated(new, old, no_worse_by=0.1).verdict == "pass"
    assert gated(new, old, better_by=0.2).verdict == ("pass" if shift else "regress")
    told = compare_evaluations(holding(old), holding(new), confidence=0.95, seed=0)[-1]
    assert told.difference.metric == "people.hhh.helpful"
    assert told.difference.mean == pytest.approx(shift)
    assert (told.p < 0.01) == bool(shift)
    other = new.model_copy(update={"asked": "in other words"})
    assert "other words" in gated(other, old, no_worse_by=0.1).summary


def against_baseline(share: PeopleMeasure | None, **limit: object) -> GateResult:
    gate = GateSpec.model_validate({"metric": "people.preferred", **limit})
    only_before = said([0.0] * 40)  # pairs with the answers before, of which this gate is not
    after = holding(only_before, *([share] if share is not None else []))
    found = decide(holding(), after, [gate], confidence=0.95, seed=0, baseline=holding())
    return found.gates[0]


def test_preferred_to_the_baseline_is_of_pairs_with_its_answers() -> None:
    pairs = said([1.0] * 45 + [0.0] * 15, metric="people.preferred_to_baseline")
    better = against_baseline(pairs, better_than="baseline")
    assert (better.verdict, better.figure, better.limit, better.against) == ("pass", 0.75, 0.5, "baseline")
    assert better.rule == "People: preferred to the baseline: above 0.5"
    assert against_baseline(pairs, better_than="baseline", by=0.2).verdict == "undecided"
    even = said(([1.0] * 4 + [0.0] * 4) * 10, metric="people.preferred_to_baseline")
    assert against_baseline(even, better_than="baseline").verdict == "undecided"
    kept = against_baseline(even, no_worse_than="baseline", by=0.2)
    assert (kept.verdict, round(kept.limit, 9)) == ("pass", 0.3)
    worse = said([0.0] * 50 + [1.0] * 10, metric="people.preferred_to_baseline")
    assert against_baseline(worse, no_worse_than="baseline", by=0.2).verdict == "regress"
    assert "people were not asked" in against_baseline(None, better_than="baseline").summary


def test_other_measures_are_held_against_what_was_said_of_the_baselines_answers() -> None:
    gate = GateSpec.model_validate({"metric": "people.helps", "no_worse_than": "baseline", "by": 0.1})
    of = {"baseline": [1.0] * 40, "after": [0.0] * 40}
    sides = {side: said(values, metric="people.helps", of=side) for side, values in of.items()}
    done = decide(
        holding(), holding(sides["after"]), [gate], confidence=0.95, seed=0, baseline=holding(sides["baseline"])
    )
    assert (done.verdict, done.gates[0].figure) == ("regress", -1.0)
