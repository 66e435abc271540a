"""What a training takes in memory, by its settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..methods import METHODS, REWARD_MODEL, Method
from ..models import SHORTENED, STEPPED, TOKENS, Need, Shape, memory_told, rloo_need, step_need
from ..spec import RewardSpec, TrainingSpec

REWARD_STEPPED = STEPPED.replace("training.", "training.reward.")


def training_needs(shape: Shape, settings: TrainingSpec, precision: str, *, cpu: bool = False) -> list[Need]:
    """What each training of a spec takes, in its order: fine-tuning first, a reward model, the method itself; on a
    `cpu` with the copies that it packs of weights."""
    method = METHODS[settings.method]
    needs = [] if settings.first is None else [_step(shape, settings.first_training, precision, cpu)]
    if not method.on_policy:
        return [*needs, _step(shape, settings, precision, cpu)]
    rl = settings.rl
    if settings.trains_a_reward:
        needs.append(reward_need(shape, settings.reward, precision, cpu=cpu))
    judges = len({ref.reward for ref in rl.refs if ref.reward is not None})
    answers, tokens = rl.prompts_per_step * rl.samples_per_prompt, max(TOKENS, 2 * rl.max_new_tokens)
    rank, share = settings.lora.rank, settings.lora.share
    return [*needs, rloo_need(shape, answers, tokens, precision, rank=rank, share=share, judges=judges, cpu=cpu)]


def reward_need(shape: Shape, settings: RewardSpec, precision: str, *, cpu: bool = False) -> Need:
    """What training a reward model on pairs takes; of rankings, each answer is a row."""
    return step_need(
        shape, 2 * settings.batch_size, settings.max_length, precision, rank=settings.lora.rank,
        share=settings.lora.share, halves=REWARD_STEPPED if settings.batch_size > 1 else "training.reward.max_length",
        cpu=cpu,
    )  # fmt: skip


def _step(shape: Shape, settings: TrainingSpec, precision: str, cpu: bool) -> Need:
    sides = 2 if METHODS[settings.method].rows == "comparison" else 1
    return step_need(
        shape, sides * settings.batch_size, settings.max_length, precision, rank=settings.lora.rank,
        share=settings.lora.share, halves=STEPPED if settings.batch_size > 1 else SHORTENED, cpu=cpu,
    )  # fmt: skip


@contextmanager
def training_told(method: Method, model: Any, settings: TrainingSpec, precision: str) -> Iterator[None]:
    """Around a training of this model: where memory runs out, it says what is needed."""
    cpu = model.device.type == "cpu"

    def needed() -> Need | None:
        shape = Shape.of(model.config.to_dict())
        if shape is None:
            return None
        if method is REWARD_MODEL:
            return reward_need(shape, settings.reward, precision, cpu=cpu)
        return training_needs(shape, settings, precision, cpu=cpu)[-1]

    with memory_told(f"Training {method.title}", needed):
        yield
