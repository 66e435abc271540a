"""Which items come first, why, and the share that is drawn at random."""

import numpy as np
import pytest

from trimtab.people import Waiting, fair_sample, queue, why_first, worth

AB = ("first", "second")


def test_what_is_open_is_worth_more_than_what_is_settled() -> None:
    nobody, odds = Waiting("n", AB), Waiting("o", AB, said=("first", "second"))
    agreed = Waiting("a", AB, said=("first", "first"))
    more = Waiting("m", AB, said=("first",) * 4)
    contradicted = Waiting("c", AB, said=("first", "first"), judge=("second", 0.8))
    seconded = Waiting("s", AB, said=("first", "first"), judge=("first", 0.8))
    assert worth(nobody) == pytest.approx(worth(odds))
    assert worth(odds) > worth(contradicted) > worth(agreed) > worth(seconded) > worth(more) > 0


def test_its_worth_is_the_information_of_one_more_judgement() -> None:
    told = 1 + 0.8 * np.log2(0.8) + 0.2 * np.log2(0.2)  # of an even truth, through a channel that errs one time in five
    assert worth(Waiting("n", AB)) == pytest.approx(told)
    assert worth(Waiting("n", AB, rule={"first": 0.5})) == pytest.approx(told)
    assert worth(Waiting("n", AB, rule={"first": 0.99})) < told / 5
    assert worth(Waiting("n", AB, gate="people.preferred")) == pytest.approx(2 * told)
    assert worth(Waiting("n", AB, gate="people.preferred", gate_gap=5.0)) == pytest.approx(told, rel=1e-4)


def test_each_reason_is_said() -> None:
    odds = Waiting(
        "o", AB, said=("first", "second", "first"), judge=("second", 0.7), gate="people.preferred", gate_gap=0.4
    )
    assert why_first(odds) == (
        "Reviewers are at odds (first 2, second 1); the judge says second and reviewers first; "
        "the gate people.preferred is undecided, 0.4 standard errors from its line."
    )
    assert "policy rule is unsure (55% for second)" in why_first(Waiting("u", AB, rule={"second": 0.55, "first": 0.45}))
    assert why_first(Waiting("n", AB)) == "Nobody has judged it yet."
    assert why_first(Waiting("a", AB, said=("first",))) == "It has 1 judgement, all alike."


def test_every_item_comes_once_the_worthiest_first_and_a_fifth_by_chance() -> None:
    items = [Waiting(f"{place:03}", AB, said=("first",) * (place % 5)) for place in range(300)]
    found = queue(items, seed=1)
    assert sorted(each.item for each in found) == [each.item for each in items]
    chosen = [each.worth for each in found if not each.by_chance]
    assert chosen == sorted(chosen, reverse=True)
    assert sum(each.by_chance for each in found[:150]) == 30
    assert found == queue(items[::-1], seed=1) != queue(items, seed=2)


def test_the_fair_sample_does_not_look_at_worth() -> None:
    items = [Waiting(f"{place:03}", AB, said=("first",) * (place % 5)) for place in range(300)]
    names = [each.item for each in items]
    judged = {each.item for each in queue(items, seed=1)[:150]}
    fair = fair_sample(names, judged, seed=1)
    assert len(fair) >= 30
    assert set(fair) <= judged
    # the same items however little or much they are worth
    others = [Waiting(name, AB, said=("first",) * (place % 2)) for place, name in enumerate(names)]
    again = fair_sample(names, {each.item for each in queue(others, seed=1)[:150]}, seed=1)
    shorter = min(len(fair), len(again))
    assert fair[:shorter] == again[:shorter]
    assert fair_sample(names, names, seed=1)[:shorter] == fair[:shorter]
    settled = np.mean([int(name) % 5 for name in judged]), np.mean([int(name) % 5 for name in fair])
    assert settled[0] < 1.3 < 1.5 < settled[1]  # what was chosen is open more often than all are; the sample is not


def test_an_answer_that_is_none_of_the_items_is_refused() -> None:
    with pytest.raises(ValueError, match="not among"):
        worth(Waiting("x", AB, said=("tie",)))
    with pytest.raises(ValueError, match="between 0 and 1"):
        worth(Waiting("x", AB, judge=("first", 1.0)))
    with pytest.raises(ValueError, match="share"):
        queue([], at_random=2.0)
