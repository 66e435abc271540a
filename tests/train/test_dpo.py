"""DPO through trimtab is TRL's DPO, and the preflight stops what cannot be right."""

import math
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import peft
import pytest
import torch
from datasets import Dataset
from peft import LoraConfig
from safetensors.torch import load_file
from trl import DPOConfig, DPOTrainer

from tiny import tiny_model, tiny_tokenizer
from trimtab.errors import UserError
from trimtab.models import LoadedModel, ModelRef
from trimtab.records import Comparison, Message, Provenance, TrainingStep
from trimtab.sharing import layers as layers_module
from trimtab.sharing import states as states_module
from trimtab.spec import TrainingSpec
from trimtab.train import plan, prefix_sharing, preflight, train_dpo, warnings_in
from trimtab.train.dpo import prepare_dpo
from trimtab.train.preflight import start_logps

SETTINGS = TrainingSpec(
    learning_rate=1e-2, batch_size=2, epochs=2, warmup=0.0, checkpoint_every=3, sft_weight=0.2, probe_prompts=0
)
ENDS = frozenset({0})


def comparison(number: int, prompt: str, chosen: str, rejected: str) -> Comparison:
    def said(text: str) -> tuple[Message, ...]:
        return (Message(role="assistant", content=text),)

    return Comparison(
        id=f"c{number}",
        prompt=(Message(role="user", content=prompt),),
        chosen=said(chosen),
        rejected=said(rejected),
        provenance=Provenance(source="test", judge="test", why=""),
    )


COMPARISONS = [
    comparison(0, "hello you", "it's fun !", "the one and the two and the red ."),
    comparison(1, "tell me about tea", "tea is great .", "furthermore ensure the plan ."),
    comparison(2, "why rain", "sun !", "rain is a house of rain and rain ."),
    comparison(3, "what now", "let's go !", "do not go now ."),
]


def loaded(architecture: str = "qwen2") -> LoadedModel:
    return LoadedModel(tiny_model(architecture), tiny_tokenizer(), ModelRef("tiny"), "fp32")  # type: ignore[arg-type]


def train(tmp_path: Path, architecture: str = "qwen2", **changes: Any) -> Any:
    return train_dpo(
        loaded(architecture),
        COMPARISONS,
        SETTINGS.model_copy(update=changes),
        seed=11,
        work=tmp_path / "work",
        adapter=tmp_path / "adapter",
    )


def test_a_pattern_of_target_modules_is_kept(tmp_path: Path) -> None:
    pattern = r".*layers\.1\.self_attn\.(q|v)_proj"
    train(tmp_path, lora=SETTINGS.lora.model_copy(update={"target_modules": pattern}))
    assert LoraConfig.from_pretrained(tmp_path / "adapter").target_modules == pattern
    names = load_file(tmp_path / "adapter" / "adapter_model.safetensors")
    assert names
    assert all("layers.1.self_attn" in name for name in names)


@pytest.mark.parametrize("architecture", ["qwen2", "gpt2"])
@pytest.mark.parametrize("shares", [True, False])
def test_equals_trl(tmp_path: Path, architecture: str, shares: bool) -> None:
    summary = train(tmp_path, architecture, share_prefixes=shares)
    rows = [
        {side: [m.model_dump() for m in getattr(item, side)] for side in ("prompt", "chosen", "rejected")}
        for item in COMPARISONS
    ]
    arguments = DPOConfig(
        output_dir=str(tmp_path / "plain"), learning_rate=1e-2, beta=0.1, loss_type=["sigmoid", "sft"],
        loss_weights=[1.0, 0.2], num_train_epochs=2, per_device_train_batch_size=2, max_length=512, seed=11,
        data_seed=11, use_cpu=True, bf16=False, logging_steps=1, report_to=[], save_strategy="no", disable_tqdm=True,
    )  # fmt: skip
    plain = DPOTrainer(
        tiny_model(architecture),
        args=arguments,
        train_dataset=Dataset.from_list(rows),
        processing_class=tiny_tokenizer(),
        peft_config=LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM"),
    )
    plain.train()
    plain.model.save_pretrained(tmp_path / "plain-adapter")
    ours = load_file(tmp_path / "adapter" / "adapter_model.safetensors")
    theirs = load_file(tmp_path / "plain-adapter" / "adapter_model.safetensors")
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        if shares:  # sums are taken in another order, and four steps of Adam at a rate of 1e-2 carry that on
            assert float((value - theirs[name]).norm() / theirs[name].norm()) < 1e-4
        else:
            torch.testing.assert_close(value, theirs[name], rtol=1e-5, atol=1e-6)
    losses = [row["loss"] for row in plain.state.log_history if "rewards/margins" in row]
    assert [step.loss for step in summary.curve] == pytest.approx(losses, abs=1e-5)
    assert summary.curve[-1].loss < summary.curve[0].loss
    assert summary.steps == 4


def test_the_preflight_is_told_and_passes(tmp_path: Path) -> None:
    checks = train(tmp_path, epochs=1).preflight
    assert [check.passed for check in checks] == [True] * 7
    assert "tokens computed instead of" in checks[-2].summary
    assert checks[-1].summary.startswith("over a forest")
    assert any("ln 2" in check.name for check in checks)
    assert any("reference" in check.name for check in checks)


def test_an_adapter_that_does_not_start_at_nothing_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peft, "LoraConfig", partial(LoraConfig, init_lora_weights=False))
    with pytest.raises(UserError, match="ln 2"):
        train(tmp_path)
    assert not (tmp_path / "adapter").exists()


def test_a_reference_that_is_another_model_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tiny_model(seed=9)
    monkeypatch.setattr("trimtab.train.dpo.start_logps", lambda _, *given: start_logps(other, *given))
    with pytest.raises(UserError, match="reference is the start"):
        train(tmp_path)


def test_target_modules_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="target_modules"):
        train(tmp_path, lora=SETTINGS.lora.model_copy(update={"target_modules": ("no_such_layer",)}))


def test_plan_adds_up_and_says_why() -> None:
    tokenizer = tiny_tokenizer()
    bad = [
        comparison(4, "hello", "one " * 60, "two"),
        comparison(5, "hello", "xyzzy", "plugh"),  # both unknown words: the same tokens
    ]
    planned = plan([*COMPARISONS, *bad], tokenizer, 32, ENDS)
    assert list(planned.kept) == COMPARISONS
    reasons = {item.row: item.reason for item in planned.rejected}
    assert reasons.keys() == {"c4", "c5"}
    assert "32 tokens" in reasons["c4"]
    assert "equal" in reasons["c5"]


def test_plan_refuses_a_template_without_an_end() -> None:
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = tokenizer.chat_template.replace(" <|end|>", "")
    with pytest.raises(UserError, match="end-of-turn"):
        plan(COMPARISONS, tokenizer, 64, ENDS)


def steps(chosen: float, repetition: float) -> list[TrainingStep]:
    return [
        TrainingStep(
            step=i, loss=0.5, accuracy=1.0, margin=1.0, chosen_logp=chosen * i / 8, rejected_logp=-20.0, grad_norm=1.0,
            learning_rate=1e-4, repetition=repetition * i / 8 if i % 4 == 0 else None,
        )
        for i in range(1, 9)
    ]  # fmt: skip


def test_falling_chosen_with_rising_repetition_is_a_warning_in_words() -> None:
    start = {"repetition": 0.0}
    (warning,) = warnings_in(steps(-20, 0.4), start)
    assert "degenerate" in warning
    assert "sft_weight" in warning
    (note,) = warnings_in(steps(-20, 0.0), start)
    assert "no sign of damage" in note
    assert warnings_in(steps(-1, 0.4), start) == []
    assert warnings_in(steps(5, 0.0), start) == []


def test_a_fast_path_that_is_apart_is_given_up_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = prefix_sharing.predictions

    def wrong(*args: Any, **kwargs: Any) -> Any:
        found = real(*args, **kwargs)
        return replace(found, logps=found.logps * 1.01)

    monkeypatch.setattr(prefix_sharing, "predictions", wrong)
    monkeypatch.setattr(preflight, "LOGP_TOLERANCE", {"fp32": 1.0})  # let it come as far as the card
    said: list[str] = []
    summary = train_dpo(
        loaded(), COMPARISONS, SETTINGS, seed=11, work=tmp_path / "work", adapter=tmp_path / "adapter", say=said.append
    )
    assert not summary.preflight[-1].passed
    assert any("not used" in line and "shared prefixes" in line for line in said)
    monkeypatch.undo()
    plain = train(tmp_path / "plain", share_prefixes=False)
    assert [step.loss for step in summary.curve] == [step.loss for step in plain.curve]


@pytest.mark.parametrize("tried", [True, False])
def test_layers_that_are_apart_in_few_operations_are_computed_as_they_are_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tried: bool
) -> None:
    real = layers_module.gated
    monkeypatch.setattr(layers_module, "gated", lambda projected: real(projected) * 1.1)
    if not tried:  # what their own trial lets through, the card does not
        monkeypatch.setattr(states_module, "_apart", lambda *_: 0.0)
    prepared = prepare_dpo(loaded(), COMPARISONS, SETTINGS, seed=11, checkpoints=tmp_path)
    assert all(check.passed for check in prepared.checks)
    assert prepared.trainer.shares
    why = "few operations they give other states" if tried else "few operations a step lies apart from TRL's"
    assert f"its layers as they are (in {why}" in prepared.checks[-1].summary
    monkeypatch.undo()
    again = prepare_dpo(loaded(), COMPARISONS, SETTINGS, seed=11, checkpoints=tmp_path)
    assert "its layers in few operations" in again.checks[-1].summary


def test_a_short_answer_may_round_further_and_a_long_one_may_not() -> None:
    def passes(tokens: int, apart: float) -> bool:
        mask = torch.zeros(1, tokens + 1, dtype=torch.bool)
        mask[0, 1:] = True
        plain = torch.tensor([-2.0 * tokens])
        return preflight.reference_is_start(plain + apart * tokens, plain, mask, "bf16").passed

    assert passes(64, 0.029)
    assert not passes(64, 0.031)
    assert passes(8, 0.059)  # the root of 32 over 8 is 2
    assert not passes(8, 0.061)
    assert not passes(8, math.nan)
