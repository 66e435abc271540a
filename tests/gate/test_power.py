"""The items that a gate is said to need pass an unchanged model in four cases of five."""

import numpy as np
import pytest

from trimtab.evaluate import measure
from trimtab.gate import decide, planned
from trimtab.records import Evaluation
from trimtab.spec import GateSpec
from trimtab.stats import pairs_needed

CONFIDENCE = 0.95
RATE = GateSpec(metric="style.ended", no_worse_by=0.1)


def evaluation(values: list[float], metric: str) -> Evaluation:
    ids = tuple(f"p{i}" for i in range(len(values)))
    return Evaluation(model="m", fingerprint={}, items={"heldout": ids}, measures=(measure(metric, list(values), 0),))


def rates(n: int, rng: np.random.Generator) -> tuple[Evaluation, Evaluation]:
    """A rate of which a quarter of the items change sides, as often one way as the other."""
    before = rng.random(n) < 0.5
    after = before ^ (rng.random(n) < 0.25)
    before_values, after_values = ([float(x) for x in side] for side in (before, after))
    return evaluation(before_values, "style.ended"), evaluation(after_values, "style.ended")


def test_as_many_items_as_it_needs_pass_an_unchanged_model_four_times_in_five() -> None:
    n = pairs_needed(0.1, 0.5, alpha=2 * (1 - CONFIDENCE))
    (line,) = planned([RATE], lambda _: n, CONFIDENCE)
    assert f"needs {n} items for 80 % power, and there are {n}: enough" in line
    rng = np.random.default_rng(5)
    passed = [decide(*rates(n, rng), [RATE], confidence=CONFIDENCE, seed=0).verdict == "pass" for _ in range(600)]
    assert 0.75 < np.mean(passed) < 0.85


def test_the_measured_spread_takes_the_place_of_the_assumed_one() -> None:
    before, after = rates(400, np.random.default_rng(1))
    found = decide(before, after, [RATE], confidence=CONFIDENCE, seed=0)
    gate = found.gates[0]
    assert gate.power_n is not None
    assert gate.shows is not None
    sides = [[value or 0.0 for value in each.measures[0].values] for each in (before, after)]
    spread = float(np.std(np.subtract(*sides), ddof=1))
    assert gate.power_n == pairs_needed(0.1, spread, alpha=2 * (1 - CONFIDENCE))
    assert gate.power_n == pytest.approx(400 * (gate.shows / 0.1) ** 2, rel=0.01)
    (line,) = planned([RATE], lambda _: 40, CONFIDENCE, found)
    assert f"needs {gate.power_n} items" in line
    assert "there are 40: too few (by the spread measured last)" in line
    other = GateSpec(metric="style.ended", no_worse_by=0.2)
    assert "change sides" in planned([other], lambda _: 40, CONFIDENCE, found)[0]


def test_a_gain_is_told_by_how_far_it_must_go_a_rate_by_its_count_and_another_bound_not_at_all() -> None:
    gates = [
        GateSpec(metric="style.ended", better_than="baseline"),
        GateSpec(metric="style.ended", at_least=0.5),
        GateSpec(metric="style.words", at_most_of_base=0.6),
        GateSpec(metric="style.words", at_most=60),
        GateSpec(metric="style.words", better_by=3),
    ]
    lines = planned(gates, lambda _: 100, CONFIDENCE)
    assert [line.split(":")[0] for line in lines] == [
        "style.ended, better than the baseline",
        "style.ended, at least 0.5",
        "style.words, better than before by 3",
    ]
    assert "100 items show 0.12 beyond the limit" in lines[0]
    assert lines[1].endswith("passes where 59 or more of 100 items count; a true rate of 0.626 does so 4 times in 5")
    assert "once its spread is measured" in lines[2]


def test_a_limit_that_no_count_can_pass_says_how_many_items_could() -> None:
    (line,) = planned([GateSpec(metric="style.ended", at_most=0.05)], lambda _: 20, CONFIDENCE)
    assert line.endswith("no count of 20 items passes it; 59 items are the fewest that can")
    (never,) = planned([GateSpec(metric="style.ended", at_most=0.0)], lambda _: 20, CONFIDENCE)
    assert never.endswith("no count of 20 items passes it; nor would more items")


def test_what_never_varies_promises_nothing() -> None:
    same = evaluation([1.0] * 30, "style.ended")
    gate = decide(same, same, [RATE], confidence=CONFIDENCE, seed=0).gates[0]
    assert (gate.power_n, gate.shows) == (None, None)
