"""Which of an evaluation's rates a judge gave: each raw, and corrected where its calibration says what people would."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from trimtab.calibration import fingerprint_of
from trimtab.evaluate import TRUTHFULQA_GENERATION, WINRATE, heldout_benchmark, measure
from trimtab.judges import Judge, truth_fingerprint
from trimtab.loop.evaluation.items import BenchmarkItems
from trimtab.loop.evaluation.rates import Rates
from trimtab.models import Endpoint
from trimtab.policy import policy_version
from trimtab.records import CalibratedItem, Calibration, CalibrationPart, Figure, Message, Policy, Prompt, ScorerRef
from trimtab.store import digest

N = 200
REF = ScorerRef.model_validate({"judge": "j", "url": "http://127.0.0.1:9/v1"})
PROMPTS = tuple(Prompt(id=f"h{at}", messages=(Message(role="user", content=f"q {at}"),)) for at in range(N))
SAID = {prompt.id: f"a {prompt.text}" for prompt in PROMPTS}
PEOPLE = [float(at % 10 < 3) for at in range(N)]
"""What people would say of each answer: yes to three in ten."""
JUDGED = [1.0 if label or at % 10 == 9 else 0.0 for at, label in enumerate(PEOPLE)]
"""The judge says yes to four in ten."""


def judge() -> Judge:
    return Judge(Endpoint("http://127.0.0.1:9/v1", "j"))


def calibration(
    fingerprint: dict[str, str],
    asked: Any,
    labels: dict[int, float],
    *,
    rule: str | None = None,
    elsewhere: bool = False,
) -> Calibration:
    """One of so many labels of the very items, or of others on which the judge errs as often."""
    nothing = Figure(estimate=None, low=None, high=None, n=0)
    shared: dict[str, Any] = {"items": len(labels), "at_odds": 0, "not_judged": 0}
    shared |= dict.fromkeys(("kappa", "alpha", "people_alpha", "accuracy"), nothing)
    parts = [
        CalibrationPart(part="all", **shared),
        *([CalibrationPart(part="rule", name=rule, **shared)] if rule else []),
    ]
    items = []
    for at, label in labels.items():
        prompt, said = PROMPTS[at].text + ("!" if elsewhere else ""), SAID[f"h{at}"]
        texts = [prompt, said] if asked == "answers" else [prompt, said, f"other {at}"]
        key = {"answer" if asked == "answers" else "pair": digest(texts)[:20]}
        items.append(CalibratedItem(item=str(at), label=label, value=JUDGED[at], rule=rule, **key))
    return Calibration(
        judge="j",
        fingerprint=fingerprint,
        asked=asked,
        at=0.5,
        labels="p",
        people=1,
        parts=tuple(parts),
        items=tuple(items),
    )


def told(rates: Rates, metric: str, benchmark: Any, values: list[float] = JUDGED) -> Any:
    asked = BenchmarkItems(benchmark, PROMPTS, PROMPTS, False, "s", "d")
    made = measure(metric, values, 0, over=benchmark.name)
    return rates.of(asked, tuple(SAID), made, SAID)


def close(figure: Any, wanted: float) -> bool:
    return bool(figure.low <= wanted <= figure.high and abs(figure.estimate - wanted) < 0.06 and figure.high < 1)


LABELS = dict(enumerate(PEOPLE[:80]))


@pytest.mark.parametrize(
    ("metric", "benchmark", "asked"),
    [("winrate.raw", WINRATE, "pairs"), ("truthfulqa.judged", TRUTHFULQA_GENERATION, "answers")],
)
def test_rates_of_benchmarks_by_a_judge(metric: str, benchmark: Any, asked: str) -> None:
    """By people's labels of these items, else by the judge's errors on others, else raw in words."""
    other = {f"h{at}": f"other {at}" for at in range(N)}
    by = judge()
    fingerprint = fingerprint_of(by) if asked == "pairs" else truth_fingerprint(by)
    raw = told(Rates(judge=by, other=other), metric, benchmark)
    assert (raw.raw.estimate, raw.corrected, raw.short) == (pytest.approx(0.4), None, "raw, not calibrated")
    assert raw.says == f"{metric}: 40.0% by the judge j: raw, not calibrated."
    for elsewhere, how in ((False, "labels"), (True, "errors")):
        found = calibration(fingerprint, asked, LABELS, elsewhere=elsewhere)
        one = told(Rates((found,), judge=by, other=other), metric, benchmark)
        assert (one.how, one.labelled) == (how, 80)
        # one in ten is wrong, and of pairs that is all that is known: 0.5 + (0.4 - 0.5) / (2 x 0.9 - 1)
        assert close(one.corrected, 0.375 if how == "errors" and asked == "pairs" else 0.3), one.corrected
        assert "corrected by" in one.says
    another = calibration(fingerprint | {"version": "x", "judge of truth": "y"}, asked, LABELS)
    assert told(Rates((another,), judge=by, other=other), metric, benchmark).corrected is None
    few = told(Rates((calibration(fingerprint, asked, {0: 1.0, 5: 0.0}),), judge=by, other=other), metric, benchmark)
    assert few.short == "raw, not calibrated"
    assert "2 of its labels are of these items, 10 are needed" in few.says


def test_a_pair_is_known_whichever_answer_its_label_has_first() -> None:
    by = judge()
    found = calibration(fingerprint_of(by), "pairs", LABELS)
    turned = [
        each.model_copy(
            update={"label": 1 - each.label, "pair": digest([PROMPTS[at].text, f"other {at}", SAID[f"h{at}"]])[:20]}
        )
        for at, each in enumerate(found.items)
    ]
    other = {f"h{at}": f"other {at}" for at in range(N)}
    one, same = (
        told(Rates((each,), judge=by, other=other), "winrate.raw", WINRATE)
        for each in (found, found.model_copy(update={"items": tuple(turned)}))
    )
    assert (same.how, same.corrected) == (one.how, one.corrected)


def test_a_score_by_a_judge_and_one_by_a_function() -> None:
    by = judge()
    opened = {REF: by}
    benchmark = heldout_benchmark((), (REF,), opened)
    assert told(Rates(opened=opened), "score.judge:j", benchmark).short == "raw, not calibrated"
    found = calibration(fingerprint_of(by), "answers", LABELS)
    assert close(told(Rates((found,), opened), "score.judge:j", benchmark).corrected, 0.3)
    assert told(Rates(opened=opened), "score.refusal", benchmark) is None  # no judge's
    grades = [0.9 if value else 0.2 for value in JUDGED]
    far = told(
        Rates((calibration(fingerprint_of(by), "answers", LABELS, elsewhere=True),), opened),
        "score.judge:j",
        benchmark,
        grades,
    )
    assert "its figures are no yes and no" in far.says


def policy(check: dict[str, object], *more: dict[str, object]) -> Policy:
    judged = {"scorer": REF.model_dump(exclude_none=True), **check}
    rule = {"id": "kind", "text": "Be kind.", "severity": "block", "checks": [judged, *more]}
    return Policy.model_validate({"name": "p", "rules": [rule]})


@pytest.mark.parametrize(("check", "turned"), [({"at_least": 0.5}, False), ({"at_most": 0.5}, True)])
@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_rule_that_a_judge_checks(check: dict[str, object], turned: bool, elsewhere: bool) -> None:
    """Broken is the judge's yes by `at_least`, and its no by `at_most`; labels say what people answer the judge's
    question with."""
    by, rules = judge(), policy(check)
    opened = {REF: by}
    benchmark = heldout_benchmark(())
    broken = [1 - value for value in JUDGED] if turned else JUDGED
    assert told(Rates((), opened, rules), "policy.kind", benchmark, broken).short == "raw, not calibrated"
    found = calibration(fingerprint_of(by), "answers", LABELS, rule="kind", elsewhere=elsewhere)
    one = told(Rates((found,), opened, rules), "policy.kind", benchmark, broken)
    assert close(one.corrected, 0.7 if turned else 0.3), one.corrected
    itself = {"scorer": "policy.kind", "version": policy_version(rules, opened)}
    own = calibration(itself, "answers", {at: 1 - label if turned else label for at, label in LABELS.items()})
    assert close(told(Rates((own,), opened, rules), "policy.kind", benchmark, broken).corrected, 0.7 if turned else 0.3)
    any_rule = told(Rates((found,), opened, rules), "policy.any", benchmark, broken)
    assert (any_rule.short, any_rule.judge) == ("raw, not calibrated", "j")


def test_a_rule_with_other_checks_beside_the_judge_and_one_without_a_judge() -> None:
    by, rules = judge(), policy({"at_least": 0.5}, {"contains": "rude"})
    found = calibration(fingerprint_of(by), "answers", LABELS, rule="kind")
    one = told(Rates((found,), {REF: by}, rules), "policy.kind", heldout_benchmark(()))
    assert (one.corrected, "the rule has other checks too" in one.says) == (None, True)
    plain = Policy.model_validate(
        {"name": "p", "rules": [{"id": "kind", "text": "t", "checks": [{"contains": "rude"}]}]}
    )
    assert told(Rates((), {}, plain), "policy.kind", heldout_benchmark(())) is None


def test_what_decides_the_rates_is_nothing_where_no_judge_gave_any() -> None:
    assert Rates().deciding == {}
    assert Rates(judge=judge()).deciding != Rates((calibration({}, "answers", LABELS),)).deciding


def test_a_win_rate_with_length_apart_is_told_as_measured() -> None:
    one = told(Rates(judge=judge()), "winrate.length_controlled", WINRATE)
    assert "winrate.raw is what labels correct" in one.says
    assert replace(WINRATE).name == one.metric.partition(".")[0]
    assert np.isclose(one.raw.estimate, 0.4)
