"""Answers of a model in training to prompts that are only watched, the same random streams at every checkpoint."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...models import Decoding, answer_ids, prompt_ids
from ...records import Prompt
from ..rewards import Rollout

SAMPLES = 2
"""Answers to each watched prompt: their mean is what is compared."""


@dataclass(frozen=True)
class Rollouts:
    """How answers are drawn: `ends` close a turn, `rows` are decoded at once, `seed` names the random streams."""

    ends: frozenset[int]
    rows: int
    seed: int
    max_new_tokens: int


def answers_of(model: Any, tokenizer: Any, prompts: Sequence[Prompt], rollouts: Rollouts) -> list[Rollout]:
    """SAMPLES answers to each prompt, prompt by prompt, at temperature 1."""
    return answers_with_ids(model, tokenizer, prompts, rollouts)[2]


def answers_with_ids(
    model: Any, tokenizer: Any, prompts: Sequence[Prompt], rollouts: Rollouts
) -> tuple[list[list[int]], list[list[int]], list[Rollout]]:
    """The token ids of each answer's prompt and of the answer, and what was said; SAMPLES to each prompt.

    The random streams are the same whenever it is called, so that a difference between two checkpoints is the policy's.
    """
    asked = [prompt_ids(tokenizer, prompt.messages) for prompt in prompts]
    made = answer_ids(
        model,
        asked,
        [f"watch/{prompt.id}/{i}" for prompt in prompts for i in range(SAMPLES)],
        samples=SAMPLES,
        decoding=Decoding(max_new_tokens=rollouts.max_new_tokens, temperature=1.0),
        ends=rollouts.ends,
        seed=rollouts.seed,
        rows=rollouts.rows,
    )
    said = [
        Rollout.of(tokenizer, prompt.messages, tokens, answer, rollouts.ends)
        for prompt, tokens, answers in zip(prompts, asked, made, strict=True)
        for answer in answers
    ]
    return (
        [tokens for tokens in asked for _ in range(SAMPLES)],
        [answer for answers in made for answer in answers],
        said,
    )
