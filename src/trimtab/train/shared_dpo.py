"""TRL's DPOTrainer with each prompt computed once.

Only the forward pass is another: TRL asks the model for per-token log-probabilities of padded rows (its fused LM head),
and here the rows are laid out as a forest first, so that tokens shared by rows (a pair's prompt, the system prompt of
the batch) are computed once and padding not at all. What TRL makes of the log-probabilities (every loss type, weights,
smoothing, metrics) is TRL's own code.
"""

import functools
import types
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel
from trl import DPOTrainer
from trl.trainer.utils import FusedCausalLMOutput

from ..sharing import Forest, forest_attention, lay_out, predictions, unwrapped
from .rehearsal import Rehearsal


class SharedPrefixDPOTrainer(DPOTrainer):  # type: ignore[misc]
    """DPOTrainer over forests while `shares` is true, which is TRL's own while it is false; with `rehearsal`, if set.

    Ask `trimtab.sharing.why_not` first whether the model can.
    """

    def __init__(self, *args: Any, shares: bool = True, **kwargs: Any) -> None:
        self.shares = shares
        self.rehearsal: Rehearsal | None = None
        self._batches = (0, 0)  # the step, and its batches so far
        self._hooked = False
        super().__init__(*args, **kwargs)
        self._hook()

    def training_step(self, *args: Any, **kwargs: Any) -> Tensor:
        """One step; the backward pass stands inside too, because gradient checkpointing runs the forward again."""
        with forest_attention(unwrapped(self.model)) if self.shares else nullcontext():
            loss: Tensor = super().training_step(*args, **kwargs)
        return loss

    def compute_loss(self, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """TRL's loss, and the weighted divergence on the rehearsed texts if there are any."""
        found = super().compute_loss(model, inputs, *args, **kwargs)
        if self.rehearsal is None or not self.model.training:
            return found
        with self.accelerator.autocast():
            kl = self.rehearsal.divergence(
                self.accelerator.unwrap_model(model),
                self._batch(),
                shares=self.shares,
                processes=self.accelerator.num_processes,
            )
        self._metrics["train"]["rehearsal_kl"].append(float(self.accelerator.reduce(kl.detach(), "mean")))
        loss, *others = found if isinstance(found, tuple) else (found,)
        loss = loss + self.rehearsal.weight * kl
        return (loss, *others) if others else loss

    def _batch(self) -> int:
        """The number of this batch among all of the training; a resumed one goes on where the checkpoint was."""
        step = self.state.global_step
        past = self._batches[1] if self._batches[0] == step else 0
        self._batches = (step, past + 1)
        batch = step * self.args.gradient_accumulation_steps + past
        return int(batch * self.accelerator.num_processes + self.accelerator.process_index)

    def _precompute_ref_logps(self, *args: Any, **kwargs: Any) -> Any:
        self._hook()  # TRL calls this in its constructor
        return super()._precompute_ref_logps(*args, **kwargs)

    def _hook(self) -> None:
        """Once: lets policy and reference answer TRL's fused calls by way of a forest."""
        if not self._hooked:
            self._hooked = True
            # accelerate puts mixed precision around the policy when training begins, so around what is hooked here;
            # around the reference it did so in the constructor, and what is hooked comes outside of it
            for model, precision in ((self.model, nullcontext), (self.ref_model, self.accelerator.autocast)):
                if model is not None:
                    inner = unwrapped(self.accelerator.unwrap_model(model))
                    _share_prefixes(inner, lambda: self.shares, precision)


def _share_prefixes(
    model: PreTrainedModel, shares: Callable[[], bool], precision: Callable[[], AbstractContextManager[Any]]
) -> None:
    """Makes the model answer TRL's fused calls by way of a forest, in a `precision`, while `shares()`."""
    padded = model.forward

    @functools.wraps(type(model).forward)
    def forward(self: PreTrainedModel, *args: Any, fused_lm_head: bool = False, **kwargs: Any) -> Any:
        if not fused_lm_head or not shares():
            return padded(*args, fused_lm_head=fused_lm_head, **kwargs)
        sequences, starts = rows_of(**{name: value for name, value in kwargs.items() if value is not None})
        forest = lay_out(sequences, starts)
        with forest_attention(self), precision():
            found = predictions(self, forest, details=True)
        return _as_padded(found, forest, starts, kwargs["labels"])

    model.forward = types.MethodType(forward, model)


def rows_of(
    input_ids: Tensor, attention_mask: Tensor, labels: Tensor, **others: Any
) -> tuple[list[list[int]], list[int]]:
    """Each row's tokens, and where its scored part begins.

    Raises ValueError where a forest cannot stand for the call.
    """
    unknown = sorted(set(others) - {"use_cache", "return_dict"})
    if unknown:
        raise ValueError(f"prefix sharing knows no {', '.join(unknown)}; take the plain path")
    sequences, starts = [], []
    for ids, seen, wanted in zip(input_ids.tolist(), attention_mask.tolist(), labels.tolist(), strict=True):
        length = sum(seen)
        scored = [column for column, label in enumerate(wanted) if label != -100]
        start = scored[0] if scored else length
        if seen[:length] != [1] * length or scored != list(range(start, length)):
            raise ValueError("prefix sharing needs rows padded on the right and scored to their end")
        sequences.append(ids[:length])
        starts.append(max(1, start))
    return sequences, starts


def _as_padded(found: Any, forest: Forest, starts: list[int], labels: Tensor) -> FusedCausalLMOutput:
    """The predictions in the shape that TRL expects, (rows, columns - 1), zero where nothing is scored."""
    rows, columns = labels.shape[0], labels.shape[1] - 1
    device = found.logps.device
    places = torch.cat(
        [
            torch.arange(len(which)) + row * columns + start - 1
            for row, (which, start) in enumerate(zip(forest.predictions, starts, strict=True))
        ]
    ).to(device)
    which = torch.cat([torch.from_numpy(part) for part in forest.predictions]).to(device)

    def padded(values: Tensor) -> Tensor:
        return values.new_zeros(rows * columns).index_put((places,), values[which]).view(rows, columns)

    return FusedCausalLMOutput(
        log_probs=padded(found.logps),
        entropy=padded(found.entropy),
        log_sum_sq_probs=padded(found.log_sum_squares),
        mean_logits=padded(found.mean_logits),
        is_top1=padded(found.top),
        label_mask=labels[:, 1:] != -100,
    )
