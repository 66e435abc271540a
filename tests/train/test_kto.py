"""KTO through trimtab is TRL's KTO, weighted by imbalance, and its first loss is what the paper's formula gives."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset
from peft import LoraConfig
from safetensors.torch import load_file
from trl import KTOConfig, KTOTrainer

from tiny import tiny_model, tiny_tokenizer
from trimtab.errors import UserError
from trimtab.models import LoadedModel, ModelRef
from trimtab.records import Message, Provenance, Thumb
from trimtab.spec import TrainingSpec
from trimtab.train import kto, pair_off, preflight, prepare_kto, train_kto
from trimtab.train.preflight import answer_logps

SETTINGS = TrainingSpec(
    method="kto", learning_rate=1e-2, batch_size=3, epochs=2, warmup=0.0, checkpoint_every=3, probe_prompts=0
)


def thumb(number: int, prompt: str, answer: str, label: bool) -> Thumb:
    return Thumb(
        id=f"t{number}",
        prompt=(Message(role="user", content=prompt),),
        completion=(Message(role="assistant", content=answer),),
        label=label,
        provenance=Provenance(source="test", judge="test", why=""),
    )


THUMBS = [
    thumb(0, "hello you", "it's fun !", True),
    thumb(1, "tell me about tea", "furthermore ensure the plan .", False),
    thumb(2, "why rain", "rain is a house of rain and rain .", False),
    thumb(3, "what now", "do not go now .", False),
    thumb(4, "what is the sun", "the sun is red .", True),
    thumb(5, "how are you", "the one and the two .", False),
]


def loaded() -> LoadedModel:
    return LoadedModel(tiny_model(), tiny_tokenizer(), ModelRef("tiny"), "fp32")  # type: ignore[arg-type]


def train(tmp_path: Path, **changes: Any) -> Any:
    settings = SETTINGS.model_copy(update=changes)
    return train_kto(
        loaded(), THUMBS, settings, seed=11, work=tmp_path / "work", adapter=tmp_path / "adapter"
    )  # fmt: skip


def test_equals_trl(tmp_path: Path) -> None:
    summary = train(tmp_path)
    rows = [json.loads(item.to_json()) for item in THUMBS]  # the wire form is TRL's
    arguments = KTOConfig(
        output_dir=str(tmp_path / "plain"), learning_rate=1e-2, beta=0.1, num_train_epochs=2, desirable_weight=2.0,
        per_device_train_batch_size=3, max_length=512, seed=11, data_seed=11, use_cpu=True, bf16=False,
        logging_steps=1, report_to=[], save_strategy="no", disable_tqdm=True, gradient_checkpointing=False,
    )  # fmt: skip
    plain = KTOTrainer(
        tiny_model(),
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
    assert (summary.method, summary.thumbs, summary.comparisons, summary.steps) == ("kto", 6, 0, 4)
    assert summary.curve[0].accuracy is None
    assert summary.curve[0].kl is not None


def test_the_first_loss_is_half_the_weights_and_the_reference_is_the_start(tmp_path: Path) -> None:
    prepared = prepare_kto(loaded(), THUMBS, SETTINGS, seed=11, checkpoints=tmp_path)
    assert [check.passed for check in prepared.checks] == [True] * 5
    trainer = prepared.trainer
    batch = trainer.data_collator([trainer.train_dataset[i] for i in range(3)])
    # one of three is liked, at weight 4 / 2; the others at 1
    assert float(trainer.compute_loss(trainer.model, dict(batch))) == pytest.approx((2 + 1 + 1) / 3 / 2, abs=1e-4)


def test_a_reference_that_is_another_model_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tiny_model(seed=9)
    monkeypatch.setattr(kto, "answer_logps", lambda _, *given: answer_logps(other, *given))
    with pytest.raises(UserError, match="reference is the start"):
        train(tmp_path)
    assert not (tmp_path / "adapter").exists()


def test_weights_that_are_not_those_of_the_formula_are_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = KTOConfig

    def config(**given: Any) -> KTOConfig:
        return real(**{**given, "desirable_weight": 1.0})

    monkeypatch.setattr("trl.KTOConfig", config)
    monkeypatch.setattr(preflight, "LOSS_TOLERANCE", {"fp32": 1e-4})
    with pytest.raises(UserError, match="half the weights"):
        train(tmp_path)


def test_weights_balance_the_classes() -> None:
    liked, disliked = kto.weights(THUMBS)
    assert (liked, disliked) == (2.0, 1.0)
    assert liked * 2 == disliked * 4  # eq. 8's lower end
    turned = [row.model_copy(update={"label": not row.label}) for row in THUMBS]
    assert kto.weights(turned) == (1.0, 2.0)


def test_the_order_is_seeded_and_nobody_is_alone_in_a_batch() -> None:
    order, left = pair_off(THUMBS, 3, 1)
    assert left == []
    assert Counter(row.id for row in order) == Counter(row.id for row in THUMBS)
    assert [row.id for row in order] == [row.id for row in pair_off(THUMBS, 3, 1)[0]]
    assert len({tuple(row.id for row in pair_off(THUMBS, 3, seed)[0]) for seed in range(8)}) > 1
    order, (alone,) = pair_off(THUMBS, 5, 1)
    assert len(order) == 5
    assert "alone" in alone.reason
    assert {alone.row} | {row.id for row in order} == {row.id for row in THUMBS}
    assert not next(row for row in THUMBS if row.id == alone.row).label  # of the larger class


@pytest.mark.parametrize("label", [True, False])
def test_one_label_alone_is_refused(label: bool) -> None:
    same = [row for row in THUMBS if row.label == label]
    with pytest.raises(UserError, match="All are " + ("up" if label else "down")):
        pair_off(same, 2, 0)
