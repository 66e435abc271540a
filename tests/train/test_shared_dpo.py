"""The shared-prefix trainer gives TRL's loss, gradients and metrics, for every loss type and option it knows."""

from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset
from peft import LoraConfig
from trl import DPOConfig, DPOTrainer

from tiny import tiny_model, tiny_tokenizer
from trimtab.train import prefix_sharing, shared_dpo
from trimtab.train.prefix_sharing import Rows, rows_of
from trimtab.train.shared_dpo import SharedPrefixDPOTrainer

ROWS = [
    ("hello you", "it's fun !", "the one and the two and the red ."),
    ("tell me about tea", "tea is great .", "furthermore ensure the plan ."),
    ("why rain", "sun !", "rain is a house of rain and rain ."),
    ("what now", "let's go !", "let's go now ."),  # answers that begin alike
]
LOSSES = [
    "sigmoid", "hinge", "ipo", "exo_pair", "nca_pair", "robust", "bco_pair", "sppo_hard", "aot", "aot_unpaired",
    "apo_zero", "apo_down", "discopop", "sft", "sigmoid_norm",
]  # fmt: skip
OPTIONS: dict[str, dict[str, Any]] = {
    **{loss: {"loss_type": [loss]} for loss in LOSSES},
    "robust, smoothed": {"loss_type": ["robust"], "label_smoothing": 0.1},
    "mixed": {"loss_type": ["sigmoid", "sft"], "loss_weights": [1.0, 0.3]},
    "length-desensitised": {"ld_alpha": 0.5},
    "weighted": {"use_weighting": True},
    "forward KL": {"f_divergence_type": "forward_kl"},
    "precomputed reference": {"precompute_ref_log_probs": True},
    "no checkpointing": {"gradient_checkpointing": False},
    "cut at the end": {"max_length": 9},
    "cut at the start": {"max_length": 9, "truncation_mode": "keep_end"},
}


def rows(order: list[int]) -> Dataset:
    said = [
        {
            "prompt": [{"role": "user", "content": prompt}],
            "chosen": [{"role": "assistant", "content": chosen}],
            "rejected": [{"role": "assistant", "content": rejected}],
        }
        for prompt, chosen, rejected in ROWS
    ]
    return Dataset.from_list([said[i] for i in order])


def step(kind: type, folder: Path, *, lora: bool = True, architecture: str = "llama", **options: Any) -> Any:
    """Loss, gradients and metrics of one training step from an adapter that is not zero."""
    settings = {"max_length": 64, "gradient_checkpointing": True, "label_smoothing": 0.0, "bf16": False, **options}
    if "exo_pair" in settings.get("loss_type", []):
        settings["label_smoothing"] = 1e-3
    order = settings.pop("order", [0, 1, 2, 3])
    arguments = DPOConfig(output_dir=str(folder), per_device_train_batch_size=4, use_cpu=True, report_to=[], **settings)
    torch.manual_seed(0)
    trainer = kind(
        tiny_model(architecture),
        ref_model=None if lora else tiny_model(architecture, seed=3),
        args=arguments,
        train_dataset=rows(order),
        processing_class=tiny_tokenizer(),
        peft_config=LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False)
        if lora
        else None,
    )
    batch = trainer.data_collator([trainer.train_dataset[i] for i in range(4)])
    trainer.model.train()
    trainer.current_gradient_accumulation_steps = 1
    with trainer.accelerator.autocast():  # which `train` would put around the policy
        loss = float(trainer.training_step(trainer.model, batch))
    gradients = {name: p.grad for name, p in trainer.model.named_parameters() if p.grad is not None}
    return loss, gradients, {name: values[-1] for name, values in trainer._metrics["train"].items()}


def assert_same(ours: Any, theirs: Any) -> None:
    assert ours[0] == pytest.approx(theirs[0], rel=1e-5, abs=1e-6)
    assert ours[1].keys() == theirs[1].keys()
    assert len(ours[1]) > 5
    assert max(float(gradient.abs().max()) for gradient in theirs[1].values()) > 1e-6
    for name, gradient in theirs[1].items():
        assert float((ours[1][name] - gradient).norm()) <= 1e-4 * float(gradient.norm()) + 1e-9, name
    assert ours[2] == pytest.approx(theirs[2], rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("option", OPTIONS)
def test_equals_trl_with_lora(option: str, tmp_path: Path) -> None:
    ours, theirs = (step(kind, tmp_path, **OPTIONS[option]) for kind in (SharedPrefixDPOTrainer, DPOTrainer))
    assert_same(ours, theirs)


@pytest.mark.parametrize("architecture", ["llama", "gpt_neox", "gpt2", "mistral"])
def test_equals_trl_with_full_fine_tuning(architecture: str, tmp_path: Path) -> None:
    """Tied and untied output layers, trained; a reference model of its own; a window shorter than the rows."""
    kinds = (SharedPrefixDPOTrainer, DPOTrainer)
    assert_same(*(step(kind, tmp_path, lora=False, architecture=architecture) for kind in kinds))


@pytest.mark.parametrize("architecture", ["llama", "gpt_neox", "qwen2"])
def test_in_bf16_it_is_as_near_to_fp32_as_trl_is(architecture: str, tmp_path: Path) -> None:
    exact = step(DPOTrainer, tmp_path, architecture=architecture)
    theirs, ours = (
        step(kind, tmp_path, architecture=architecture, bf16=True) for kind in (DPOTrainer, SharedPrefixDPOTrainer)
    )
    assert theirs[0] != exact[0]
    assert ours[0] == pytest.approx(exact[0], rel=2e-2)
    off, allowed = (_distance(found[1], exact[1]) for found in (ours, theirs))
    assert 1e-3 < off < 1.5 * allowed


def _distance(gradients: dict[str, torch.Tensor], exact: dict[str, torch.Tensor]) -> float:
    """Of all gradients, relative to the norm of the exact ones."""
    apart = torch.stack([(gradients[name] - exact[name]).norm() for name in exact]).norm()
    return float(apart / torch.stack([gradient.norm() for gradient in exact.values()]).norm())


def test_the_order_of_a_batch_changes_nothing(tmp_path: Path) -> None:
    there = step(SharedPrefixDPOTrainer, tmp_path)
    back = step(SharedPrefixDPOTrainer, tmp_path, order=[2, 0, 3, 1])
    assert_same(back, there)


def test_a_step_computes_fewer_tokens_than_its_rows_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    real = prefix_sharing.lay_out
    monkeypatch.setattr(
        prefix_sharing,
        "lay_out",
        lambda sequences, starts: (
            seen.append(sum(map(len, sequences)) - len(real(sequences, starts))) or real(sequences, starts)
        ),
    )
    step(SharedPrefixDPOTrainer, tmp_path)
    assert len(seen) == 2  # the reference and the policy
    assert min(seen) >= sum(len(prompt.split()) for prompt, _, _ in ROWS)


def test_what_a_forest_cannot_stand_for_is_refused() -> None:
    ids = torch.tensor([[2, 3, 4]])
    whole = torch.ones_like(ids)
    labels = torch.tensor([[-100, 3, 4]])
    assert rows_of(ids, whole, labels, use_cache=False) == Rows([[2, 3, 4]], [1], [1])
    left = rows_of(ids, torch.tensor([[0, 1, 1]]), torch.tensor([[-100, -100, 4]]))
    assert left == Rows([[3, 4]], [1], [2])
    with pytest.raises(ValueError, match="output_router_logits"):
        rows_of(ids, whole, labels, output_router_logits=True)
    with pytest.raises(ValueError, match="padded at their ends"):
        rows_of(ids, torch.tensor([[1, 0, 1]]), labels)
    assert rows_of(ids, whole, torch.tensor([[-100, 3, -100]])) == Rows([[2, 3, 4]], [1], [1])  # a turn not trained
    with pytest.raises(ValueError, match="scored in the padding"):
        rows_of(ids, torch.tensor([[1, 1, 0]]), labels)


@pytest.mark.parametrize("worthwhile", [True, False])
def test_a_batch_that_saves_too_little_takes_trls_own_path(
    worthwhile: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a GPU; gradient checkpointing runs the forward pass again by the same path."""
    laid_out = []
    kept = prefix_sharing.lay_out
    monkeypatch.setattr(prefix_sharing, "lay_out", lambda *given: laid_out.append(1) or kept(*given))
    monkeypatch.setattr(shared_dpo, "batch_pays", lambda *_: worthwhile)
    ours, theirs = (step(kind, tmp_path) for kind in (SharedPrefixDPOTrainer, DPOTrainer))
    assert bool(laid_out) == worthwhile
    assert_same(ours, theirs)
