"""What a spec needs is held against this machine's memory before anything begins."""

from pathlib import Path

import pytest

from trimtab.advise import Machine
from trimtab.loop import memory
from trimtab.recipes import spec_path
from trimtab.records import PreflightName
from trimtab.spec import load_spec


def checked(gib: float | None, monkeypatch: pytest.MonkeyPatch, *overrides: str) -> memory.PreflightCheck:
    monkeypatch.setattr(memory, "this_machine", lambda: Machine(gib, True))
    return memory.memory_check(load_spec(spec_path("concise-friendly"), list(overrides)), "bf16")


@pytest.mark.filterwarnings("ignore::trimtab.errors.UserNote")
def test_too_little_memory_is_told_with_what_halves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    enough = checked(80.0, monkeypatch, "model.name=qwen3-8b")
    assert (enough.passed, enough.outcome) == (True, "ok")
    assert "there are 80" in enough.summary
    short = checked(18.0, monkeypatch, "model.name=qwen3-8b")
    assert (short.passed, short.outcome, short.required) == (False, "short", False)
    assert "Halve" in short.summary
    assert "smaller model" in checked(8.0, monkeypatch, "model.name=qwen3-8b").summary


@pytest.mark.filterwarnings("ignore::trimtab.errors.UserNote")
def test_reinforcement_counts_the_reward_model(monkeypatch: pytest.MonkeyPatch) -> None:
    told = checked(40.0, monkeypatch, "model.name=qwen3-8b", "training.method=rlhf").summary
    assert told.startswith("a step of RL on 32 answers")
    assert "30.5 of them weights" in told  # the policy's and the reward model's
    assert "training.rl.prompts_per_step" in told


def test_what_is_not_known_is_not_judged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "not judged" in checked(None, monkeypatch).summary
    unknown = checked(1.0, monkeypatch, "model.name=owner/unknown")
    assert unknown.passed
    assert unknown.name == PreflightName.MEMORY
    assert "shape is not known" in unknown.summary
