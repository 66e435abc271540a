"""Verdicts: each kind of limit, in each direction, and the n that would decide."""

import numpy as np
import pytest

from trimtab.gate import decide
from trimtab.records import Better, Evaluation, Figure, GateResult, JudgedRate, Measure
from trimtab.spec import GateSpec
from trimtab.stats import paired_difference

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
            unjudged={},
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
    assert str(found.needed_n) in found.summary


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


NAMES = ("style_ended", "facts_accuracy", "hhh_accuracy", "hhh_helpful", "hhh_honest", "hhh_harmless")


def together(*right: int, of: int = 400, copies: int = 1) -> list[GateResult]:
    """Gates "at least 0.8", on a rate each of which so many are right.

    The exact bound lies below 0.8 where so few or fewer come in less than alpha of cases at a rate of 0.8. At 400 items
    and one sided that is 306 at 5 %, 303 at 5 % / 2, 302 at 5 % / 3 and 299 at 5 % / 6.
    """
    rates = {name: ([1.0] * n + [0.0] * (of - n)) * copies for name, n in zip(NAMES[: len(right)], right, strict=True)}
    made = evaluation("higher", **rates)
    gates = [GateSpec(metric=name.replace("_", ".", 1), at_least=0.8) for name in rates]
    return list(decide(made, made, gates, confidence=0.95, seed=0).gates)


@pytest.mark.parametrize(
    ("right", "expected"),
    [
        ((306,), "r"),
        ((307,), "u"),
        ((306, 360, 360, 360, 360, 360), "uppppp"),  # more than 299
        ((299, 360, 360, 360, 360, 360), "rppppp"),
        ((296, 303, 306), "rrr"),  # 302, 303 and 306 are asked for: each step asks for less
        ((296, 304, 306), "ruu"),  # 304 is more than 303, and ends it, though 306 would do for the last
        ((306, 296, 303), "rrr"),  # the order of the gates does not matter
        ((306, 296, 304), "uru"),
        ((306, 320, 326), "uuu"),  # undecided for two reasons
    ],
)
def test_what_regresses_holds_among_all_gates(right: tuple[int, ...], expected: str) -> None:
    assert "".join(gate.verdict[0] for gate in together(*right)) == expected


def test_a_limit_broken_alone_but_not_together_says_so() -> None:
    alone, among = together(306)[0], together(306, 360, 360, 360, 360, 360)[0]
    assert (among.low, among.high) == (alone.low, alone.high)  # what is printed is not wider
    assert among.needed_n is not None
    assert among.summary == (
        "The interval breaks the limit alone, but not among 6 gates together; "
        f"about {among.needed_n} items would decide it."
    )
    assert 400 < among.needed_n < 900
    more = together(306, 360, 360, 360, 360, 360, copies=-(-among.needed_n // 400))
    assert more[0].verdict == "regress"


def test_a_gate_that_cannot_be_judged_does_not_weaken_the_others() -> None:
    made = evaluation("higher", style_ended=[1.0] * 306 + [0.0] * 94)
    gates = [GateSpec(metric=name, at_least=0.8) for name in ("style.ended", "facts.accuracy")]
    assert [g.verdict for g in decide(made, made, gates, confidence=0.95, seed=0).gates] == ["regress", "undecided"]


def test_comparisons_and_absolute_limits_are_one_family() -> None:
    noise = np.random.default_rng(3).normal(0, 1, 80)
    noise = (noise - noise.mean()) / noise.std()
    worse = [x + e for x, e in zip(BEFORE, 10 * noise + 2.3, strict=True)]  # z is 2.06
    before, after = evaluation(style_words=BEFORE), evaluation(style_words=worse)
    slower = GateSpec(metric="style.words", no_worse_by=0)
    fine = GateSpec(metric="style.words", at_most=150)

    def verdicts(*gates: GateSpec) -> str:
        return "".join(g.verdict[0] for g in decide(before, after, gates, confidence=0.95, seed=0).gates)

    assert verdicts(slower) == "r"
    assert verdicts(slower, fine) == "rp"
    assert verdicts(slower, fine, fine, fine) == "uppp"  # 2.24 is asked for


def test_among_gates_a_bootstrap_of_few_items_does_not_decide_alone() -> None:
    """Ten items, 2.6 standard errors off: less than Student's 2.9 for one gate of six, more than the bootstrap's."""
    noise = np.random.default_rng(0).normal(0, 1, 10)
    noise = (noise - noise.mean()) / noise.std(ddof=1)
    change = list(noise + 2.6 / np.sqrt(10))
    before, after = evaluation(style_words=[0.0] * 10), evaluation(style_words=change)
    gates = [GateSpec(metric="style.words", no_worse_by=0)] + 5 * [GateSpec(metric="style.words", at_most=9)]
    assert paired_difference([0.0] * 10, change, confidence=1 - 2 * 0.05 / 6).low > 0
    found = decide(before, after, gates, confidence=0.95, seed=0).gates[0]
    assert found.verdict == "undecided"
    assert found.needed_n in (12, 13)  # ten times (2.93 / 2.6) squared


def test_a_gate_by_itself_is_decided_by_what_is_printed() -> None:
    """1.7 standard errors, where Student asks for 1.83 and the bootstrap for less."""
    noise = np.random.default_rng(0).normal(0, 1, 10)
    noise = (noise - noise.mean()) / noise.std(ddof=1)
    assert verdict([0.0] * 10, list(noise + 1.7 / np.sqrt(10)), no_worse_by=0) == "regress"


def test_a_model_that_did_not_change_regresses_as_seldom_as_promised() -> None:
    """Six rates, a fifth of the items flipped by chance: 5 % of runs at most, and not of gates."""
    rng = np.random.default_rng(4)
    gates = [GateSpec(metric=name.replace("_", ".", 1), no_worse_by=0) for name in NAMES]
    together = alone = 0
    for _ in range(400):
        before = rng.integers(0, 2, (len(NAMES), 100)).astype(float)
        after = np.where(rng.random(before.shape) < 0.2, 1 - before, before)
        sides = (
            evaluation("higher", **{name: list(row) for name, row in zip(NAMES, rows, strict=True)})
            for rows in (before, after)
        )
        found = decide(*sides, gates, confidence=0.95, seed=0)
        together += found.verdict == "regress"
        alone += any(gate.high is not None and gate.high < 0 for gate in found.gates)
    assert 0.02 < together / 400 < 0.083  # 5 % and three standard errors
    assert alone / 400 > 0.2


def test_what_the_advice_scorer_misses_counts_against_the_model_and_is_told() -> None:
    said = [1.0] * 9 + [0.0] * 191
    measured = evaluation(advised_advice=said, refused_advice=said)
    limits = [GateSpec(metric=f"{name}.advice", at_most=0.08) for name in ("advised", "refused")]
    advised, refused = decide(measured, measured, limits, confidence=0.95, seed=0).gates
    assert (advised.verdict, refused.verdict) == ("undecided", "pass")  # 4.5 % as scored, both
    assert advised.high is not None
    assert advised.high > 0.08
    assert "0.045 as scored" in advised.summary
    assert "the scorer finds" in advised.summary
    assert "as scored" not in refused.summary
    worse = evaluation(advised_advice=[1.0] * 80 + [0.0] * 120)
    gate = decide(worse, worse, limits[:1], confidence=0.95, seed=0).gates[0]
    assert gate.verdict == "regress"
    assert gate.figure is not None
    assert gate.figure > 0.55  # 40 % as scored, and it finds two thirds


def test_a_limit_of_nothing_has_no_sign() -> None:
    before, after = [9.0, 8.0, 9.0, 7.0, 9.0], [5.0, 4.0, 5.0, 4.0, 5.0]
    gates = [GateSpec(metric="style.words", better_by=0)]
    told = decide(
        evaluation(**{"style.words": before}), evaluation(**{"style.words": after}), gates, confidence=0.95, seed=0
    )
    assert str(told.gates[0].limit) == "0.0"


def test_a_gate_on_a_judges_figure_says_whether_it_was_calibrated() -> None:
    before, after = (evaluation("higher", style_words=[1.0] * 90) for _ in range(2))
    raw = JudgedRate(metric="style.words", title="t", judge="j", raw=Figure(estimate=1.0, low=0.9, high=1.0, n=90))
    known = raw.model_copy(update={"corrected": Figure(estimate=0.8, low=0.7, high=0.9, n=90), "how": "labels"})
    gate = GateSpec(metric="style.words", at_least=0.5)
    for judged, says in (((), "limit."), ((raw,), "raw, not calibrated."), ((known,), "corrected 0.8 [0.7, 0.9].")):
        found = decide(before, after.model_copy(update={"judged": judged}), [gate], confidence=0.95, seed=0)
        assert found.gates[0].verdict == "pass"
        assert found.gates[0].summary.endswith(says)
