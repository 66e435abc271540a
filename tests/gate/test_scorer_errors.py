"""Gates on rates of help count in how far its scorer's were off the readers', so that no hollow gain passes."""

from collections.abc import Sequence

import numpy as np
import pytest

from trimtab.evaluate import compare_evaluations, differences, measure
from trimtab.gate import decide, planned
from trimtab.records import Evaluation
from trimtab.scorers import HELP_CONFUSION, PLAIN_HELP_CONFUSION
from trimtab.spec import GateSpec

N = 600
IDS = tuple(f"p{i}" for i in range(N))
NO_WORSE = GateSpec(metric="help.helps", no_worse_by=0.08)


def evaluation(rate: float, *, with_points: int = N, metric: str = "help.helps") -> Evaluation:
    """The first items help; the first `with_points` prompts have points."""
    over = "heldout.general" if metric.startswith("helped") else "heldout"
    found = [measure(metric, [float(i < rate * N) for i in range(N)], 0, over=over)]
    if with_points:
        made = [1.0 if i < with_points else None for i in range(N)]
        found.append(measure("help.points", made, 0, why=[None] * N))
    items = {"heldout": IDS, over: IDS}
    return Evaluation(model="m", fingerprint={}, items=items, measures=tuple(found))


def verdict(before: float, after: float, gate: GateSpec = NO_WORSE, **made: int) -> str:
    sides = (evaluation(rate, metric=gate.metric, **made) for rate in (before, after))
    return decide(*sides, [gate], confidence=0.95, seed=0).verdict


def test_a_gain_as_large_as_the_scorers_errors_passes_nothing() -> None:
    assert verdict(0.3, 0.36) == "undecided"
    assert verdict(0.3, 0.6) == "pass"
    assert verdict(0.6, 0.2) == "regress"
    assert verdict(0.3, 0.2) == "undecided"  # nor is a loss of that size found


def test_without_points_more_is_left_open_and_a_few_missing_do_not_count() -> None:
    assert verdict(0.3, 0.6, with_points=0) == "undecided"
    assert verdict(0.3, 0.6, with_points=N // 2) == "undecided"
    assert verdict(0.3, 0.6, with_points=N - 6) == "pass"


@pytest.mark.parametrize("metric", ["help.helps", "helped.general"])
def test_the_errors_are_told_with_the_figure(metric: str) -> None:
    gate = GateSpec(metric=metric, no_worse_by=0.08)
    sides = [evaluation(rate, metric=metric) for rate in (0.3, 0.36)]
    (result,) = decide(*sides, [gate], confidence=0.95, seed=0).gates
    assert HELP_CONFUSION.changes is not None
    assert HELP_CONFUSION.changes.told in result.summary
    assert "no number of items would decide it" in result.summary
    assert result.needed_n is None
    assert result.low is not None
    assert result.low < -0.1


def test_a_rate_against_a_limit_has_room_for_the_scorers_errors() -> None:
    at_least = GateSpec(metric="help.helps", at_least=0.3)
    assert verdict(0.3, 0.36, at_least) == "undecided"
    assert verdict(0.3, 0.6, at_least) == "pass"
    assert verdict(0.3, 0.6, at_least, with_points=0) == "undecided"
    assert verdict(0.3, 0.02, GateSpec(metric="help.echo", at_most=0.1)) == "pass"
    assert verdict(0.3, 0.07, GateSpec(metric="help.echo", at_most=0.1)) == "undecided"


def test_tables_and_p_values_count_the_errors_too() -> None:
    sides = [evaluation(rate) for rate in (0.3, 0.36)]
    shift = next(each for each in differences(*sides, confidence=0.95, seed=0) if each.metric == "help.helps")
    assert shift.low < 0 < shift.mean < shift.high
    compared = next(
        each for each in compare_evaluations(*sides, confidence=0.95, seed=0) if each.difference.metric == "help.helps"
    )
    assert compared.p > 0.3


def test_the_plan_tells_what_no_items_take_away() -> None:
    for by_points, errors in ((True, HELP_CONFUSION), (False, PLAIN_HELP_CONFUSION)):
        (line,) = planned([NO_WORSE], lambda _: N, 0.95, by_points=by_points)
        assert errors.changes is not None
        assert errors.changes.told in line


def test_an_unchanged_model_never_regresses_by_its_scorers_errors() -> None:
    """The scorer's change is off by as much as was measured, in either direction."""
    assert HELP_CONFUSION.changes is not None
    off: Sequence[float] = np.random.default_rng(0).normal(0, HELP_CONFUSION.changes.by, 200)
    gate = GateSpec(metric="help.helps", no_worse_by=0.0)
    found = [verdict(0.4, 0.4 + round(float(each), 2), gate) for each in off]
    assert found.count("regress") <= 0.05 * len(found)
    assert found.count("pass") <= 0.05 * len(found)
