"""Each cause planted by itself comes first; a run without a fault has none; evidence against is heard."""

from dataclasses import replace
from pathlib import Path

import pytest

from made.facts import (
    FAULTS,
    IMPLICIT,
    RUBRIC,
    SPEC,
    audited,
    clean,
    failed,
    finding,
    levels,
    seen,
    settings,
    sides,
    training,
    verdict,
)
from made.parts import CHECKS, curve, gate
from made.report import made_rewards
from tiny import tiny_model, tiny_tokenizer
from train.test_dpo import COMPARISONS
from trimtab.diagnose import CAUSES, DATA, LIKELY, diagnose, likely
from trimtab.evaluate import measure
from trimtab.models import LoadedModel, ModelRef
from trimtab.records import BY_HAND, Cause, PreflightName
from trimtab.spec import TrainingSpec
from trimtab.stats import mean_interval
from trimtab.train import prepare_dpo
from trimtab.train.goodhart.judgement import judge_points


def test_the_preflight_makes_the_checks_that_causes_are_weighed_on(tmp_path: Path) -> None:
    start = LoadedModel(tiny_model(), tiny_tokenizer(), ModelRef("tiny"), "fp32")  # type: ignore[arg-type]
    prepared = prepare_dpo(start, COMPARISONS, TrainingSpec(batch_size=2), seed=0, checkpoints=tmp_path)
    assert set(CHECKS) <= {check.name for check in prepared.checks}
    facts = replace(clean(), training=clean().training.model_copy(update={"preflight": prepared.checks}))
    assert [facts.check(name) for name in CHECKS] == [True] * len(CHECKS)


def test_every_cause_has_its_planted_case() -> None:
    assert set(FAULTS) == {*CAUSES, *DATA}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_cause_comes_first(name: str) -> None:
    found = diagnose(FAULTS[name]())
    ranking = [(cause.id, cause.score) for cause in found.causes]
    assert ranking[0][0] == name, ranking
    assert found.causes[0].score >= LIKELY, ranking
    assert found.causes[0].interventions
    assert len(ranking) == 1 or ranking[0][1] > ranking[1][1], ranking


def test_a_run_without_a_fault_has_no_likely_cause() -> None:
    found = diagnose(clean())
    assert likely(found) == (), [(cause.id, cause.score) for cause in found.causes]
    assert found.symptoms == ()


@pytest.mark.parametrize("name", DATA)
def test_a_finding_whose_symptom_is_absent_is_no_likely_cause(name: str) -> None:
    healthy = training(clean(), curve=clean().steps)
    assert likely(diagnose(audited(healthy, name, DATA[name].full))) == ()


def test_a_score_is_the_sum_of_its_evidence() -> None:
    for make in FAULTS.values():
        for cause in diagnose(make()).causes:
            total = sum(each.weight * (1 if each.speaks == "for" else -1) for each in cause.evidence)
            assert cause.score == pytest.approx(min(1.0, max(0.0, total)), abs=1e-3)


def cause_of(name: str, found: tuple[Cause, ...]) -> Cause:
    return next(cause for cause in found if cause.id == name)


def test_over_refusal_is_told_with_its_interval_and_the_probe_adds_to_its_cause() -> None:
    facts = FAULTS["refusal-bias"]()
    found = diagnose(facts)
    symptom = next(each for each in found.symptoms if each.id == "over-refusal")
    assert symptom.figure == pytest.approx(0.2)
    assert symptom.low is not None
    assert symptom.low > 0
    asked = diagnose(replace(facts, implicit=IMPLICIT))
    assert cause_of("refusal-bias", asked.causes).score > cause_of("refusal-bias", found.causes).score
    assert any(each.id == "prefers-refusal" for each in asked.symptoms)
    never = replace(IMPLICIT, share=mean_interval([0.0] * 40, rate=True))
    fewer = diagnose(replace(facts, implicit=never))
    assert cause_of("refusal-bias", fewer.causes).score < cause_of("refusal-bias", found.causes).score
    assert not any(each.id == "prefers-refusal" for each in fewer.symptoms)


def test_refusals_that_did_not_rise_speak_against() -> None:
    facts = replace(audited(clean(), "refusal-bias", 0.3), seen={"refusal": seen(0.25, 0.05)})
    cause = cause_of("refusal-bias", diagnose(facts).causes)
    assert cause.score < LIKELY
    assert [each.speaks for each in cause.evidence] == ["for", "against"]


def test_far_answers_that_are_learned_beside_the_goal_are_off_policy() -> None:
    steps = [s.model_copy(update={"chosen_logp": 4.0 * s.step}) for s in curve(accuracy=0.97)]
    missed = verdict(training(clean(), curve=tuple(steps)), "regress", gate("policy.no-shrugs", "regress"))
    far = diagnose(audited(missed, "off-policy", 5.0))
    assert far.causes[0].id == "off-policy"
    assert far.causes[0].score > 0.7
    passed = verdict(training(clean(), curve=tuple(steps)), "pass", gate("policy.no-shrugs", "pass"))
    assert likely(diagnose(audited(passed, "off-policy", 5.0))) == ()
    rates = [settings(facts, learning_rate=3e-4) for facts in (missed, audited(missed, "off-policy", 5.0))]
    fast, explained = (cause_of("too-high-learning-rate", diagnose(facts).causes).score for facts in rates)
    assert explained == pytest.approx(fast - 0.2)


def test_labels_at_odds_explain_pairs_that_are_not_told_apart() -> None:
    unlearned = training(levels(clean(), kl__per_token=(0.0, 0.008)), curve=curve(accuracy=0.6, margin=0.05))
    unlearned = verdict(unlearned, "undecided", gate("style.words", "undecided"))
    assert diagnose(unlearned).causes[0].id == "too-few-steps"
    for name in ("low-agreement", "label-noise", "contradiction", "rule-conflict"):
        assert diagnose(audited(unlearned, name, DATA[name].full)).causes[0].id == name
    footnote = replace(unlearned, findings=(finding("label-noise", 0.01, "info"),))
    assert diagnose(footnote).causes[0].id == "too-few-steps"


def test_one_annotators_taste_comes_before_what_it_does_to_the_data() -> None:
    both = FAULTS["length-bias"]()
    odd = finding("annotator-bias", 0.4)
    apart = diagnose(replace(both, findings=(odd, *both.findings)))
    assert apart.causes[0].id == "length-bias"  # the others like length too
    whole = odd.model_copy(update={"explains": ("length-bias",)})
    causes = diagnose(replace(both, findings=(*both.findings, whole))).causes
    assert causes[0].id == "annotator-bias"
    assert any("words 60" in each.summary for each in causes[0].evidence)
    assert cause_of("length-bias", causes).score < LIKELY


def test_labels_that_break_the_rule_that_gates_are_on_are_swapped() -> None:
    gates = [{"metric": "policy.no-shrugs", "at_most_of_base": 0.6}, {"metric": "refused.general", "at_most": 0.05}]
    facts = replace(clean(), spec={**SPEC, "gates": gates})
    said = {"policy.no-shrugs": (0.9, 0.1), "refused.general": (0.4, 0.2)}
    against = {name: sides(*pair) for name, pair in said.items()}
    cause = cause_of("swapped-labels", diagnose(replace(facts, sides=against)).causes)
    assert [(each.speaks, each.weight) for each in cause.evidence] == [("for", 0.4)]
    one = {**against, "refused.general": sides(0.2, 0.4)}
    assert cause_of("swapped-labels", diagnose(replace(facts, sides=one)).causes).score == pytest.approx(0.2)
    turned = {name: sides(*reversed(pair)) for name, pair in said.items()}
    unclear = {name: sides(0.32, 0.30) for name in said}
    for fine in (turned, unclear):
        assert "swapped-labels" not in {each.id for each in diagnose(replace(facts, sides=fine)).causes}


def test_a_rate_far_too_high_comes_before_what_it_does() -> None:
    gone = FAULTS["over-optimisation"]()
    assert diagnose(gone).causes[0].id == "over-optimisation"
    steps = list(gone.steps)
    steps[4] = steps[4].model_copy(update={"loss": 2.5, "grad_norm": 60.0})
    fast = settings(training(gone, curve=tuple(steps)), learning_rate=2e-3)
    assert diagnose(fast).causes[0].id == "too-high-learning-rate"
    explained = settings(gone, learning_rate=2e-3)
    before, after = (cause_of("over-optimisation", diagnose(facts).causes) for facts in (gone, explained))
    weights = [[each.weight for each in cause.evidence if each.speaks == "against"] for cause in (before, after)]
    assert weights == [[], [0.3]]


@pytest.mark.parametrize(("metric", "blamed"), [("style.words", True), ("policy.no-shrugs", False)])
def test_items_that_could_not_be_judged_are_the_scorers_fault_but_not_a_rules(metric: str, blamed: bool) -> None:
    why = [None if i % 2 or not blamed else "empty" for i in range(60)]
    half = measure(metric, [1.0 if i % 2 else None for i in range(60)], 0, why=why)
    sides = (clean().before.model_copy(update={"measures": (half,)}) for _ in range(2))
    facts = verdict(clean(), "undecided", gate(metric, "undecided", needed_n=300))
    causes = diagnose(replace(facts, before=next(sides), after=next(sides))).causes
    assert any(cause.id == "scorer-errors" for cause in causes) is blamed


@pytest.mark.parametrize(
    ("before", "after", "gated", "blamed"),
    [
        (0.02, 0.06, "style.words", True),  # refusals rose: a symptom, and a small one
        (0.06, 0.02, "style.words", False),  # they fell, and nobody had asked
        (0.06, 0.02, "refused.general", True),
        (0.06, 0.02, "overrefusal.safe_refused", True),
        (0.30, 0.02, "refused.general", False),  # far beyond what the scorer errs
    ],
)
def test_a_small_change_of_refusals_is_the_scorers_where_it_is_a_symptom_or_asked_for(
    before: float, after: float, gated: str, blamed: bool
) -> None:
    facts = replace(clean(), seen={"refusal": seen(before, after, n=400)})
    facts = verdict(facts, "pass", gate(gated, "pass"))
    assert ("scorer-errors" in {cause.id for cause in likely(diagnose(facts))}) is blamed


def test_items_are_not_too_few_where_the_model_is_far_away() -> None:
    few = FAULTS["too-few-items"]()
    away = levels(few, kl__per_token=(0.0, 1.5))
    scores = [cause_of("too-few-items", diagnose(facts).causes).score for facts in (few, away)]
    assert scores[1] == pytest.approx(scores[0] - 0.3)
    tuned = settings(away, sft_first={"epochs": 2})  # goes far by itself
    assert cause_of("too-few-items", diagnose(tuned).causes).score == scores[0]


def test_a_passed_check_speaks_against_a_masked_end() -> None:
    fewer = levels(clean(), style__ended=(0.9, 0.65))
    assert likely(diagnose(fewer)) == ()
    assert diagnose(failed(fewer, PreflightName.END_TRAINED)).causes[0].id == "eos-masked"


def test_the_goodhart_alarm_is_over_optimisation() -> None:
    alarmed, quiet = made_rewards(turned=True), made_rewards(turned=False)
    assert alarmed.alarm
    assert not quiet.alarm
    assert judge_points(alarmed.points).alarm
    facts = settings(training(clean(), method="rloo", curve=(), overoptimization=alarmed), method="rlhf")
    facts = verdict(facts, "regress", gate("style.words", "regress"))
    assert diagnose(facts).causes[0].id == "over-optimisation"
    assert "over-optimisation" not in {c.id for c in likely(diagnose(training(facts, overoptimization=quiet)))}


def test_a_flaw_of_the_reward_model_is_a_cause_where_the_policy_went_that_way() -> None:
    flaw = finding("reward-length", 1.2, "block")
    longer = replace(levels(clean(), style__words=(60.0, 90.0)), reward=(flaw,))
    assert diagnose(longer).causes[0].id == "reward-length"
    assert likely(diagnose(replace(clean(), reward=(flaw,)))) == ()


def test_interventions_are_edits_that_fit_the_run() -> None:
    causes = {cause.id: cause for name in FAULTS for cause in diagnose(FAULTS[name]()).causes}
    small = diagnose(FAULTS["too-small-beta"]()).causes[0]
    assert small.interventions[0].changes == {"training.beta": 0.09}
    assert causes["too-few-steps"].interventions[0].changes == {"training.epochs": 3.0}
    assert causes["refusal-bias"].interventions[0].data == "turn:refusal-bias"
    for cause in causes.values():
        for each in cause.interventions:
            assert each.automatic == (not (each.data or "").startswith(BY_HAND))


def test_a_gamed_rubric_is_told_by_data_and_by_the_model_and_mended_in_the_spec() -> None:
    facts = FAULTS["gamed-rubric"]()
    cause = diagnose(facts).causes[0]
    told = [(each.speaks, each.summary) for each in cause.evidence]
    assert {speaks for speaks, _ in told} == {"for"}
    assert any("help.echo 5% before and 40% after" in says for _, says in told)
    assert any(says.endswith("rose all the same: style.friendliness.") for _, says in told)
    assert [each.id for each in cause.interventions][:3] == ["pay-for-help", "drop-criterion", "any-run"]
    pays, drops, _ = cause.interventions[:3]
    rubric = pays.changes["feedback.sample.rubric"]
    assert isinstance(rubric, list)
    weights = {each["scorer"]: each["weight"] for each in rubric}  # type: ignore[call-overload,index]
    assert weights["help"] + weights["echo"] == pytest.approx(weights["warmth"] + weights["on_topic"])
    assert pays.changes["feedback.sample.trim_from"] == "anywhere"
    assert pays.changes["feedback.sample.rejected"] == "alike"
    assert drops.changes == {"feedback.sample.rubric": RUBRIC[:1]}
    pointed = {**facts.spec, "prompts": {"points": "points.jsonl"}}
    (first, *_) = diagnose(replace(facts, spec=pointed)).causes[0].interventions
    assert "points" in str(first.changes["feedback.sample.rubric"])
    based = {**facts.spec, "baseline": {"system": "Be brief."}}
    found = {each.id: each for each in diagnose(replace(facts, spec=based)).causes[0].interventions}
    assert found["sample-baseline"].changes == {"feedback.sample.system": "baseline"}
    assert "sample-baseline" not in {each.id for each in cause.interventions}


def test_a_rubric_that_is_not_gamed_is_no_cause() -> None:
    gamed = FAULTS["gamed-rubric"]()
    helped = levels(gamed, help__helps=(0.5, 0.55), help__echo=(0.05, 0.05))
    assert "gamed-rubric" not in {cause.id for cause in likely(diagnose(helped))}
    silent = replace(gamed, findings=(), verdict=gamed.verdict.model_copy(update={"rewarded": None}))
    assert cause_of("gamed-rubric", diagnose(silent).causes).score < LIKELY  # help is lost, but not by what is paid
    unmeasured = replace(gamed, differences=(), seen={"echo": seen(0.05, 0.4)})
    assert cause_of("gamed-rubric", diagnose(unmeasured).causes).score > LIKELY
    assert any(each.id == "echoes" for each in diagnose(unmeasured).symptoms)


def test_feedback_of_others_that_says_less_is_mended_row_by_row() -> None:
    filed = replace(FAULTS["gamed-rubric"](), spec=SPEC)
    cause = diagnose(filed).causes[0]
    assert cause.id == "gamed-rubric"
    assert cause.interventions[0].data == "drop:rubric-gaming"
    told = cause_of("empty-chosen", diagnose(filed).causes).evidence
    assert any(each.speaks == "against" and "rubric-gaming explains it" in each.summary for each in told)
