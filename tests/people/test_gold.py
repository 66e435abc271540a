"""Gold items: what each reviewer got right, and whom a lead is told of."""

from trimtab.people import gold
from trimtab.stats import CannotTell, exact_interval


def test_each_reviewers_share_and_what_they_could_not_tell() -> None:
    ann, bob = gold([("bob", None), ("ann", True), ("ann", False), ("ann", None), ("ann", True)])
    assert ann.right == exact_interval(2, 3, 0.95)
    assert (ann.cannot_tell, ann.warned, bob.warned) == (1, False, False)
    assert isinstance(bob.right, CannotTell)
    assert "of 1 item they could not tell" in bob.says


def test_a_warning_comes_with_enough_misses_and_stays() -> None:
    misses = next(n for n in range(1, 20) if gold([("ann", False)] * n)[0].warned)
    assert 2 <= misses <= 5
    found = gold([("ann", False)] * misses + [("ann", True)] * 50)[0]
    assert found.warned
    assert "fewer than the 75% that are expected" in found.says


def test_a_larger_team_asks_for_more_evidence() -> None:
    others = [(f"r{place}", True) for place in range(49)]
    misses = next(n for n in range(1, 30) if gold([("ann", False)] * n)[0].warned)
    assert not gold([*others, *[("ann", False)] * misses])[0].warned
    assert gold([*others, *[("ann", False)] * (3 * misses)])[0].warned
