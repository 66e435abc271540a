"""A worker that also writes what its training's first step did: run as `python -m train.recording_worker JOB`.

Of each trained parameter the gradient, read off Adam's first moment after one step, (1 - beta1) times it, because that
can be read whole under each ZeRO stage; how the model was wrapped; and the rows that each step saw.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback

from trimtab.train import shared_dpo
from trimtab.train.launch import worker

BETA1 = 0.9
HOLD = "RECORDING_HOLDS_AFTER"
"""The environment's variable that names a step after which a worker waits for good, or for its end."""


class Recorder(TrainerCallback):  # type: ignore[misc]
    """Writes `gradients.pt` after the first step, and what each step saw into `rows-RANK.json`."""

    def __init__(self, trainer: Any, work: Path) -> None:
        self.trainer = trainer
        self.work = work
        self.rows: list[str] = []

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if os.environ.get(HOLD) == str(state.global_step):
            time.sleep(600)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        kept = self.work / f"rows-{args.process_index}.json"
        before = json.loads(kept.read_text()) if kept.exists() else {}  # of a training that this one goes on from
        kept.write_text(json.dumps({**before, state.global_step: self.rows}))
        self.rows = []
        if state.global_step != 1:
            return
        model = self.trainer.model_wrapped
        named = {name: p for name, p in self.trainer.model.named_parameters() if p.requires_grad}
        gradients = {name: self._moment(parameter) / (1 - BETA1) for name, parameter in named.items()}
        kind = {
            "wrapper": type(model).__name__,
            "stage": model.zero_optimization_stage() if hasattr(model, "zero_optimization_stage") else 0,
            "pieces": sum(getattr(p, "ds_tensor", None) is not None for p in self.trainer.model.parameters()),
            "whole": sum(p.numel() for p in self.trainer.model.parameters()),
            "shares": self.trainer.shares,
        }
        if state.is_world_process_zero:
            torch.save({"gradients": gradients, "kind": kind}, self.work / "gradients.pt")

    def _moment(self, parameter: torch.nn.Parameter) -> torch.Tensor:
        if self.trainer.is_deepspeed_enabled:
            from deepspeed.utils import safe_get_full_optimizer_state

            return safe_get_full_optimizer_state(parameter, "exp_avg").float().clone()
        optimizer = self.trainer.optimizer
        state = getattr(optimizer, "optimizer", optimizer).state
        return state[parameter]["exp_avg"].float().clone()


class RecordedTrainer(shared_dpo.SharedPrefixDPOTrainer):
    """The trainer, recorded."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.recorder = Recorder(self, Path(self.args.output_dir).parent)
        self.add_callback(self.recorder)

    def training_step(self, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> torch.Tensor:
        seen = zip(inputs["input_ids"], inputs["attention_mask"], strict=True)
        self.recorder.rows += [str(ids[mask.bool()].tolist()) for ids, mask in seen]
        return super().training_step(model, inputs, *args, **kwargs)


if __name__ == "__main__":
    shared_dpo.SharedPrefixDPOTrainer = RecordedTrainer  # type: ignore[misc]
    worker.leave(worker.main(Path(sys.argv[1])))
