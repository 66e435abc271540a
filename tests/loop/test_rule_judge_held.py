"""A constitution's judge is calibrated as its run would ask it, and the run then lets it decide by its rules."""

import json
from pathlib import Path

import pytest
import yaml

from scripted_chat import ScriptedChat
from tiny import save_tiny, tiny_spec
from trimtab.api import calibrate
from trimtab.errors import UserError
from trimtab.loop import Quiet
from trimtab.loop.inputs import read_inputs
from trimtab.loop.sources import constitution, who_judges
from trimtab.loop.sources.who_judges import WhoJudges
from trimtab.loop.stages import Session
from trimtab.spec import load_spec
from trimtab.store import Run

RULES = {
    "name": "ours",
    "rules": [
        {"id": name, "text": f"The answer is {name}.", "checks": [{"contains": "fool"}]} for name in ("kind", "plain")
    ],
}


MORE = " and so on"
"""Answers of one length alone would not tell whether length sways a judge."""


def test_a_constitutions_judge_decides_where_its_calibration_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save_tiny(tmp_path / "model")
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(RULES))
    chat = ScriptedChat(lambda asked, a, b: 0.9 if "good" in a else 0.1)

    def scripted(session: Session, given: object) -> WhoJudges:
        return WhoJudges("script", "0" * 8, lambda: chat)

    monkeypatch.setattr(who_judges, "who_judges", scripted)
    monkeypatch.setattr(constitution, "who_judges", scripted)
    sources = [{"constitution": {"path": "rules.yaml", "judge": {"labels": "log-probabilities"}, "max_new_tokens": 8}}]
    spec = tiny_spec(tmp_path, feedback={"sources": sources}, judges={})
    rows = [
        {"prompt": f"q {at}", "first": f"A good one, {at}{MORE * (at % 3)}.", "second": f"A bad one{MORE * (at % 4)}."}
        | {"preference": "first", "rule": "kind" if at % 3 else "plain"}
        for at in range(90)
    ]
    found = calibrate(spec, rows)
    assert found.record.fingerprint["weights"] == "0" * 8
    assert {each.rule: each.state for each in found.trust} == dict.fromkeys((None, "kind", "plain"), "trusted")
    assert len(chat.asked) == 2 * 90 * 2
    calibrate(spec, rows)
    assert len(chat.asked) == 2 * 90 * 2  # kept
    found.write("cal.json")

    def opened(path: Path, out: str) -> None:
        loaded = load_spec(path)
        told = loaded.spec.model_dump(mode="json")
        with Run.open(tmp_path / out, name="n", goal="g", spec=told, spec_folder=loaded.folder) as run:
            given = loaded.spec.feedback.sources[0].constitution
            assert given is not None
            constitution._hold(Session(run, loaded, read_inputs(loaded), Quiet()), given)

    with pytest.raises(UserError, match="there is none"):
        opened(spec, "none")
    opened(tiny_spec(tmp_path, feedback={"sources": sources}, judges={"calibrations": ["cal.json"]}), "some")
    states = [json.loads(line)["state"] for line in (tmp_path / "some" / "trust.jsonl").read_text().splitlines()]
    assert states == ["trusted", "trusted"]
