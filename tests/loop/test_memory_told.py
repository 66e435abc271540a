"""What a spec needs is held against this machine's memory before anything begins."""

from pathlib import Path

import pytest

from trimtab.advise import Machine
from trimtab.loop import memory
from trimtab.records import PreflightName
from trimtab.spec import LoadedSpec, Spec

SPEC = {
    "name": "tiny", "goal": "say less", "prompts": {"train": "a", "heldout": "b"},
    "feedback": {"files": [{"path": "c"}]}, "gates": [{"metric": "style.words", "at_most": 9}],
}  # fmt: skip


def checked(
    gib: float | None, monkeypatch: pytest.MonkeyPatch, name: str = "qwen3-8b", **training: object
) -> memory.PreflightCheck:
    monkeypatch.setattr(memory, "this_machine", lambda: Machine(gib, True))
    spec = Spec.model_validate({**SPEC, "model": {"name": name}, "training": training})
    return memory.memory_check(LoadedSpec(spec, Path()), "bf16")


def test_too_little_memory_is_told_with_what_halves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    enough = checked(200.0, monkeypatch)
    assert (enough.passed, enough.outcome) == (True, "ok")
    assert "there are 200" in enough.summary
    short = checked(18.0, monkeypatch)
    assert (short.passed, short.outcome, short.required) == (False, "short", False)
    assert "Halve" in short.summary
    assert "smaller model" in checked(8.0, monkeypatch).summary


def test_reinforcement_counts_the_reward_model(monkeypatch: pytest.MonkeyPatch) -> None:
    told = checked(40.0, monkeypatch, method="rlhf", reward={"batch_size": 1}).summary
    assert told.startswith("a step of RL on 32 answers")
    assert "30.5 of them weights" in told  # the policy's and the reward model's
    assert "training.rl.prompts_per_step" in told


def test_what_is_not_known_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "not judged" in checked(None, monkeypatch).summary
    unknown = checked(1.0, monkeypatch, "owner/unknown")
    assert unknown.passed
    assert unknown.name == PreflightName.MEMORY
    assert "shape is not known" in unknown.summary
