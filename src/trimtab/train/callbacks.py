"""What is watched while training runs: progress, finished checkpoints, and probes for degeneration."""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from transformers import TrainerCallback

from ..records import Prompt, TrainingStep, answered
from ..scorers import style_scorer
from ..store import write_atomic
from .launch.ranks import is_first, wait_for_all

COMPLETE = "trimtab-complete.json"
"""Written into a checkpoint last, so that one that a kill cut short is not resumed from. Holds the probes so far."""

PROBE_TOKENS = 64
CHOSEN_FALL = 3.0
"""Nats by which a chosen answer's log-probability may fall below the start's before it is worth a look."""
REPETITION_RISE = 0.05
"""Rise in repeated three-word runs, in share of all, that a reader notices."""

Probe = Callable[[], dict[str, float]]


class CheckpointCallback(TrainerCallback):  # type: ignore[misc]
    """Tells progress after each step, probes the model at each checkpoint, marks checkpoints that are whole."""

    def __init__(self, probe: Probe | None, every: int, on_step: Callable[[int, int, float], None]) -> None:
        self.probes: dict[int, dict[str, float]] = {}
        self._probe = probe
        self._every = every
        self._on_step = on_step

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step == 0:
            self._take(0)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step % self._every == 0 or state.global_step == state.max_steps:
            self._take(state.global_step)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any) -> None:
        if logs is not None and "loss" in logs:
            self._on_step(state.global_step, state.max_steps, float(logs["loss"]))

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        wait_for_all()  # each process writes its own part
        if not is_first():
            return
        write_atomic(folder / COMPLETE, json.dumps({"step": state.global_step, "probes": self.probes}))

    def resume(self, checkpoint: Path) -> None:
        """Takes up the probes of a checkpoint."""
        held = json.loads((checkpoint / COMPLETE).read_text())["probes"]
        self.probes = {int(step): values for step, values in held.items()}

    def _take(self, step: int) -> None:
        if self._probe is not None and step not in self.probes:
            self.probes[step] = self._probe()


def newest_checkpoint(folder: Path) -> Path | None:
    """The last whole checkpoint in a trainer's output folder, or None."""
    whole = [path.parent for path in folder.glob(f"checkpoint-*/{COMPLETE}")]
    return max(whole, key=lambda path: int(path.name.split("-")[1]), default=None)


def resumable(folder: Path) -> Path | None:
    """`newest_checkpoint`; what a kill left half-written after it is removed, as it would be the trainer's newest."""
    newest = newest_checkpoint(folder)
    for other in folder.glob("checkpoint-*"):
        if newest is None or int(other.name.split("-")[1]) > int(newest.name.split("-")[1]):
            shutil.rmtree(other)
    return newest


def make_probe(model: Any, tokenizer: Any, prompts: Sequence[Prompt]) -> Probe:
    """A probe of greedy answers to a few prompts; it draws no random number and leaves the model as it was."""
    from ..models import Decoding, generate

    def probe() -> dict[str, float]:
        training = model.training
        model.eval()
        try:
            decoding = Decoding(max_new_tokens=PROBE_TOKENS)
            batches = list(generate(model, tokenizer, prompts, decoding=decoding, seed=0, rows=len(prompts)))
        finally:
            model.train(training)
        answers = answered([answer for batch in batches for answer in batch])
        asked = {prompt.id: prompt.text for prompt in prompts}
        return {
            "ended": float(np.mean([answer.ended for answer in answers])),
            **{
                name: float(np.mean([style_scorer(name).judge(asked[a.prompt_id], a.text) or 0.0 for a in answers]))
                for name in ("words", "repetition")
            },
        }

    return probe


def curve(history: Sequence[dict[str, Any]], probes: dict[int, dict[str, float]], beta: float) -> list[TrainingStep]:
    """The trainer's log, one record a step, with the probe of the step where there is one."""
    steps = []
    for row in history:
        if "loss" not in row:  # the last row sums up the whole training
            continue
        probe = probes.get(int(row["step"]), {})
        chosen, rejected = row.get("rewards/chosen"), row.get("rewards/rejected")
        steps.append(
            TrainingStep(
                step=int(row["step"]),
                loss=float(row["loss"]),
                accuracy=row.get("rewards/accuracies"),
                margin=row.get("rewards/margins"),
                chosen_logp=None if chosen is None else float(chosen) / beta,
                rejected_logp=None if rejected is None else float(rejected) / beta,
                grad_norm=float(row["grad_norm"]),
                learning_rate=float(row["learning_rate"]),
                rehearsal_kl=row.get("rehearsal_kl"),
                repetition=probe.get("repetition"),
                words=probe.get("words"),
                ended=probe.get("ended"),
                kl=row.get("kl"),
                token_accuracy=row.get("mean_token_accuracy"),
            )
        )
    return steps


def warnings_in(steps: Sequence[TrainingStep], start: dict[str, float] | None) -> list[str]:
    """Warnings in words: chosen answers becoming less likely while the model begins to repeat itself."""
    last = [step.chosen_logp for step in steps[-max(1, len(steps) // 4) :] if step.chosen_logp is not None]
    if not last:
        return []
    fall = -float(np.mean(last))
    said = [step.repetition for step in steps if step.repetition is not None]
    rise = said[-1] - start["repetition"] if said and start else None
    if fall < CHOSEN_FALL or rise is None:
        return []
    if rise >= REPETITION_RISE:
        return [
            f"Chosen answers became {fall:.1f} nats less likely than at the start while repeated three-word runs rose "
            f"by {rise:.0%} of all: the model is pushed away from both sides of the feedback into degenerate text. "
            "Add an SFT term (DPO: training.sft_weight=0.2), lower the learning rate, or raise beta."
        ]
    return [
        f"Chosen answers became {fall:.1f} nats less likely than at the start, as preference training often "
        f"makes them; repetition did not rise with it ({rise:+.1%}), so this alone is no sign of damage."
    ]
