"""Verdicts: each kind of limit, in each direction, and the n that would decide."""

import numpy as np
import pytest

from trimtab.gate import decide
from trimtab.records import Better, Evaluation, Measure
from trimtab.spec import GateSpec

RNG = np.random.default_rng(0)


def evaluation(better: Better = "lower", fingerprint: str = "x", **metrics: list[float | None]) -> Evaluation:
    measures = tuple(
        Measure(
            metric=name.replace("_", ".", 1),
            over="heldout",
            better=better,
            unit="",
            title=name,
            values=tuple(values),
            mean=None,
            low=None,
            high=None,
            n=len(values),
            unscored=0,
        )
        for name, values in metrics.items()
    )
    return Evaluation(model="m", fingerprint={"data": fingerprint}, items={"heldout": ("a",)}, measures=measures)


def verdict(before: list[float], after: list[float], better: Better = "lower", **limit: float) -> str:
    gate = GateSpec(metric="style.words", **limit)
    found = decide(
        evaluation(better, style_words=list(before)),
        evaluation(better, style_words=list(after)),
        [gate],
        confidence=0.95,
        seed=0,
    )
    assert found.verdict == found.gates[0].verdict
    return found.verdict


BEFORE = list(RNG.normal(100, 10, 80))


@pytest.mark.parametrize(
    ("factor", "expected"), [(0.50, "pass"), (0.60, "undecided"), (0.70, "regress"), (1.00, "regress")]
)
def test_at_most_of_base(factor: float, expected: str) -> None:
    after = [x * factor + e for x, e in zip(BEFORE, RNG.normal(0, 10, 80), strict=True)]
    assert verdict(BEFORE, after, at_most_of_base=0.6) == expected


@pytest.mark.parametrize(("good", "expected"), [(78, "pass"), (66, "undecided"), (50, "regress")])
def test_at_least_on_a_rate(good: int, expected: str) -> None:
    assert verdict([1.0] * 80, [1.0] * good + [0.0] * (80 - good), "higher", at_least=0.8) == expected


@pytest.mark.parametrize(("better", "shift", "expected"), [
    ("higher", 0.0, "pass"), ("higher", -0.5, "pass"), ("higher", -1.0, "undecided"), ("higher", -2.0, "regress"),
    ("lower", 0.0, "pass"), ("lower", 0.5, "pass"), ("lower", 1.0, "undecided"), ("lower", 2.0, "regress"),
])  # fmt: skip
def test_no_worse_by_looks_in_the_bad_direction(better: Better, shift: float, expected: str) -> None:
    noise = np.random.default_rng(1).normal(0, 1, 80)
    noise -= noise.mean()
    after = [x + shift + e for x, e in zip(BEFORE, noise, strict=True)]
    assert verdict(BEFORE, after, better, no_worse_by=1.0) == expected


@pytest.mark.parametrize(("shift", "expected"), [(1.0, "pass"), (0.0, "undecided"), (-1.0, "regress")])
def test_better_by_nothing_needs_a_real_gain(shift: float, expected: str) -> None:
    noise = np.random.default_rng(1).normal(0, 1, 80)
    noise -= noise.mean()
    after = [x + shift + e for x, e in zip(BEFORE, noise, strict=True)]
    assert verdict(BEFORE, after, "higher", better_by=0) == expected


def test_no_change_at_all_is_no_worse_but_not_better() -> None:
    assert verdict(BEFORE, BEFORE, no_worse_by=0) == "pass"
    assert verdict(BEFORE, BEFORE, "higher", better_by=0) == "undecided"


def test_the_needed_n_would_decide() -> None:
    noise = np.random.default_rng(2).normal(0, 8, 60)
    noise = list(noise - noise.mean() + 1.0)
    gate = GateSpec(metric="style.words", better_by=0)
    zero = [0.0] * 60
    found = decide(
        evaluation("higher", style_words=zero), evaluation("higher", style_words=noise), [gate], confidence=0.95, seed=0
    ).gates[0]
    assert found.verdict == "undecided"
    assert found.needed_n is not None
    copies = -(-found.needed_n // 60) + 1  # more items of the same kind
    again = decide(
        evaluation("higher", style_words=zero * copies),
        evaluation("higher", style_words=noise * copies),
        [gate],
        confidence=0.95,
        seed=0,
    )
    assert again.verdict == "pass"
    assert str(found.needed_n) in found.says


def test_one_regressed_gate_makes_the_run_regress_and_an_undecided_one_keeps_it_from_passing() -> None:
    before = evaluation("higher", style_words=[1.0, 2.0, 3.0] * 20, style_ended=[1.0] * 60)
    after = evaluation("higher", style_words=[1.0, 2.0, 3.0] * 20, style_ended=[1.0] * 48 + [0.0] * 12)
    good = GateSpec(metric="style.words", at_least=1)
    unsure = GateSpec(metric="style.ended", at_least=0.8)
    bad = GateSpec(metric="style.words", at_least=5)
    missing = GateSpec(metric="facts.accuracy", at_least=0.5)

    def run(*gates: GateSpec) -> str:
        return decide(before, after, gates, confidence=0.95, seed=0).verdict

    assert run(good) == "pass"
    assert run(good, unsure) == "undecided"
    assert run(good, unsure, bad) == "regress"
    assert run(good, missing) == "undecided"


def test_unscored_items_are_left_out_in_pairs() -> None:
    before = evaluation("higher", style_words=[1.0, None, 3.0, 5.0, 1.0, 2.0, 3.0])
    after = evaluation("higher", style_words=[2.0, 9.0, None, 6.0, 2.0, 3.0, 4.0])
    gate = decide(before, after, [GateSpec(metric="style.words", better_by=0)], confidence=0.95, seed=0).gates[0]
    assert (gate.n, gate.figure) == (5, 1.0)


def test_too_few_items_decide_nothing() -> None:
    for values in ([None, None], [3.0, 3.0, 3.0, 3.0]):
        few = evaluation("higher", style_words=values)
        gate = decide(few, few, [GateSpec(metric="style.words", at_least=1)], confidence=0.95, seed=0).gates[0]
        assert (gate.verdict, gate.figure) == ("undecided", None)


def test_unlike_evaluations_are_never_compared() -> None:
    with pytest.raises(ValueError, match="not taken alike"):
        decide(
            evaluation(style_words=[1.0]),
            evaluation(fingerprint="y", style_words=[1.0]),
            [GateSpec(metric="style.words", at_most=1)],
            confidence=0.95,
            seed=0,
        )
