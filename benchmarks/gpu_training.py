"""The proofs of `gpu.py` about training: trainers over forests beside TRL's own, rehearsal, resuming."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from common import DEVICE

import torch
from datasets import Dataset
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file
from torch import Tensor
from transformers import TrainerCallback
from trl import DPOConfig, DPOTrainer, RewardConfig, RewardTrainer

import gpu_made as made
from gpu_made import Scale, by
from gpu_tables import Proof, relative, rounded
from trimtab.models import LoadedModel, ModelRef
from trimtab.sharing import RewardScorer, divergence, why_not
from trimtab.spec import LoraSpec, TrainingSpec
from trimtab.train import train_dpo
from trimtab.train.rehearsal import Rehearsal
from trimtab.train.reward.shared import RankingRewardTrainer, SharedPrefixRewardTrainer
from trimtab.train.shared_dpo import SharedPrefixDPOTrainer

LORA = {"r": 8, "target_modules": "all-linear", "init_lora_weights": False}


class _Kept(TrainerCallback):  # type: ignore[misc]
    """The gradients and the loss of the first step."""

    gradient: Tensor

    def on_pre_optimizer_step(self, *_: Any, model: Any, **__: Any) -> None:
        self.gradient = torch.cat([p.grad.flatten().float() for p in model.parameters() if p.grad is not None])


def first_step(
    kind: type, config: type, model: Any, rows: Any, precision: str, task: str, *,
    batch_size: int | None = None, configured: Mapping[str, Any] = MappingProxyType({}), **options: Any,
) -> Any:  # fmt: skip
    """Loss and gradients of a trainer's first step, as its own `train` takes it, with an adapter that is not zero.

    `batch_size` is this process's share of the rows (all), `configured` goes to its configuration.
    """
    vocabulary = model.config.vocab_size
    folder = tempfile.mkdtemp()
    extra = {"modules_to_save": ["score"]} if task == "SEQ_CLS" else {}
    settings = {"max_steps": 1, "gradient_checkpointing": False, "max_length": 4096, "logging_steps": 1, "seed": 3}
    arguments = config(
        output_dir=folder, bf16=precision == "bf16", use_cpu=DEVICE.type == "cpu", report_to=[], save_strategy="no",
        disable_tqdm=True, per_device_train_batch_size=batch_size or len(rows), max_grad_norm=1e9, **settings,
        **configured,
    )  # fmt: skip
    kept = _Kept()
    torch.manual_seed(2)
    trainer = kind(
        model, args=arguments, train_dataset=Dataset.from_list(rows), callbacks=[kept],
        processing_class=made.tokenizer(vocabulary), peft_config=LoraConfig(task_type=task, **LORA, **extra), **options,
    )  # fmt: skip
    with torch.no_grad():
        for name, parameter in trainer.model.named_parameters():
            if "lora_B" in name:
                parameter.mul_(0.1)
    trainer.train()
    loss = next(row["loss"] for row in trainer.state.log_history if "loss" in row)
    return torch.tensor([loss]), kept.gradient


def _steps(what: str, scale: Scale, ways: list[tuple[str, Callable[[str], Any]]], plain: Callable[[str], Any]) -> Any:
    exact = plain("fp32")
    for precision in ("fp32", "bf16"):
        theirs = exact if precision == "fp32" else plain(precision)
        for name, work in ways:
            ours = work(precision)
            if precision == "fp32":
                yield relative(f"{what}, loss, {name}", precision, ours[0], theirs[0])
                yield relative(f"{what}, gradients, {name}", precision, ours[1], theirs[1])
            else:
                yield rounded(f"{what}, gradients, {name}", precision, ours[1], theirs[1], exact[1])


def _each_way(scale: Scale, work: Callable[[str], Any]) -> list[tuple[str, Callable[[str], Any]]]:
    def within(way: str) -> Callable[[str], Any]:
        def run(precision: str) -> Any:
            with by(way):
                return work(precision)

        return run

    return [(way, within(way)) for way in scale.ways]


def dpo(scale: Scale) -> Iterator[Proof]:
    """A DPO step with LoRA over a forest against TRL's own trainer."""
    vocabulary = made.shape("small llama", scale)["vocab_size"]
    rows = made.pairs(4, *scale.pick((150, 60), (20, 8)), vocabulary, seed=4)

    def step(kind: type) -> Callable[[str], Any]:
        return lambda precision: first_step(
            kind, DPOConfig, made.model("small llama", scale), rows, precision, "CAUSAL_LM"
        )

    yield from _steps("DPO", scale, _each_way(scale, step(SharedPrefixDPOTrainer)), step(DPOTrainer))


def rewards(scale: Scale) -> Iterator[Proof]:
    """Rewards of K answers, and a reward model's step on pairs and on rankings, over forests."""
    vocabulary = made.shape("small llama", scale)["vocab_size"]
    tokens = made.cached_tokenizer(vocabulary)
    sizes = scale.pick((150, 60), (20, 8))
    prompts, said = made.ids(tokens, made.trees(4, 6, *sizes, vocabulary, seed=6))

    def scored(model: Any, *, shares: bool) -> Tensor:
        scorer = RewardScorer(model, print)
        scorer.shares = shares and scorer.shares
        if shares and not scorer.shares:
            raise RuntimeError(f"no forest: {why_not(model)}")
        return torch.tensor([x for some in scorer(prompts, said) for x in some])

    exact, rough = (made.model("small llama", scale, precision, reward=True) for precision in ("fp32", "bf16"))
    plain, coarse = scored(exact, shares=False), scored(rough, shares=False)
    lifted = scored(made.upcast(made.model("small llama", scale, "bf16", reward=True)), shares=False)
    for way in scale.ways:
        with by(way):
            yield relative(f"rewards of 6 answers, {way}", "fp32", scored(exact, shares=True), plain)
            yield rounded(f"rewards of 6 answers, {way}", "bf16", scored(rough, shares=True), coarse, lifted)
    pairs = [{"chosen_ids": [*p, *a[0]], "rejected_ids": [*p, *a[1]]} for p, a in zip(prompts, said, strict=True)]
    ranked = [{"ranked_ids": [[*p, *a] for a in some]} for p, some in zip(prompts, said, strict=True)]

    def step(kind: type, rows: Any, **options: Any) -> Callable[[str], Any]:
        def run(precision: str) -> Any:
            fresh = made.model("small llama", scale, reward=True)
            return first_step(kind, RewardConfig, fresh, rows, precision, "SEQ_CLS", **options)

        return run

    kind = SharedPrefixRewardTrainer
    yield from _steps("reward model on pairs", scale, _each_way(scale, step(kind, pairs)), step(RewardTrainer, pairs))
    plain_step = step(RankingRewardTrainer, ranked, shares=False)
    shared = _each_way(scale, step(RankingRewardTrainer, ranked))
    yield from _steps("reward model on rankings of 6", scale, shared, plain_step)


def kl(scale: Scale) -> Iterator[Proof]:
    """KL from the start over answers, and rehearsal's value and gradient, by forest and one by one."""
    vocabulary = made.shape("small llama", scale)["vocab_size"]
    tokens = made.cached_tokenizer(vocabulary)
    prompts, said = made.ids(tokens, made.trees(6, 1, *scale.pick((80, 40), (12, 6)), vocabulary, seed=9))
    answers = [some[0] for some in said]
    policy, start = made.model("small llama", scale), made.model("small llama", scale, seed=1)
    plain = torch.tensor(divergence(policy, start, prompts, answers, shares=False))
    texts = [[*p, *a] for p, a in zip(prompts, answers, strict=True)]
    torch.manual_seed(4)
    adapted = get_peft_model(made.model("small llama", scale), LoraConfig(task_type="CAUSAL_LM", **LORA))

    def rehearsed(*, shares: bool) -> tuple[Tensor, Tensor]:
        adapted.zero_grad(set_to_none=True)
        value = Rehearsal(texts, 1.0, len(texts)).divergence(adapted, 0, shares=shares)
        value.backward()
        return value.detach()[None], torch.cat([p.grad.flatten() for p in adapted.parameters() if p.grad is not None])

    alone = rehearsed(shares=False)
    for way in scale.ways:
        with by(way):
            ours = torch.tensor(divergence(policy, start, prompts, answers, shares=True))
            yield relative(f"KL from the start, {way}", "fp32", ours, plain)
            found = rehearsed(shares=True)
        yield relative(f"rehearsal, value, {way}", "fp32", found[0], alone[0])
        yield relative(f"rehearsal, gradient, {way}", "fp32", found[1], alone[1])


class _Killed(Exception):
    """Stands for a kill."""


def resume(scale: Scale) -> Iterator[Proof]:
    """DPO that is cut off and goes on, against one that is not; two whole ones tell what the card's own order does."""
    vocabulary = made.shape("small llama", scale)["vocab_size"]
    items = made.comparisons(made.pairs(12, *scale.pick((80, 40), (12, 6)), vocabulary, seed=10))
    settings = TrainingSpec(
        learning_rate=1e-3, batch_size=2, epochs=1, checkpoint_every=2, probe_prompts=0, rehearsal_weight=1.0,
        lora=LoraSpec(rank=8, alpha=16),
    )  # fmt: skip

    def trained(folder: Path, *, killed: bool = False) -> dict[str, Tensor]:
        def stop(step: int, _of: int, _loss: float) -> None:
            if killed and step == 5:
                raise _Killed

        start = LoadedModel(made.model("small llama", scale), made.tokenizer(vocabulary), ModelRef("made"), "fp32")
        train_dpo(start, items, settings, seed=5, work=folder / "work", adapter=folder / "adapter", on_step=stop)
        return load_file(folder / "adapter" / "adapter_model.safetensors")

    folder = Path(tempfile.mkdtemp())
    whole, again = trained(folder / "whole"), trained(folder / "again")
    with contextlib.suppress(_Killed):
        trained(folder / "cut", killed=True)
    resumed = trained(folder / "cut")

    def apart(one: dict[str, Tensor], other: dict[str, Tensor]) -> float:
        norm = torch.stack([one[name].norm() for name in one]).norm()
        return float(torch.stack([(one[name] - other[name]).norm() for name in one]).norm() / norm)

    own, off = apart(whole, again), apart(whole, resumed)
    says = f"{off:.1e} of its norm; two uninterrupted ones {own:.1e}"
    yield Proof("resume after a kill, adapter", "fp32", says, "1e-6, or twice theirs", off <= max(1e-6, 2 * own))
