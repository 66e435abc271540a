"""Likely truths of flags: recovered where there is enough, and what is missing said where there is not."""

import numpy as np

from trimtab.people import Said, likely_truths
from trimtab.stats import CannotTell


def flags(items: int, right: list[float], seed: int = 0) -> tuple[list[Said], list[bool]]:
    rng = np.random.default_rng(seed)
    truth = [bool(value) for value in rng.random(items) < 0.4]
    said = [
        Said(f"r{who}", f"{place:03}", true if rng.random() < chance else not true)
        for place, true in enumerate(truth)
        for who, chance in enumerate(right)
    ]
    return said, truth


def why(found: object) -> str:
    assert isinstance(found, CannotTell)
    return found.why


def test_a_careless_reviewer_is_found_and_outvoted() -> None:
    said, truth = flags(150, [0.95, 0.9, 0.55, 0.55])
    found = likely_truths(said)
    assert not isinstance(found, CannotTell)
    right = {each.reviewer: each.right for each in found.reviewers}
    assert right["r0"].low > right["r2"].high
    assert right["r1"].low <= 0.9 <= right["r1"].high
    likely = [found.items[f"{place:03}"][True] > 0.5 for place in range(150)]
    assert np.mean(np.array(likely) == truth) > 0.88
    assert "r0 says what is likely true: " in found.says


def test_too_little_says_what_is_missing() -> None:
    assert "2 reviewers are too few" in why(likely_truths(flags(100, [0.9, 0.9])[0]))
    assert "35 are needed" in why(likely_truths(flags(10, [0.9, 0.9, 0.9])[0]))
    assert "same answer" in why(likely_truths([Said(f"r{who}", f"{i}", False) for who in range(3) for i in range(50)]))
    said = flags(60, [0.9, 0.9, 0.9])[0]
    alone = [Said("alone", f"other {place}", True) for place in range(30)]
    assert why(likely_truths([*said, *alone])).startswith("alone shared no items")


def test_who_cannot_tell_is_counted_and_left_out() -> None:
    said = flags(60, [0.9, 0.9, 0.9])[0]
    found = likely_truths([*said, Said("r9", "000", None)])
    assert not isinstance(found, CannotTell)
    assert found.cannot_tell == 1
    assert len(found.reviewers) == 3
