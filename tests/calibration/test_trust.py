"""Where a judge may decide: every limit against the whole interval, of this very judge, this question and this rule."""

from dataclasses import replace
from typing import Any

import pytest
from made_judges import Scripted, as_people, of, pairs, singles

from trimtab.calibration import ask_all, calibration_of, judged_trust, questions, trust_of
from trimtab.data import PeopleLabels
from trimtab.records import TrustLimits

LIMITS = TrustLimits()


def test_one_that_agrees_is_trusted_and_one_that_errs_is_not() -> None:
    assert trust_of(of(pairs(200), Scripted(as_people)), LIMITS).state == "trusted"
    wrong = trust_of(of(pairs(200), Scripted(lambda q: 1 - as_people(q))), LIMITS)
    assert wrong.state == "not trusted"
    assert "accuracy is 0.00" in wrong.why


def test_few_labels_decide_nothing_and_tell_how_many_would() -> None:
    labels = singles(40)
    some = {item.key for item in labels.items[:4]}
    judge = Scripted(lambda q: 1 - q.item.label if q.item.key in some else q.item.label, ordered=False)
    found = trust_of(of(labels, judge), LIMITS)
    assert found.state == "undecided"
    assert found.labels is not None
    assert found.labels > 5


def test_flips_alone_are_enough_not_to_trust() -> None:
    first = {f"k{at}" for at in range(0, 300, 2)}
    judge = Scripted(lambda q: 1.0 if q.item.key in first else as_people(q))
    assert "flips with the order" in trust_of(of(pairs(300), judge), LIMITS).why


def test_a_calibration_speaks_of_its_own_judge_question_and_rules() -> None:
    found = of(pairs(200, rule=lambda at: "brief" if at % 2 else "true"), Scripted(as_people))
    ours = {"judge": "scripted"}
    assert judged_trust([found], "s", ours, "brief", LIMITS, asked="pairs").state == "trusted"
    other_rule = judged_trust([found], "s", ours, "kind", LIMITS, asked="pairs")
    assert (other_rule.state, other_rule.why) == ("unknown", "no label of its calibration is of the rule kind")
    for given, asked in (({"judge": "another"}, "pairs"), (ours, "answers")):
        assert judged_trust([found], "s", given, None, LIMITS, asked=asked).state == "unknown"  # type: ignore[arg-type]
    assert judged_trust([], "s", ours, None, LIMITS, asked="pairs").why.endswith("there is none")


def test_a_limit_can_be_moved() -> None:
    found = of(pairs(60), Scripted(as_people))
    assert trust_of(found, TrustLimits(accuracy=0.99)).state == "undecided"
    with pytest.raises(ValueError, match="less than 1"):
        TrustLimits(kappa=1.0)


def alike(labels: PeopleLabels) -> PeopleLabels:
    """The same labels of answers that are all of one length."""
    short = [
        replace(item, answers=tuple(f"tea {n} {item.key}" for n in range(len(item.answers)))) for item in labels.items
    ]
    return replace(labels, items=tuple(short))


@pytest.mark.parametrize("made", [pairs, singles])
def test_a_length_bias_that_cannot_be_told_holds_trust_back(made: Any) -> None:
    """More labels of the same kind would not tell it; a limit of 1, which no share can break, asks nothing."""
    judge = Scripted(as_people if made is pairs else lambda q: q.item.label, ordered=made is pairs)
    found = of(alike(made(300)), judge)
    told = trust_of(found, LIMITS)
    assert (told.state, told.labels) == ("undecided", None)
    assert "the share moved by length cannot be told: the answers differ too little in length" in told.why
    assert trust_of(found, TrustLimits(bias=1)).state == "trusted"
    assert trust_of(of(made(300), judge), LIMITS).state == "trusted"


def test_an_order_that_was_not_looked_at_holds_trust_back_where_the_judge_sees_one() -> None:
    found = of(pairs(300), Scripted(as_people))
    part = found.parts[0]
    without = [each for each in part.biases if each.bias != "order"]
    told = found.model_copy(update={"parts": (part.model_copy(update={"biases": tuple(without)}),)})
    assert "the order cannot be told: it was not looked for" in trust_of(told, LIMITS).why


def test_what_trust_does_not_hang_on_is_said() -> None:
    labels = singles(300)
    nameless = replace(labels, items=tuple(replace(item, sources=(None,)) for item in labels.items))
    judge = Scripted(lambda q: q.item.label, ordered=False)
    once = calibration_of(nameless, judge, ask_all(judge, questions(nameless.items, ordered=False, again=0)))
    told = trust_of(once, LIMITS)
    assert told.state == "trusted"
    assert "its own answers was not looked for: the labels name no sources" in told.why
    assert "nothing was asked of it again" in told.why
