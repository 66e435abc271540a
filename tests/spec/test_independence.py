"""What training is rewarded for is told apart from what it is not, and a spec that gates only the first is told so."""

import json
from pathlib import Path
from typing import Any

import pytest

from tiny import tiny_spec
from trimtab.records import Check, Policy, Rule
from trimtab.spec import LoadedSpec, independent_metric, load_spec, rewarded_metrics

WORDS = {"scorer": "words", "weight": 1, "full_to": 2, "zero_above": 30}
WARM = {"scorer": "warmth", "weight": 1, "zero_below": 0, "full_from": 1}


def loaded(folder: Path, *rubric: dict[str, Any], **sections: Any) -> LoadedSpec:
    sample = {"samples_per_prompt": 2, "rubric": list(rubric)}
    if rubric:
        sections = {"feedback": {"sample": sample}, **sections}
    else:
        (folder / "spec").mkdir(parents=True, exist_ok=True)
        (folder / "spec" / "pairs.jsonl").touch()
        sections = {"feedback": {"files": [{"path": "pairs.jsonl"}]}, **sections}
    return load_spec(tiny_spec(folder / "spec", **sections))


def rewarded(folder: Path, *rubric: dict[str, Any], **sections: Any) -> frozenset[str]:
    return rewarded_metrics(loaded(folder, *rubric, **sections).spec)


def test_what_a_rubric_counts_is_rewarded_and_so_is_what_it_is_a_part_of(tmp_path: Path) -> None:
    found = rewarded(tmp_path, WORDS, WARM)
    assert {"style.words", "style.warmth", "style.friendliness", "style.ended"} <= found
    assert not found & {"style.on_topic", "style.address", "style.repetition", "facts.accuracy", "hhh.helpful"}


def test_who_pays_a_whole_pays_its_parts(tmp_path: Path) -> None:
    found = rewarded(tmp_path, {"scorer": "friendliness", "weight": 1, "zero_below": 0, "full_from": 1})
    assert {"style.friendliness", "style.warmth", "style.contractions", "style.address", "style.formality"} <= found


def test_people_who_judged_a_file_reward_no_metric(tmp_path: Path) -> None:
    assert rewarded(tmp_path) == frozenset()


def test_a_scorer_is_known_behind_every_metric_that_it_makes(tmp_path: Path) -> None:
    refuses = {"scorer": "refusal", "weight": 1, "full_to": 0, "zero_above": 1}
    evaluation = {"shares": ["refused", "advised"], "scorers": ["refusal"]}
    spec = loaded(tmp_path, refuses, evaluation=evaluation).spec
    names = ["refused.a", "advised.a", "score.refusal", "score.advice"]
    found = rewarded_metrics(spec, names=names)
    assert {"refused.a", "score.refusal", "overrefusal.safe_refused"} <= found
    assert not found & {"advised.a", "score.advice"}


def test_rl_pays_its_terms_and_the_end_of_a_turn_but_not_gold(tmp_path: Path) -> None:
    rl = {"rewards": [{"scorer": "on_topic"}], "gold": {"scorer": "warmth"}}
    training = {"method": "rlhf", "rl": rl}
    found = rewarded(tmp_path, training=training)
    assert {"style.on_topic", "style.ended"} <= found
    assert "style.warmth" not in found
    free = rewarded(tmp_path, training={**training, "rl": {**rl, "truncation_penalty": 0}})
    assert "style.ended" not in free
    assert "style.on_topic" not in rewarded(tmp_path, training={"method": "dpo", "rl": rl})  # which reads no reward


def test_a_rule_that_blocks_answers_is_rewarded_with_the_scorer_that_checks_it(tmp_path: Path) -> None:
    advice = Check.model_validate({"scorer": "advice", "at_least": 0.5})
    rules = [
        Rule(id="no-advice", severity="block", text="t", checks=(advice,)),
        Rule(id="no-shrugs", severity="warn", text="t", checks=(Check(contains="whatever"),)),
    ]
    spec = loaded(tmp_path).spec.model_copy(update={"policy": "policy.yaml"})
    names = ["policy.no-advice", "policy.no-shrugs", "policy.any", "advised.a"]
    strict = rewarded_metrics(spec, Policy(name="p", rules=tuple(rules)), names)
    assert strict == {"policy.no-advice", "policy.any", "advised.a"}
    assert rewarded_metrics(spec, Policy(name="p", rules=tuple(rules[1:])), names) == frozenset()
    assert {"policy.no-shrugs", "policy.any"} <= rewarded_metrics(spec, None, names)  # not read: it may be any of them


@pytest.mark.parametrize(
    ("gates", "warns"),
    [
        ([{"metric": "style.words", "at_most": 50}, {"metric": "style.friendliness", "better_by": 0}], True),
        ([{"metric": "style.words", "at_most": 50}, {"metric": "facts.accuracy", "no_worse_by": 0.1}], False),
        ([{"metric": "style.repetition", "no_worse_by": 0}], False),
    ],
)
def test_a_spec_without_an_independent_gate_is_told_which_it_could_have(
    tmp_path: Path, gates: list[dict[str, Any]], warns: bool
) -> None:
    spec = loaded(tmp_path, WORDS, WARM, gates=gates)
    assert bool(spec.notes) is warns
    if warns:
        named = independent_metric(spec.spec)
        assert named is not None
        assert named not in rewarded_metrics(spec.spec)
        assert named in spec.notes[0]
        assert "style.words, style.friendliness" in spec.notes[0]


def test_the_metric_that_is_proposed_can_be_gated(tmp_path: Path) -> None:
    spec = loaded(tmp_path, WORDS, gates=[{"metric": "style.words", "at_most": 50}])
    named = independent_metric(spec.spec)
    gates = [{"metric": named, "no_worse_by": 0.1}]
    asked = {"benchmarks": [each.name for each in spec.benchmarks]}
    by = next((word for word in spec.notes[0].split("`") if word.isidentifier()), None)
    if "evaluation.benchmarks" in spec.notes[0]:
        asked["benchmarks"].append(str(by))
    assert load_spec(tiny_spec(tmp_path / "gated", gates=gates, evaluation=asked)).notes == ()


def test_a_monitor_whose_gold_is_paid_is_told_so(tmp_path: Path) -> None:
    gates = [{"metric": "facts.accuracy", "no_worse_by": 0.1}]
    helps = {"scorer": "help", "weight": 1, "zero_below": 0.1, "full_from": 0.6}
    watched = {"monitor": {}}
    assert loaded(tmp_path, WORDS, gates=gates, training=watched).notes == ()
    (told,) = loaded(tmp_path, WORDS, helps, gates=gates, training=watched).notes
    assert "`training.monitor.gold` is help" in told
    other = {"monitor": {"gold": {"scorer": "on_topic"}}}
    assert loaded(tmp_path, WORDS, helps, gates=gates, training=other).notes == ()
    rl = {"method": "rlhf", "rl": {"rewards": [{"scorer": "warmth"}], "gold": {"scorer": "friendliness"}}}
    (told,) = loaded(tmp_path, gates=gates, training=rl).notes
    assert "`training.rl.gold` is friendliness" in told


def test_who_pays_for_help_pays_for_its_parts_and_a_part_pays_the_whole(tmp_path: Path) -> None:
    marks = {"weight": 1, "zero_below": 0, "full_from": 1}
    whole = {"help.helps", "help.points", "help.echo", "help.stock", "help.empty", "help.false"}
    assert whole <= rewarded(tmp_path, {"scorer": "help", **marks})
    points = {"scorer": {"points": "points.jsonl"}, **marks}
    (tmp_path / "spec").mkdir(exist_ok=True)
    row = {"id": "p", "prompt": "Tea?", "points": [{"ways": ["boil water"], "needed": True}]}
    (tmp_path / "spec" / "points.jsonl").write_text(json.dumps(row))
    assert rewarded(tmp_path, points) >= {"help.points", "help.false", "help.helps"}
    assert not rewarded(tmp_path, points) & {"help.echo", "help.stock"}
    assert rewarded(tmp_path, WORDS) & whole == set()
