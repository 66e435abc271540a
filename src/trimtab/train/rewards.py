"""Rewards: each term a function from answers to figures, logged apart and added up by weight. RL trains on them, and
monitors watch them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ..errors import UserError
from ..judges import RewardScorer
from ..models import opened_thought, prompt_ids, thought_tokens
from ..models import said as words_said
from ..records import Message, asked_of, split_thought
from ..scorers import Criterion, Opened, Scorer, judge, scorer_of
from ..spec import FEEDBACK, RewardTerm

UNENDED = "unended"
"""The term that takes a penalty off answers cut at the cap."""
EMPTY = 0.0
"""A rubric's marks for an empty answer, which is no answer however concise."""


@dataclass(frozen=True)
class Rollout:
    """An answer to a prompt, and whether it closed its turn before the cap."""

    prompt: tuple[Message, ...]
    text: str
    ended: bool

    @classmethod
    def of(
        cls,
        tokenizer: Any,
        prompt: tuple[Message, ...],
        asked: Sequence[int],
        said: Sequence[int],
        ends: frozenset[int],
    ) -> "Rollout":
        """The answer in the tokens that were said to those of the prompt; `ends` are the ones that close a turn.

        What was thought before it earns nothing, and thought alone is no answer. Read from tokens, because marks of
        thought are special ones in some vocabularies, and templates open a thought in the prompt.
        """
        text = words_said(tokenizer, said, thought_tokens(tokenizer), ends)
        answer = split_thought(text, opened=opened_thought(tokenizer, asked)).answer
        return cls(prompt, answer or "", bool(said) and said[-1] in ends)


class RewardFunction(Protocol):
    """Anything that gives answers figures, such as a reward model."""

    def __call__(self, answers: Sequence[Rollout]) -> list[float]:
        """A figure for each answer."""


@dataclass(frozen=True)
class Term:
    """One term: its name in logs, its weight, and how it judges.

    Of a `scaled` one the figures have no natural unit, and a run makes a `scale` of the start model's own answers.
    """

    name: str
    weight: float
    judge: RewardFunction
    scaled: bool = False
    scale: "Scale | None" = None

    def __call__(self, answers: Sequence[Rollout]) -> list[float]:
        """Its figures, without the weight. Raises UserError where one is not finite: training on it would spoil all."""
        found = self.judge(answers)
        broken = [place for place, value in enumerate(found) if not math.isfinite(value)]
        if broken:
            raise UserError(
                f"The reward {self.name!r} judges {len(found)} answers.",
                f"Of {len(broken)} it gave {found[broken[0]]}, which is no figure; the first is "
                f"{answers[broken[0]].text[:80]!r}.",
                "Mend what judges; a reward model may need fp32 (model.precision), or to be trained again.",
            )
        return found if self.scale is None else self.scale(found)


@dataclass(frozen=True)
class Scale:
    """Makes a figure mean 0 and deviation 1 over the answers that it was taken from."""

    mean: float = 0.0
    deviation: float = 1.0

    @classmethod
    def of(cls, values: Sequence[float]) -> "Scale":
        """The scale of some values; of equal ones the deviation is taken for 1."""
        return cls(float(np.mean(values)), float(np.std(values)) or 1.0)

    def __call__(self, values: Sequence[float]) -> list[float]:
        """The values on this scale."""
        return [(value - self.mean) / self.deviation for value in values]


def rubric_reward(criteria: Sequence[Criterion], opened: Opened | None = None) -> RewardFunction:
    """The rubric's marks, 0 to 1; an answer that no criterion can judge, an empty one above all, earns EMPTY."""

    def marks(answers: Sequence[Rollout]) -> list[float]:
        rows = [(asked_of(said.prompt), said.text) for said in answers if said.text.strip()]
        found = iter(judge(criteria, rows, opened))
        totals = [next(found).total if said.text.strip() else None for said in answers]
        return [EMPTY if total is None else total for total in totals]

    return marks


def scorer_reward(scorer: Scorer) -> RewardFunction:
    """A scorer's values, 0 where it could not judge. A reward model is shown the whole conversation, and loaded now:
    memory laid out alike is a part of what makes a resumed training end in the same bytes."""
    if isinstance(scorer, RewardScorer):
        scorer.load()
        return lambda answers: scorer.rewards([(said.prompt, said.text) for said in answers])

    def values(answers: Sequence[Rollout]) -> list[float]:
        found = scorer([(asked_of(said.prompt), said.text) for said in answers])
        return [score.value if score.value is not None else 0.0 for score in found]

    return values


def reward_function(
    term: RewardTerm, feedback: Sequence[Criterion] | None, opened: Opened | None = None
) -> RewardFunction:
    """How a term judges. `feedback` is the rubric of the run's comparisons; `opened` the scorers that are not offline.

    Raises ValueError where the term names the feedback's rubric and there is none, UserError where a scorer is missing.
    """
    if term.ref is not None:
        return scorer_reward(scorer_of(term.ref, opened or {}))
    if term.rubric == FEEDBACK:
        if feedback is None:
            raise ValueError('a reward names the rubric "feedback", and the comparisons were not made by one')
        return rubric_reward(feedback, opened)
    assert isinstance(term.rubric, tuple)
    return rubric_reward(term.rubric, opened)


def unended(penalty: float) -> Term:
    """The penalty of answers that were cut at the cap, as a term of its own."""
    return Term(UNENDED, penalty, lambda answers: [0.0 if said.ended else -1.0 for said in answers])


def total(terms: Sequence[Term], answers: Sequence[Rollout]) -> tuple[list[float], dict[str, list[float]]]:
    """The weighted sum of the terms for each answer, and each term's own figures."""
    parts = {term.name: term(answers) for term in terms}
    weights = {term.name: term.weight for term in terms}
    sums = [sum(weights[name] * values[i] for name, values in parts.items()) for i in range(len(answers))]
    return sums, parts


def as_reward_function(term: Term, tokenizer: Any, ends: frozenset[int]) -> Callable[..., list[float]]:
    """The term in the form that TRL's trainers call."""

    def reward(prompts: Sequence[Any], completion_ids: Sequence[Any], **_: Any) -> Any:
        asked = [tuple(Message.model_validate(message) for message in prompt) for prompt in prompts]
        rendered = {prompt: prompt_ids(tokenizer, prompt) for prompt in dict.fromkeys(asked)}
        return term(
            [
                Rollout.of(tokenizer, prompt, rendered[prompt], list(ids), ends)
                for prompt, ids in zip(asked, completion_ids, strict=True)
            ]
        )

    reward.__name__ = term.name
    return reward
