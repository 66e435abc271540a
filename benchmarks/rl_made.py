"""What `rl.py` and `gpu_measures.py` take steps of: on-policy trainers of TRL's and trimtab's, alike but for the way.

A trainer stands as its own `train` would have it (model and optimizer prepared by accelerate) and takes one step at a
time, so that two of them can take turns.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from common import DEVICE, timed

import torch
from datasets import Dataset
from peft import LoraConfig
from torch import Tensor
from transformers import PrinterCallback
from trl import GRPOConfig, GRPOTrainer, RLOOConfig, RLOOTrainer

from trimtab.spec import PPOSpec
from trimtab.train.rl.ppo import PPOTrainer
from trimtab.train.rl.rollouts import Rollouts, SharedGRPOTrainer, SharedRLOOTrainer

BETA = 0.05
PARTS = ("sampling", "log-probabilities", "policy's pass", "backward", "optimizer", "the rest")
Answers = list[list[int]]


class PlainPPOTrainer(PPOTrainer):
    """PPO without what trimtab adds: answers by `generate`, log-probabilities of padded rows, nothing shared."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, shares=False, **kwargs)

    def _reads_once(self) -> bool:
        return False

    def _generate_single_turn(self, *args: Any, **kwargs: Any) -> Any:
        return GRPOTrainer._generate_single_turn(self, *args, **kwargs)


KINDS: dict[str, dict[str, type]] = {
    "rloo": {"TRL": RLOOTrainer, "trimtab": SharedRLOOTrainer},
    "grpo": {"TRL": GRPOTrainer, "trimtab": SharedGRPOTrainer},
    "ppo": {"plain": PlainPPOTrainer, "trimtab": PPOTrainer},
}
"""By algorithm: its peer, then trimtab's."""


def make(
    algorithm: str, which: str, model: Any, tokens: Any, prompts: Sequence[Any], precision: str, *,
    at_once: int, answers: int, most: int, ends: frozenset[int], **changes: Any,
) -> Any:  # fmt: skip
    """A trainer on conversational `prompts`: `answers` of at most `most` tokens to each of `at_once`, rewarded by
    `different_words`, with LoRA on all linear layers. `changes` go to its configuration."""
    settings: dict[str, Any] = {
        "output_dir": tempfile.mkdtemp(), "per_device_train_batch_size": at_once * answers, "num_generations": answers,
        "max_completion_length": most, "beta": BETA, "bf16": precision == "bf16", "use_cpu": DEVICE.type == "cpu",
        "gradient_checkpointing": False, "save_strategy": "no", "disable_tqdm": True, "temperature": 1.0,
        "learning_rate": 1e-5, "logging_steps": 1, "report_to": [], "steps_per_generation": 1, **changes,
    }  # fmt: skip
    kind = KINDS[algorithm][which]
    config = RLOOConfig(**settings) if algorithm == "rloo" else GRPOConfig(**settings, loss_type="grpo")
    own: dict[str, Any] = {"ppo": PPOSpec()} if algorithm == "ppo" else {}
    if which != "TRL":
        own["rollouts"] = Rollouts(ends, at_once * answers, 0, most)
    trainer = kind(
        model, reward_funcs=[different_words], args=config, processing_class=tokens,
        train_dataset=Dataset.from_list([{"prompt": prompt} for prompt in prompts]),
        peft_config=LoraConfig(
            r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False
        ),
        **own,
    )  # fmt: skip
    trainer.remove_callback(PrinterCallback)
    for parameter in _outer(trainer):
        parameter.data *= 0.02  # an adapter that has been trained a little: policy and reference are apart
    return trainer


def different_words(completions: Any, **_: Any) -> list[float]:
    """The share of different words: any function will do, its cost is nil."""
    texts = [said[0]["content"] for said in completions]
    return [len(set(text.split())) / max(1, len(text.split())) for text in texts]


def stand(trainer: Any) -> Any:
    """The trainer as it is before the first step of its own `train`."""
    trainer.current_gradient_accumulation_steps = 1
    trainer.create_optimizer()
    trainer.model_wrapped, trainer.optimizer = trainer.accelerator.prepare(trainer.model, trainer.optimizer)
    return trainer


def rows_of(trainer: Any, prompts: Sequence[Any]) -> list[dict[str, Any]]:
    """The prompts as the trainer's loader gives them: each once for every answer."""
    return [{"prompt": prompt} for prompt in prompts for _ in range(trainer.num_generations)]


def step(trainer: Any, prompts: Sequence[Any], clock: Callable[[], float]) -> dict[str, float]:
    """Seconds of a whole step (answers, rewards, log-probabilities, backward, optimizer) and of its parts, and the
    tokens of its answers."""
    rows = rows_of(trainer, prompts)
    with _watched(trainer, clock) as (spent, said):
        whole, _ = timed(lambda: _whole(trainer, rows, spent, clock), clock)
    trainer.state.global_step += 1
    spent["the rest"] = whole - sum(spent.values())
    return {"whole": whole, **spent, "tokens": sum(map(len, said))}


def _whole(
    trainer: Any, rows: list[dict[str, Any]], spent: dict[str, float], clock: Callable[[], float]
) -> None:  # fmt: skip
    trainer.training_step(trainer.model_wrapped, rows, None)

    def update() -> None:
        trainer.accelerator.clip_grad_norm_(trainer.model.parameters(), trainer.args.max_grad_norm)
        trainer.optimizer.step()
        trainer.model.zero_grad()

    spent["optimizer"] += timed(update, clock)[0]


@contextmanager
def _watched(trainer: Any, clock: Callable[[], float]) -> Iterator[tuple[dict[str, float], Answers]]:
    """Inside it the trainer's own methods keep their seconds, by part, and the answers they draw."""
    spent = dict.fromkeys(PARTS[:-1], 0.0)
    said: Answers = []

    def through(work: Callable[..., Any], part: str | None) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            seconds, found = timed(lambda: work(*args, **kwargs), clock)
            spent[part or ("policy's pass" if torch.is_grad_enabled() else "log-probabilities")] += seconds
            if part == "sampling":
                said.extend(found[0] if isinstance(found, tuple) else found)
            return found

        return call

    watched = (
        (trainer, "_generate_single_turn", "sampling"),
        (trainer, "_get_per_token_logps_and_entropies", None),
        (trainer.accelerator, "backward", "backward"),
    )
    for owner, name, part in watched:
        setattr(owner, name, through(getattr(owner, name), part))
    try:
        yield spent, said
    finally:
        for owner, name, _part in watched:
            delattr(owner, name)  # the class's own is behind it


def fed(trainer: Any, prompts: Sequence[Any], answers: Answers, beta: float = BETA) -> list[tuple[float, Tensor]]:
    """Loss and gradient of two steps on the same answers: as they were drawn, and after the policy has moved.

    At the first step policy and old policy are one, and the loss of RLOO and GRPO is zero whatever was computed; the
    second knows them apart. The trainer is left as it was, but for PPO's value function.
    """
    pair = isinstance(trainer, GRPOTrainer)
    trainer._generate_single_turn = lambda *_args, **_kwargs: (answers, None) if pair else answers
    trainer.num_iterations, trainer.beta = 2, beta
    found = []
    kept = [parameter.data.clone() for parameter in _outer(trainer)]
    try:
        for _ in range(2):
            torch.manual_seed(0)  # TRL shuffles the rows of a sample
            loss = float(trainer.training_step(trainer.model_wrapped, rows_of(trainer, prompts), None))
            found.append((loss, _gradient(trainer)))
            for parameter in _outer(trainer):
                parameter.data *= 1.1
    finally:
        for parameter, before in zip(_outer(trainer), kept, strict=True):
            parameter.data = before
        trainer.num_iterations, trainer._step, trainer._buffered_inputs, trainer.beta = 1, 0, None, BETA
        del trainer._generate_single_turn
    return found


def _gradient(trainer: Any) -> Tensor:
    """Every adapter's gradient as one, which it then forgets."""
    found = torch.cat([p.grad.flatten().float() for p in trainer.model.parameters() if p.grad is not None])
    trainer.model.zero_grad()
    return found


def _outer(trainer: Any) -> list[Tensor]:
    return [parameter for name, parameter in trainer.model.named_parameters() if "lora_B" in name]
