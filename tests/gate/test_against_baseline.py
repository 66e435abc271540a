"""Gates against a baseline: the same statistics as against before, one family, and who was compared with whom."""

import numpy as np
import pytest

from trimtab.evaluate import differences, measure, unlike
from trimtab.gate import decide
from trimtab.records import Evaluation, GateResult
from trimtab.spec import GateSpec

N = 120
RNG = np.random.default_rng(3)
HIGH = [float(x) for x in RNG.normal(50, 8, N)]
LOW = [x - 10 + float(e) for x, e in zip(HIGH, RNG.normal(0, 4, N), strict=True)]
ALIKE = [x - 12 + float(e) for x, e in zip(HIGH, RNG.normal(0, 4, N), strict=True)]


def evaluation(values: list[float], *, system: str | None = None, data: str = "x", more: bool = True) -> Evaluation:
    """Words of answers, and where there is `more` facts, which a prompted model is not asked."""
    ids = tuple(f"p{i}" for i in range(N))
    measures = [measure("style.words", values, 0)]
    fingerprint, items = {"heldout": data, "engine": "e"}, {"heldout": ids}
    if more:
        measures.append(measure("facts.accuracy", [1.0] * 9, 0))
        fingerprint["facts"], items["facts"] = "f", tuple("abcdefghi")
    return Evaluation(model="m", system=system, fingerprint=fingerprint, items=items, measures=tuple(measures))


BEFORE, AFTER = evaluation(HIGH), evaluation(LOW)
PROMPTED = evaluation(ALIKE, system="be brief", more=False)


def one(after: Evaluation, baseline: Evaluation | None, **limit: object) -> GateResult:
    gate = GateSpec.model_validate({"metric": "style.words", **limit})
    return decide(BEFORE, after, [gate], confidence=0.95, seed=0, baseline=baseline).gates[0]


@pytest.mark.parametrize("by", [0.0, 5.0])
@pytest.mark.parametrize(("than", "name"), [("better_than", "better_by"), ("no_worse_than", "no_worse_by")])
def test_it_is_the_gate_against_before_with_the_baseline_in_its_place(than: str, name: str, by: float) -> None:
    found = one(AFTER, PROMPTED, **{than: "baseline", "by": by})
    other = GateSpec.model_validate({"metric": "style.words", name: by})
    swapped = decide(evaluation(ALIKE), AFTER, [other], confidence=0.95, seed=0).gates[0]
    assert found.against == "baseline"
    assert swapped.against == "before"
    assert "the baseline" in found.rule
    told = {"rule", "against"}
    assert found.model_dump(exclude=told) == swapped.model_dump(exclude=told)


def test_better_than_before_and_not_than_the_baseline() -> None:
    assert one(AFTER, PROMPTED, better_by=5).verdict == "pass"
    assert one(AFTER, PROMPTED, better_than="baseline").verdict == "regress"  # two words longer
    assert one(AFTER, PROMPTED, no_worse_than="baseline", by=6).verdict == "pass"


def test_an_absolute_limit_compares_with_nothing() -> None:
    assert one(AFTER, PROMPTED, at_most=1000).against is None


def test_all_gates_are_one_family() -> None:
    """A regress that is clear by itself is held back among gates that break their limit by less."""
    worse = [x + 1.05 + float(e) for x, e in zip(ALIKE, RNG.normal(0, 6, N), strict=True)]
    gate = GateSpec.model_validate({"metric": "style.words", "no_worse_than": "baseline"})
    after = evaluation(worse)
    alone = decide(BEFORE, after, [gate], confidence=0.95, seed=0, baseline=PROMPTED)
    assert alone.verdict == "regress"
    others = [GateSpec(metric="style.words", at_most=500 + i) for i in range(60)]
    together = decide(BEFORE, after, [gate, *others], confidence=0.95, seed=0, baseline=PROMPTED)
    assert together.gates[0].verdict == "undecided"


def test_a_missing_or_an_unlike_baseline_is_an_error() -> None:
    with pytest.raises(ValueError, match="none was measured"):
        one(AFTER, None, better_than="baseline")
    other = evaluation(ALIKE, system="be brief", data="other", more=False)
    with pytest.raises(ValueError, match="not taken alike"):
        one(AFTER, other, better_than="baseline")


def test_a_prompted_model_is_compared_in_what_it_was_asked() -> None:
    assert unlike(PROMPTED, AFTER) == unlike(AFTER, PROMPTED) == ""
    assert [each.metric for each in differences(PROMPTED, AFTER, confidence=0.95, seed=0)] == ["style.words"]
    short = PROMPTED.model_copy(update={"system": None})
    assert "facts" in unlike(short, AFTER)  # without a message a missing benchmark is a difference
    assert "heldout" in unlike(evaluation(ALIKE, system="s", data="other", more=False), AFTER)
    fewer = PROMPTED.model_copy(update={"items": {"heldout": ("p0",)}})
    assert unlike(fewer, AFTER) == "their items"
