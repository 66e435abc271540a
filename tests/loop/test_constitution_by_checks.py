"""AI feedback by the checks of the rules: which answer a rule prefers, which rule decides, and what is a tie."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tiny import save_tiny, tiny_spec
from trimtab.errors import UserError
from trimtab.feedback import decided_by_checks
from trimtab.loop import Quiet
from trimtab.loop.inputs import read_inputs
from trimtab.loop.stages import Session, feedback
from trimtab.records import AiFeedback, Answer, Comparison, Message, Policy, Prompt, Ranking
from trimtab.spec import load_policy, load_spec
from trimtab.store import FileName, Run, Stage

POLICY = {
    "name": "ours",
    "rules": [
        {"id": "short", "text": "Briefly.", "checks": [{"scorer": "words", "at_least": 4}]},
        {"id": "kind", "text": "Kindly.", "priority": 1, "checks": [{"contains": "fool"}]},
        {"id": "tea", "text": "No prices.", "priority": 2, "when": "tea", "checks": [{"contains": r"\d"}]},
        {"id": "true", "text": "Truly.", "priority": 9},
    ],
}
TEXTS = {
    "by kind": ("You fool.", "You are not a very clever fellow."),  # the second is long, and kindness goes before
    "by short": ("A word too many for that.", "Two words."),
    "of tea": ("It costs 3.", "You fool."),
    "alike": ("One.", "Two."),
    "equal": ("Same.", "Same. "),
    "both break": ("You fool.", "A fool."),
}


def _policy() -> Policy:
    return load_policy(POLICY)


def _decide(policy: Policy, names: tuple[str, ...] = (), order: int = 1) -> dict[str, tuple[str, str | None]]:
    prompts = [Prompt(id=key, messages=(Message(role="user", content=f"Say it, {key}."),)) for key in TEXTS][::order]
    answers = {
        key: [Answer(prompt_id=key, index=at, text=text, tokens=3, ended=True) for at, text in enumerate(texts)]
        for key, texts in TEXTS.items()
    }
    found, verdicts = decided_by_checks(prompts, answers, policy, names, {}, "m", 7)
    return {
        pair.id: (pair.rule.id if verdict.outcome != "tie" else "", verdict.outcome)
        for pair, verdict in zip(found.pairs, verdicts, strict=True)
    }


def test_the_rule_of_the_highest_priority_that_tells_the_answers_apart_decides() -> None:
    wanted = {
        "by kind": ("kind", "second"), "by short": ("short", "second"), "of tea": ("tea", "second"),
        "alike": ("", "tie"), "equal": ("", "tie"), "both break": ("", "tie"),
    }  # fmt: skip
    assert _decide(_policy()) == wanted
    assert _decide(_policy(), order=-1) == wanted
    assert _decide(_policy(), ("short",)) == wanted | {
        "by kind": ("short", "first"), "of tea": ("", "tie")
    }  # fmt: skip


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec whose answers are given and whose rules judge."""
    save_tiny(tmp_path / "model")
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(POLICY))

    def answers(session: Session, stage: Stage, model: object, prompts: object, *_: object) -> list[Answer]:
        texts = list(TEXTS.values())
        return [
            Answer(prompt_id=prompt.id, index=at, text=text, tokens=3, ended=True)
            for place, prompt in enumerate(session.inputs.train)
            for at, text in enumerate(texts[place % len(texts)])
        ]

    monkeypatch.setattr(Session, "answers", answers)
    monkeypatch.setattr(Session, "model", lambda self: None)
    source: dict[str, Any] = {"constitution": {"path": "rules.yaml", "judge": {"labels": "checks"}}}
    return tiny_spec(tmp_path, feedback={"sources": [source]})


def _feedback(spec: Path, out: Path) -> Session:
    loaded = load_spec(spec)
    told = loaded.spec.model_dump(mode="json")
    with Run.open(out, name="n", goal="g", spec=told, spec_folder=loaded.folder) as run:
        session = Session(run, loaded, read_inputs(loaded), Quiet())
        feedback(session)
    return session


def test_a_run_trains_on_what_the_checks_prefer_and_asks_nobody(spec: Path, tmp_path: Path) -> None:
    session = _feedback(spec, tmp_path / "out")
    stage = Run.read(tmp_path / "out").current("feedback.constitution")
    assert stage is not None
    rows = stage.read_lines(FileName.COMPARISONS, Comparison)
    assert {(row.provenance.rule, row.provenance.probability) for row in rows} == {("kind", 1.0), ("short", 1.0)}
    assert all("fool" not in row.chosen[-1].content for row in rows)
    came = stage.read(FileName.SUMMARY, AiFeedback)
    assert (came.calls, came.decided, came.fingerprint.labels) == (0, len(rows), "checks")
    assert came.decided + came.ties + came.equal + came.unasked == len(session.inputs.train)
    assert len(stage.read_lines(FileName.TIES, Ranking)) == came.ties


def test_a_constitution_none_of_whose_rules_has_a_check_is_refused(spec: Path, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"name": "ours", "rules": POLICY["rules"][-1:]}))
    with pytest.raises(UserError, match="None of its rules has one: true"):
        _feedback(spec, tmp_path / "out")
