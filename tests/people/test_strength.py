"""Strengths of models from what people preferred: sides, ties, what cannot be told."""

import numpy as np
import pytest

from trimtab.people import Compared, Strengths, strengths
from trimtab.records import Choice
from trimtab.stats import CannotTell, Interval


def compared(wins: dict[tuple[str, str], tuple[int, int, int]]) -> list[Compared]:
    """First wins, second wins and ties of pairs of models; every second item has its models the other way round."""
    found = []
    for (one, other), counts in wins.items():
        said: list[Choice] = ["first"] * counts[0] + ["second"] * counts[1] + ["tie"] * counts[2]
        for place, choice in enumerate(said):
            item, back = f"{one}{other}{place}", {"first": "second", "second": "first"}
            if place % 2:
                found.append(Compared("ann", item, other, one, back.get(choice, choice)))  # type: ignore[arg-type]
            else:
                found.append(Compared("ann", item, one, other, choice))
    return found


def test_two_models_without_ties_are_the_odds_of_the_counts() -> None:
    found = strengths(compared({("a", "b"): (30, 10, 0)}))
    assert not isinstance(found, CannotTell)
    a, b = found.models["a"], found.models["b"]
    assert isinstance(a, Interval)
    assert isinstance(b, Interval)
    assert a.estimate - b.estimate == pytest.approx(np.log(3), abs=1e-6)
    assert a.low > 0 > b.high
    assert found.says.startswith("a: 0.55")


def test_both_bad_is_a_tie_and_who_cannot_tell_is_counted() -> None:
    said = compared({("a", "b"): (20, 10, 6)})
    bad = [each._replace(choice="both bad") if each.choice == "tie" else each for each in said]
    left = [*bad, Compared("ann", "x", "a", "b", "cannot tell")]
    one, other = strengths(said), strengths(left)
    assert not isinstance(one, CannotTell)
    assert not isinstance(other, CannotTell)
    assert one.models == other.models
    assert (other.ties, other.judgements, other.cannot_tell) == (6, 36, 1)


def test_what_cannot_be_told_says_why() -> None:
    never = strengths(compared({("a", "b"): (9, 0, 0), ("b", "c"): (5, 5, 0)}))
    assert isinstance(never, CannotTell)
    assert "never lost or tied" in never.why
    two = strengths(compared({("a", "b"): (9, 5, 0)}), reliability=True)
    assert isinstance(two, CannotTell)
    assert "look alike" in two.why
    once = strengths(compared({("a", "b"): (9, 1, 0)}))
    assert not isinstance(once, CannotTell)
    assert isinstance(once.models["a"], CannotTell)  # in one of three resamples the loss is not there
    with pytest.raises(ValueError, match="itself"):
        strengths([Compared("ann", "x", "a", "a", "first")])


def test_a_reviewer_who_guesses_has_a_low_reliability() -> None:
    rng = np.random.default_rng(0)
    models, said = ["a", "b", "c"], []
    for place in range(180):
        one, other = rng.choice(3, 2, replace=False)
        for reviewer, reliability in (("ann", 1.5), ("bob", 1.5), ("coin", 0.0)):
            wins = rng.random() < 1 / (1 + np.exp(-1.2 * reliability * (other - one)))
            said.append(Compared(reviewer, f"{place}", models[one], models[other], "first" if wins else "second"))
    found = strengths(said, reliability=True)
    assert not isinstance(found, CannotTell)
    coin, ann = found.reviewers["coin"], found.reviewers["ann"]
    assert isinstance(coin, Interval)
    assert isinstance(ann, Interval)
    assert coin.high < ann.low


def test_a_strength_that_runs_away_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Odds that no judgements show are no finding: of all items nothing is told, of some resamples no interval."""
    monkeypatch.setattr("trimtab.people.strength._FARTHEST", 0.5)
    assert isinstance(strengths(compared({("a", "b"): (30, 10, 0)})), CannotTell)  # each is half of log 3 from the mean
    near = strengths(compared({("a", "b"): (26, 14, 0)}))
    assert isinstance(near, Strengths)
    assert isinstance(near.models["a"], CannotTell)
    assert "too few for an interval" in near.models["a"].why
