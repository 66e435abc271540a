"""Where a judge may decide: every limit against the whole interval, of this very judge, this question and this rule."""

import pytest
from made_judges import Scripted, as_people, of, pairs, singles

from trimtab.calibration import judged_trust, trust_of
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
