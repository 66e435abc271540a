"""A model that judges may decide only where its calibration says so; else the run stops, or its report says it."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tiny import tiny_spec
from trimtab.calibration import fingerprint_of
from trimtab.errors import UserError
from trimtab.judges import open_scorers
from trimtab.loop.trust import JudgesHeld, hold_scorers
from trimtab.records import Calibration, CalibrationPart, Figure, JudgeBias, ScorerRef
from trimtab.spec import load_spec
from trimtab.store import FileName, Run

REF = {"judge": "j", "url": "http://127.0.0.1:9/v1"}
RUBRIC = [{"scorer": REF, "weight": 1, "zero_below": 0, "full_from": 1}]


def calibrated(accuracy: float = 0.9, rule: str | None = None) -> Calibration:
    """A calibration of that judge with narrow intervals."""

    def figure(value: float) -> Figure:
        return Figure(estimate=value, low=value - 0.02, high=value + 0.02, n=900)

    right = figure(accuracy)
    shared: dict[str, Any] = {"items": 900, "at_odds": 0, "not_judged": 0, "kappa": figure(2 * accuracy - 1)}
    shared |= {"alpha": right, "people_alpha": right, "accuracy": right, "sensitivity": right, "specificity": right}
    shared["biases"] = (JudgeBias(bias="length", size=figure(0.02), named=False),)
    parts = [CalibrationPart(part="all", **shared)]
    parts += [CalibrationPart(part="rule", name=rule, **shared)] if rule else []
    (scorer,) = open_scorers([ScorerRef.model_validate(REF)]).values()
    return Calibration(
        judge="j", fingerprint=fingerprint_of(scorer), asked="answers", at=0.5, labels="p", people=1, parts=tuple(parts)
    )


def held(folder: Path, judges: dict[str, Any], made: Calibration | None = None, **sections: object) -> JudgesHeld:
    """What a run finds of its judges before anything is loaded."""
    sample = {"samples_per_prompt": 2, "rubric": RUBRIC}
    if made is not None:
        folder.mkdir(exist_ok=True)
        (folder / "cal.json").write_text(made.to_json())
        judges = {**judges, "calibrations": ["cal.json"]}
    sections = {"feedback": {"sample": sample}, **sections}
    loaded = load_spec(tiny_spec(folder, judges=judges, **sections))
    told = loaded.spec.model_dump(mode="json")
    with Run.open(folder / "out", name="tiny", goal="g", spec=told, spec_folder=loaded.folder) as run:
        found = JudgesHeld(run, loaded)
        session = SimpleNamespace(
            spec=loaded.spec,
            policy=loaded.policy,
            judges=found,
            opened=lambda refs: open_scorers(refs, path=loaded.path, policy=loaded.policy),
        )
        hold_scorers(session)  # type: ignore[arg-type]
    return found


def states(folder: Path) -> list[tuple[str, str]]:
    lines = (folder / "out" / FileName.TRUST).read_text().splitlines()
    return [(one["use"], one["state"]) for one in map(json.loads, lines)]


def test_a_judge_that_nothing_is_known_of_stops_the_run_and_people_judge_first(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        held(tmp_path, {})
    assert caught.value.given == "Training data is decided by the judge judge:j."
    assert "no calibration speaks of it: there is none" in caught.value.why
    assert "`review:`" in caught.value.fix
    assert "untrusted: told" in caught.value.fix


def test_taken_at_its_word_it_is_told(tmp_path: Path) -> None:
    held(tmp_path, {"untrusted": "told"})
    assert states(tmp_path) == [("Training data", "unknown")]


def test_one_that_earned_it_decides_and_one_that_did_not_does_not(tmp_path: Path) -> None:
    held(tmp_path / "good", {}, calibrated())
    assert states(tmp_path / "good") == [("Training data", "trusted")]
    with pytest.raises(UserError, match=r"It may not: kappa is 0\.20"):
        held(tmp_path / "bad", {}, calibrated(0.6))
    held(tmp_path / "lax", {"trust": {"kappa": 0.1, "accuracy": 0.5}}, calibrated(0.6))


def test_a_rule_needs_labels_of_its_own(tmp_path: Path) -> None:
    rule = {"id": "asks", "text": "Ask.", "checks": [{"scorer": REF, "at_most": 0.2}]}
    rubric = [{"scorer": "words", "weight": 1, "full_to": 2, "zero_above": 30}]
    sections: dict[str, object] = {"policy": "policy.yaml", "feedback": {"sample": {"rubric": rubric}}}
    for folder in ("none", "some"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "policy.yaml").write_text(json.dumps({"name": "p", "rules": [rule]}))
    with pytest.raises(UserError, match="no label of its calibration is of the rule asks"):
        held(tmp_path / "none", {}, calibrated(), **sections)
    held(tmp_path / "some", {}, calibrated(rule="asks"), **sections)


def test_a_calibration_that_is_not_there_is_said_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no file"):
        load_spec(tiny_spec(tmp_path, judges={"calibrations": ["none.json"]}))
    (tmp_path / "cal.json").write_text("{}")
    with pytest.raises(UserError, match="it holds no calibration"):
        held(tmp_path, {"calibrations": ["cal.json"]})
