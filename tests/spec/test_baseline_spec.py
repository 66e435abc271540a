"""A baseline in a spec: given, set, referred to by gates and samples, and refused where it cannot be."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tiny import tiny_spec
from trimtab.errors import UserError
from trimtab.spec import GateSpec, LoadedSpec, block_of, load_spec, proposed_system

SYSTEM = "say less ."


def loaded(folder: Path, *overrides: str, **sections: Any) -> LoadedSpec:
    return load_spec(tiny_spec(folder, **sections), overrides)


def refused(folder: Path, *overrides: str, **sections: Any) -> UserError:
    with pytest.raises(UserError) as caught:
        loaded(folder, *overrides, **sections)
    return caught.value


def test_a_baseline_is_written_or_set(tmp_path: Path) -> None:
    written = loaded(tmp_path, baseline={"system": SYSTEM}).spec.baseline
    assert written is not None
    assert written.system == SYSTEM
    put = loaded(tmp_path, f"baseline.system={SYSTEM}").spec.baseline
    assert put == written
    assert loaded(tmp_path).spec.baseline is None


def test_no_words_are_no_system_message(tmp_path: Path) -> None:
    assert "words" in str(refused(tmp_path, "baseline.system='  '"))


@pytest.mark.parametrize(
    ("given", "limit"),
    [
        ({"better_than": "baseline"}, ("better_by", 0.0)),
        ({"better_than": "baseline", "by": 0.1}, ("better_by", 0.1)),
        ({"no_worse_than": "baseline"}, ("no_worse_by", 0.0)),
        ({"no_worse_than": "baseline", "by": 0.05}, ("no_worse_by", 0.05)),
    ],
)
def test_gates_against_the_baseline(given: dict[str, Any], limit: tuple[str, float]) -> None:
    gate = GateSpec.model_validate({"metric": "style.words", **given})
    assert gate.limit == limit
    assert gate.against == "baseline"


@pytest.mark.parametrize(
    "given",
    [
        {"by": 0.1},
        {"better_by": 0.1, "by": 0.1},
        {"better_than": "baseline", "better_by": 0},
        {"better_than": "last"},
    ],
)
def test_one_limit_and_one_margin(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"limit|by|baseline"):
        GateSpec.model_validate({"metric": "style.words", **given})


def test_a_gate_against_a_baseline_that_is_not_there_is_one_message(tmp_path: Path) -> None:
    gates = [{"metric": "style.words", "better_than": "baseline"}]
    error = refused(tmp_path, gates=gates)
    assert "gates" in error.given or "line" in error.given
    assert error.why == "The spec has no baseline."
    assert "Say less" in error.fix or "say less" in error.fix  # made of the goal
    assert loaded(tmp_path, f"baseline.system={SYSTEM}", gates=gates)


def test_a_gate_against_the_baseline_is_on_answers(tmp_path: Path) -> None:
    for metric in ("facts.accuracy",):
        gates = [{"metric": metric, "no_worse_than": "baseline", "by": 0.1}]
        error = refused(tmp_path, gates=gates, baseline={"system": SYSTEM})
        assert metric in error.given
        assert "no_worse_by" in error.fix


def test_a_baseline_without_answers_is_refused(tmp_path: Path) -> None:
    evaluation = {"benchmarks": ["facts"]}
    gates = [{"metric": "facts.accuracy", "no_worse_by": 0.1}]
    error = refused(tmp_path, evaluation=evaluation, gates=gates, baseline={"system": SYSTEM})
    assert "heldout" in error.fix


@pytest.mark.parametrize("override", ["feedback.sample.system=baseline", "feedback.sample.system=be brief ."])
def test_samples_under_a_message(tmp_path: Path, override: str) -> None:
    sample = loaded(tmp_path, override, f"baseline.system={SYSTEM}").spec.feedback.sample
    assert sample is not None
    assert sample.told(SYSTEM) == (SYSTEM if override.endswith("baseline") else "be brief .")


def test_samples_under_a_baseline_that_is_not_there_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "feedback.sample.system=baseline").why == "The spec has no baseline."
    raw = yaml.safe_load(tiny_spec(tmp_path).read_text())["feedback"]["sample"]
    sources = {"sources": [{"sample": {**raw, "system": "baseline"}}]}
    assert "sources" not in refused(tmp_path, feedback=sources).why


def test_the_proposed_block_is_a_baseline_of_the_goal(tmp_path: Path) -> None:
    goal = "The assistant answers briefly: in “one” line."
    told = yaml.safe_load(block_of(proposed_system(goal)))
    assert told == {"baseline": {"system": proposed_system(goal)}}
    assert "in “one” line" in told["baseline"]["system"]
    assert loaded(tmp_path, goal=goal, **told).spec.baseline is not None


def test_trimming_from_anywhere_needs_a_number_of_sentences(tmp_path: Path) -> None:
    error = refused(tmp_path, "feedback.sample.trim_from=anywhere", "feedback.sample.trim_to_sentences=0")
    assert "nothing is trimmed" in error.why
    assert loaded(tmp_path, "feedback.sample.trim_from=anywhere", "feedback.sample.trim_to_sentences=1")
