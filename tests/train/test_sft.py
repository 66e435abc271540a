"""SFT through trimtab is TRL's SFT, on the answers alone, and its first loss is the plain path's."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset
from peft import LoraConfig
from safetensors.torch import load_file
from trl import SFTConfig, SFTTrainer

from tiny import plain_logps, tiny_model, tiny_tokenizer
from trimtab.errors import UserError
from trimtab.models import LoadedModel, ModelRef, render
from trimtab.records import Demonstration, Message, Provenance
from trimtab.spec import TrainingSpec
from trimtab.train import plan, prepare_sft, train_sft
from trimtab.train.turns import Tokens

SETTINGS = TrainingSpec(
    method="sft", learning_rate=1e-2, batch_size=2, epochs=2, warmup=0.0, checkpoint_every=3, probe_prompts=0
)
SAID = [
    ("hello you", "it's fun !"),
    ("tell me about tea", "tea is great and the sun is great ."),
    ("why rain", "sun !"),
    ("what now", "let's go now ."),
]


def demonstration(number: int, prompt: str, answer: str) -> Demonstration:
    return Demonstration(
        id=f"d{number}",
        prompt=(Message(role="user", content=prompt),),
        completion=(Message(role="assistant", content=answer),),
        provenance=Provenance(source="test", judge="test", why=""),
    )


DEMONSTRATIONS = [demonstration(i, *pair) for i, pair in enumerate(SAID)]


def loaded(architecture: str = "qwen2") -> LoadedModel:
    return LoadedModel(tiny_model(architecture), tiny_tokenizer(), ModelRef("tiny"), "fp32")  # type: ignore[arg-type]


def train(tmp_path: Path, architecture: str = "qwen2", **changes: Any) -> Any:
    return train_sft(
        loaded(architecture),
        DEMONSTRATIONS,
        SETTINGS.model_copy(update=changes),
        seed=11,
        work=tmp_path / "work",
        adapter=tmp_path / "adapter",
    )


@pytest.mark.parametrize("architecture", ["qwen2", "gpt2"])
def test_equals_trl(tmp_path: Path, architecture: str) -> None:
    summary = train(tmp_path, architecture)
    rows = [json.loads(item.to_json()) for item in DEMONSTRATIONS]  # the wire form is TRL's
    arguments = SFTConfig(
        output_dir=str(tmp_path / "plain"), learning_rate=1e-2, num_train_epochs=2, per_device_train_batch_size=2,
        max_length=512, seed=11, data_seed=11, use_cpu=True, bf16=False, logging_steps=1, report_to=[],
        save_strategy="no", disable_tqdm=True, gradient_checkpointing=False,
    )  # fmt: skip
    plain = SFTTrainer(
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
        torch.testing.assert_close(value, theirs[name], rtol=1e-5, atol=1e-6)
    losses = [row["loss"] for row in plain.state.log_history if "loss" in row]
    assert [step.loss for step in summary.curve] == pytest.approx(losses, abs=1e-6)
    assert (summary.method, summary.demonstrations, summary.steps) == ("sft", 4, 4)
    assert summary.curve[-1].loss < summary.curve[0].loss
    assert summary.curve[0].chosen_logp is None
    assert summary.curve[0].token_accuracy is not None


def test_the_first_loss_is_the_plain_mean_over_answer_tokens_and_their_end(tmp_path: Path) -> None:
    start = loaded()
    tokenizer = start.tokenizer
    logps = []
    for item in DEMONSTRATIONS:
        prompt = render(tokenizer, item.prompt, generation=True)
        whole = render(tokenizer, (*item.prompt, *item.completion), generation=False)
        assert whole[-1] == tokenizer.eos_token_id
        logps.append(plain_logps(start.model, prompt, whole[len(prompt) :]))
    mean = -float(torch.cat(logps).mean())
    prepared = prepare_sft(start, DEMONSTRATIONS, SETTINGS, seed=11, checkpoints=tmp_path)
    batch = prepared.trainer.data_collator([prepared.trainer.train_dataset[i] for i in range(4)])
    prepared.trainer.model.eval()
    assert float(prepared.trainer.compute_loss(prepared.trainer.model, dict(batch))) == pytest.approx(mean, abs=1e-4)
    assert int((batch["labels"] != -100).sum()) == sum(map(len, logps))
    assert [check.passed for check in prepared.checks] == [True] * 4


def test_a_loss_on_prompts_too_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tokens, "labels", property(lambda self: [*self.prompt, *self.answer]))
    with pytest.raises(UserError, match="answers only"):
        train(tmp_path)
    assert not (tmp_path / "adapter").exists()


def test_plan_of_demonstrations_adds_up() -> None:
    bad = demonstration(9, "hello", "one " * 60)
    planned = plan([*DEMONSTRATIONS, bad], tiny_tokenizer(), 32, frozenset({0}))
    assert list(planned.kept) == DEMONSTRATIONS
    assert [(item.row, "32 tokens" in item.reason) for item in planned.rejected] == [("d9", True)]
    with pytest.raises(UserError, match="1 demonstrations were given"):
        plan([bad], tiny_tokenizer(), 32, frozenset({0}))
