"""The Goodhart monitor: at each checkpoint, what the policy is rewarded for against what is really wanted.

Goodhart's law: a measure that becomes a target ceases to be a good one. The policy answers prompts that it is not
trained on; the reward (the proxy) and an independent measure (gold) judge the same answers, beside the KL from the
start, length and repetition. Each checkpoint's adapter is kept, so that the best by gold can be taken at the end.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from transformers import TrainerCallback

from ...models import Decoding, answer_ids, prompt_ids
from ...records import OptimizationPoint, Overoptimization, Prompt
from ...scorers import style_scorer
from ...sharing import divergence, unwrapped
from ...store import write_atomic
from .overoptimization import judge_points
from .rewards import Rollout, Term, total
from .rollouts import Rollouts

SAMPLES = 2
"""Answers to each watched prompt: their mean is what is compared."""


class GoodhartMonitor(TrainerCallback):  # type: ignore[misc]
    """Watches a trainer's policy every `every` steps; `work` keeps points and adapters.

    Add it before `CheckpointCallback`.
    """

    def __init__(
        self,
        trainer: Any,
        tokenizer: Any,
        prompts: Sequence[Prompt],
        terms: Sequence[Term],
        gold: Term,
        rollouts: Rollouts,
        *,
        every: int,
        work: Path,
    ) -> None:
        self.points: list[OptimizationPoint] = []
        self._trainer, self._tokenizer, self._prompts = trainer, tokenizer, prompts
        self._terms, self._gold, self._rollouts = terms, gold, rollouts
        self._every, self._work = every, work

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step == 0:
            self._take(0)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step % self._every == 0 or state.global_step == state.max_steps:
            self._take(state.global_step)

    def resume(self, step: int) -> None:
        """Takes up the points until a checkpoint's step, and forgets what was seen after it."""
        path = self._work / "points.jsonl"
        lines = path.read_bytes().splitlines() if path.is_file() else []
        self.points = [point for point in map(OptimizationPoint.from_json, lines) if point.step <= step]

    def judged(self) -> Overoptimization:
        """What the points say together."""
        return judge_points(self.points)

    def adapter(self, step: int) -> Path:
        """The folder of the adapter at a step."""
        return self._work / "adapters" / f"step-{step:05d}"

    def _take(self, step: int) -> None:
        if any(point.step == step for point in self.points):
            return
        model = self._trainer.accelerator.unwrap_model(self._trainer.model)
        training = model.training
        model.eval()
        try:
            self.points.append(self._point(step, model))
        finally:
            model.train(training)
        folder = self.adapter(step)
        shutil.rmtree(folder, ignore_errors=True)
        model.save_pretrained(folder)
        write_atomic(self._work / "points.jsonl", "".join(point.to_json() + "\n" for point in self.points))

    def _point(self, step: int, model: Any) -> OptimizationPoint:
        asked, ids, said = answers_with_ids(model, self._tokenizer, self._prompts, self._rollouts)
        proxy, parts = total(self._terms, said)
        inner = unwrapped(model)
        apart = divergence(
            inner,
            inner,
            asked,
            ids,
            shares=self._trainer.shares,
            start_in=model.disable_adapter,
        )
        proxy_values, gold_values = _by_prompt(proxy), _by_prompt(self._gold(said))
        return OptimizationPoint(
            step=step,
            proxy=float(np.mean(proxy_values)),
            gold=float(np.mean(gold_values)),
            kl=float(np.mean([kl * len(answer) for kl, answer in zip(apart, ids, strict=True)])),
            words=_style("words", said),
            repetition=_style("repetition", said),
            ended=float(np.mean([answer.ended for answer in said])),
            rewards={name: float(np.mean(values)) for name, values in parts.items()},
            proxy_values=tuple(proxy_values),
            gold_values=tuple(gold_values),
        )


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
        Rollout(prompt.messages, tokenizer.decode(answer, skip_special_tokens=True), answer[-1] in rollouts.ends)
        for prompt, answers in zip(prompts, made, strict=True)
        for answer in answers
    ]
    return (
        [tokens for tokens in asked for _ in range(SAMPLES)],
        [answer for answers in made for answer in answers],
        said,
    )


def _by_prompt(values: Sequence[float]) -> list[float]:
    return [float(mean) for mean in np.reshape(values, (-1, SAMPLES)).mean(1)]


def _style(name: str, said: Sequence[Rollout]) -> float:
    values = [style_scorer(name).judge(answer.prompt[-1].content, answer.text) for answer in said]
    return float(np.mean([value or 0.0 for value in values]))
