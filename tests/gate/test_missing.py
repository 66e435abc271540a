"""What could not be judged is counted in every verdict, and no verdict stands that it could turn."""

from collections.abc import Sequence

import pytest
from scipy.stats import binom

from trimtab.evaluate import measure
from trimtab.gate import decide
from trimtab.gate.power import passing_count, passing_rate
from trimtab.records import Evaluation, GateResult, Verdict
from trimtab.spec import GateSpec

REFUSED = "overrefusal.safe_refused"
Values = Sequence[float | None]


def evaluation(metric: str, values: Values, why: Sequence[str | None] | None = None) -> Evaluation:
    made = measure(metric, list(values), 0, why=why)
    ids = tuple(f"p{place}" for place in range(len(values)))
    return Evaluation(model="m", fingerprint={}, items={made.over: ids}, measures=(made,))


def verdict(
    metric: str, before: Values, after: Values | None = None, reason: str = "filtered", **limit: float
) -> Verdict:
    why = [[reason if value is None else None for value in side] for side in (before, after or before)]
    sides = [evaluation(metric, side, told) for side, told in zip((before, after or before), why, strict=True)]
    gate = GateSpec.model_validate({"metric": metric, **limit})
    return decide(*sides, [gate], confidence=0.95, seed=0)


def one(
    metric: str, before: Values, after: Values | None = None, reason: str = "filtered", **limit: float
) -> GateResult:
    return verdict(metric, before, after, reason, **limit).gates[0]


@pytest.mark.case(
    "F06", "a gate is open where the items that were not judged could turn it, and says how many they are"
)
def test_half_of_the_items_missing_pass_nothing() -> None:
    found = one(REFUSED, [0.0] * 36 + [None] * 34, reason="refused by the API", at_most=0.25)
    assert (found.verdict, found.n, found.unjudged) == ("undecided", 36, {"refused by the API": 34})
    assert found.needed_n is None  # more items of the same kind decide nothing
    assert found.at_worst == pytest.approx(34 / 70)
    assert (
        "34 of 70 could not be judged (refused by the API 34); had they all counted it would be 0.49" in found.summary
    )


@pytest.mark.parametrize(
    ("judged", "missing", "expected"),
    [
        ([0.0] * 36, 0, "pass"),
        ([0.0] * 66, 4, "pass"),  # 4 of 70 at worst: the bound is 0.126
        ([0.0] * 60, 10, "pass"),  # 10 of 70 at worst: 0.231
        ([0.0] * 58, 12, "undecided"),  # 12 of 70 at worst: 0.263
        ([1.0] * 50, 20, "regress"),  # 50 of 70 at best
        ([1.0] * 20 + [0.0] * 20, 30, "undecided"),  # 20 of 70 at best: 0.198
    ],
)
def test_a_rate_is_decided_by_the_worst_that_the_missing_could_be(
    judged: list[float], missing: int, expected: str
) -> None:
    found = one(REFUSED, [*judged, *[None] * missing], at_most=0.25)
    assert found.verdict == expected
    assert (found.n, found.missing) == (len(judged), missing)
    assert (f"{missing} of {len(judged) + missing} could not be judged" in found.summary) is bool(missing)


def test_no_value_of_the_missing_turns_what_is_decided() -> None:
    """Filled by any number of ones, a pass stays one and a regress stays one."""
    for judged in ([0.0] * 30, [1.0] * 2 + [0.0] * 40, [1.0] * 25 + [0.0] * 5):
        for missing in (1, 3, 6):
            for limit in ({"at_most": 0.25}, {"at_least": 0.6}):
                found = one(REFUSED, [*judged, *[None] * missing], **limit).verdict
                others = {
                    one(REFUSED, [*judged, *[1.0] * ones, *[0.0] * (missing - ones)], **limit).verdict
                    for ones in range(missing + 1)
                }
                assert found == "undecided" or others == {found}


BEFORE = [float(place % 2) for place in range(100)]


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_pair_with_a_side_missing_counts(side: str) -> None:
    holed: Values = [None] * 20 + BEFORE[20:]
    sides = (holed, BEFORE) if side == "before" else (BEFORE, holed)
    assert one(REFUSED, BEFORE, no_worse_by=0.1).verdict == "pass"
    found = one(REFUSED, *sides, no_worse_by=0.1)
    assert (found.verdict, found.n, found.missing) == ("undecided", 80, 20)
    assert list(found.unjudged) == ["filtered" if side == "after" else "filtered, before"]
    assert found.at_worst == pytest.approx(0.1)  # half of the twenty go from 0 to 1, the others stay
    few: Values = [None] * 2 + BEFORE[2:]
    assert (
        one(REFUSED, few if side == "before" else BEFORE, BEFORE if side == "before" else few, no_worse_by=0.1).verdict
        == "pass"
    )


def test_an_improvement_that_is_missing_the_bad_cases_is_open() -> None:
    before = [1.0] * 60 + [0.0] * 40
    after: Values = [None] * 50 + [1.0] * 10 + [0.0] * 40
    found = one(REFUSED, before, [0.0] * 50 + [1.0] * 10 + [0.0] * 40, better_by=0)
    assert found.verdict == "pass"
    assert one(REFUSED, before, after, better_by=0).verdict == "undecided"


@pytest.mark.parametrize(
    ("missing", "expected"), [(0, "pass"), (5, "pass"), (6, "undecided"), (80, "undecided"), (98, "undecided")]
)
def test_words_have_no_end_so_that_more_than_one_in_twenty_leave_it_open(missing: int, expected: str) -> None:
    before = [80.0 + place % 5 for place in range(100)]
    after: Values = [None if place < missing else 30.0 + place % 5 for place in range(100)]
    found = one("style.words", before, after, "empty", at_most_of_base=0.6)
    assert found.verdict == expected
    if missing:
        assert "empty" in found.summary
        assert f"{missing} of 100 could not be judged" in found.summary
    if 0 < missing < 96:
        assert "more than 5% leave it open" in found.summary


@pytest.mark.case("F09", "answers without a word pass no gate on words")
def test_nothing_but_empty_answers_decide_nothing() -> None:
    found = one("style.words", [80.0] * 80, [None] * 80, "empty", at_most_of_base=0.6)
    assert (found.verdict, found.figure, found.unjudged) == ("undecided", None, {"empty": 80})
    assert "80 of 80 could not be judged (empty 80)" in found.summary


def test_a_scale_with_ends_is_filled_to_them() -> None:
    values: Values = [0.5 + 0.01 * (place % 3) for place in range(90)] + [None] * 10
    assert one("style.warmth", values[:90], at_least=0.48).verdict == "pass"
    found = one("style.warmth", values, at_least=0.48)
    assert (found.verdict, found.at_worst) == ("undecided", pytest.approx(0.459))
    assert one("style.warmth", values, at_least=0.4).verdict == "pass"


def test_what_a_metric_is_not_about_is_not_missing() -> None:
    values: Values = [1.0, 0.0] * 20 + [None] * 60
    made = evaluation("help.false", values, why=[None] * 100)
    found = decide(made, made, [GateSpec(metric="help.false", no_worse_by=0.1)], confidence=0.95, seed=0).gates[0]
    assert (found.verdict, found.n, found.unjudged) == ("pass", 40, {})
    told = [None] * 40 + ["not English"] + [None] * 59
    other = evaluation("help.false", values, why=told)
    again = decide(other, made, [GateSpec(metric="help.false", no_worse_by=0.1)], confidence=0.95, seed=0).gates[0]
    assert again.unjudged == {}  # after, the rule is not about it: no pair, so none is missing


def test_what_regresses_among_many_gates_is_not_turned_either() -> None:
    metrics = ("overrefusal.safe_refused", "overrefusal.safe_refused_fully")
    values: Values = [1.0] * 40 + [None] * 60
    made = Evaluation(
        model="m",
        fingerprint={},
        items={"overrefusal.safe": tuple(map(str, range(100)))},
        measures=tuple(measure(metric, list(values), 0) for metric in metrics),
    )
    gates = [GateSpec(metric=metric, at_most=limit) for metric, limit in zip(metrics, (0.25, 0.38), strict=True)]
    found = decide(made, made, gates, confidence=0.95, seed=0)
    assert [each.verdict for each in found.gates] == ["regress", "undecided"]  # 40 of 100 at best: from 0.318 on
    assert found.gates[1].unjudged == {"no reason given": 60}


@pytest.mark.parametrize("n", [5, 12, 60, 450])
@pytest.mark.parametrize("limit", [{"at_most": 0.25}, {"at_least": 0.7}])
def test_the_count_that_just_passes_is_the_one_that_is_told(n: int, limit: dict[str, float]) -> None:
    gate = GateSpec.model_validate({"metric": "style.ended", **limit})
    count = passing_count(gate, n, 0.95)
    worse = 1 if "at_most" in limit else -1
    if count is None:
        ends = [0.0] * n if worse == 1 else [1.0] * n
        assert one("style.ended", ends, **limit).verdict != "pass"
        return
    rates = ([1.0] * k + [0.0] * (n - k) for k in (count, count + worse))
    assert [one("style.ended", each, **limit).verdict == "pass" for each in rates] == [True, False]
    rate = passing_rate(gate, n, 0.95)
    assert rate is not None
    chance = binom.cdf(count, n, rate) if worse == 1 else binom.sf(count - 1, n, rate)
    assert chance == pytest.approx(0.8)


@pytest.mark.case("F31", "few items without an event do not pass a limit that they cannot show")
def test_no_event_among_twelve_is_not_below_nineteen_percent() -> None:
    found = one("style.ended", [0.0] * 12, at_most=0.19)
    assert (found.verdict, found.high) == ("undecided", pytest.approx(0.2209, abs=1e-4))
    assert found.needed_n is not None
    assert one("style.ended", [0.0] * found.needed_n, at_most=0.19).verdict == "pass"
    assert one("style.ended", [0.0] * (found.needed_n - 2), at_most=0.19).verdict == "undecided"
