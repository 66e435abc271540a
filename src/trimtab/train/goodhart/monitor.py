"""The Goodhart monitor: at each checkpoint, what the model is rewarded for against what is really wanted.

Goodhart's law: a measure that becomes a target ceases to be a good one. The model answers prompts that it is not
trained on; the reward, or the rubric that judged the feedback (the proxy), and an independent measure (gold) judge the
same answers, beside the KL from the start, length and repetition. Each checkpoint's adapter is kept, so that another
than the last can be taken at the end.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from transformers import TrainerCallback

from ...records import OptimizationPoint, Overoptimization, Prompt, asked_of
from ...scorers import style_scorer
from ...sharing import divergence, unwrapped
from ...store import write_atomic
from ..rewards import Rollout, Term, total
from .answers import SAMPLES, Rollouts, answers_with_ids
from .judgement import Keep, judge_points


@dataclass(frozen=True)
class Watch:
    """What is watched while rows are trained on: the `proxy` that judged them against `gold`, every `every` steps, on
    prompts that no row is about; `rows` answers of at most `max_new_tokens` tokens are decoded at once."""

    prompts: tuple[Prompt, ...]
    proxy: Term
    gold: Term
    every: int
    rows: int
    max_new_tokens: int


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
        shares: bool,
        keep: Keep = "best",
    ) -> None:
        self.points: list[OptimizationPoint] = []
        self._trainer, self._tokenizer, self._prompts = trainer, tokenizer, prompts
        self._terms, self._gold, self._rollouts = terms, gold, rollouts
        self._every, self._work, self._shares, self._keep = every, work, shares, keep

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
        return judge_points(self.points, keep=self._keep)

    def put_back(self, found: Overoptimization, adapter: Path) -> None:
        """Puts the adapter of the checkpoint to keep in the place of the last one's."""
        if found.kept_step != self._trainer.state.global_step:
            shutil.copy2(self.adapter(found.kept_step) / "adapter_model.safetensors", adapter)

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
            shares=self._shares,
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


def _by_prompt(values: Sequence[float]) -> list[float]:
    return [float(mean) for mean in np.reshape(values, (-1, SAMPLES)).mean(1)]


def _style(name: str, said: Sequence[Rollout]) -> float:
    values = [style_scorer(name).judge(asked_of(answer.prompt), answer.text) for answer in said]
    return float(np.mean([value or 0.0 for value in values]))
