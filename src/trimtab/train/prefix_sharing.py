"""TRL's calls for per-token log-probabilities, answered by way of a forest.

TRL's trainers ask the model for the log-probabilities of padded rows (its fused LM head). Here the rows are laid out as
a forest first, so that tokens shared by rows (a pair's prompt, the samples' prompt, the system prompt of the batch) are
computed once and padding not at all. What TRL makes of the log-probabilities is TRL's own code.
"""

import functools
import types
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel
from trl.trainer.utils import FusedCausalLMOutput

from ..sharing import Forest, forest_attention, lay_out, parameters_of, pays, predictions, quicken


@dataclass(frozen=True)
class Rows:
    """The rows of a call without their padding: tokens, where in them the scored part begins, and that column.

    What is not scored behind it, such as a user's turn within an answer, is left out of what is given back.
    """

    sequences: list[list[int]]
    starts: list[int]
    columns: list[int]


@dataclass
class FusedWithStates(FusedCausalLMOutput):  # type: ignore[misc]
    """TRL's output, and the hidden state that each label is predicted from, shape (rows, columns - 1, d)."""

    states: Tensor | None = None


def share_prefixes(
    model: PreTrainedModel,
    shares: Callable[[], bool],
    precision: Callable[[], AbstractContextManager[Any]],
    *,
    details: Collection[str],
    states: bool = False,
) -> None:
    """Makes the model answer TRL's fused calls by way of a forest, in a `precision`, while `shares()`.

    `details` are those of DETAILS that the trainer asks of the policy; a reference read in training is asked for none.
    With `states` the hidden states are given as well, by either path. Its layers are quickened (`sharing.quicken`).
    """
    quicken(model)
    padded = model.forward

    @functools.wraps(type(model).forward)
    def forward(self: PreTrainedModel, *args: Any, fused_lm_head: bool = False, **kwargs: Any) -> Any:
        if not fused_lm_head:
            return padded(*args, fused_lm_head=False, **kwargs)
        if not shares():
            return (
                _with_states(self, padded, *args, **kwargs) if states else padded(*args, fused_lm_head=True, **kwargs)
            )
        rows = rows_of(**{name: value for name, value in kwargs.items() if value is not None})
        forest = lay_out(rows.sequences, rows.starts)
        with forest_attention(self), precision():
            asked = details if torch.is_grad_enabled() or not self.training else ()
            found = predictions(self, forest, details=asked, states=states)
        return _as_padded(found, forest, rows.columns, kwargs["labels"])

    model.forward = types.MethodType(forward, model)


def rows_of(input_ids: Tensor, attention_mask: Tensor, labels: Tensor, **others: Any) -> Rows:
    """Each row's tokens, and where its scored part begins.

    Raises ValueError where a forest cannot stand for the call.
    """
    unknown = sorted(set(others) - {"use_cache", "return_dict"})
    if unknown:
        raise ValueError(f"prefix sharing knows no {', '.join(unknown)}; take the plain path")
    sequences, starts, columns = [], [], []
    for ids, seen, wanted in zip(input_ids.tolist(), attention_mask.tolist(), labels.tolist(), strict=True):
        first = seen.index(1) if 1 in seen else 0
        end = first + sum(seen)
        scored = [column for column, label in enumerate(wanted) if label != -100]
        begin = scored[0] if scored else end
        if seen[first:end] != [1] * (end - first) or (scored and scored[-1] >= end):
            raise ValueError("prefix sharing needs rows padded at their ends only, and nothing scored in the padding")
        begin = max(first + 1, begin)
        sequences.append(ids[first:end])
        starts.append(begin - first)
        columns.append(begin)
    return Rows(sequences, starts, columns)


def batch_pays(trainer: Any, _model: Any, inputs: dict[str, Any], *_: Any, **__: Any) -> bool:
    """Whether a forest of a training step's batch is the faster path, given the step's arguments.

    Among several processes always: with ZeRO-3 all must take the same one, and each has a batch of its own.
    """
    device = trainer.accelerator.device
    if device.type != "cuda" or trainer.share == "always" or trainer.accelerator.num_processes > 1:
        return True
    if not hasattr(trainer, "_model_size"):
        trainer._model_size = parameters_of(trainer.model)
    return pays(trainer._model_size, seen_of(inputs), device)


def seen_of(inputs: Mapping[str, Tensor]) -> list[list[int]]:
    """A padded batch's rows without their padding."""
    return [
        [token for token, seen in zip(ids, mask, strict=True) if seen]
        for ids, mask in zip(inputs["input_ids"].tolist(), inputs["attention_mask"].tolist(), strict=True)
    ]


def _as_padded(found: Any, forest: Forest, columns: list[int], labels: Tensor) -> FusedWithStates:
    """The predictions in the shape that TRL expects, (rows, columns - 1), zero where nothing is scored."""
    height, width = labels.shape[0], labels.shape[1] - 1
    device = found.logps.device
    places = torch.cat(
        [
            torch.arange(len(which)) + row * width + column - 1
            for row, (which, column) in enumerate(zip(forest.predictions, columns, strict=True))
        ]
    ).to(device)
    which = torch.cat([torch.from_numpy(part) for part in forest.predictions]).to(device)
    wanted = (labels[:, 1:] != -100).reshape(-1)[places]
    places, which = places[wanted], which[wanted]

    def padded(values: Tensor | None) -> Tensor | None:
        if values is None:
            return None
        flat = values.new_zeros(height * width, *values.shape[1:]).index_put((places,), values[which])
        return flat.view(height, width, *values.shape[1:])

    return FusedWithStates(
        log_probs=padded(found.logps),
        entropy=padded(found.entropy),
        log_sum_sq_probs=padded(found.log_sum_squares),
        mean_logits=padded(found.mean_logits),
        is_top1=padded(found.top),
        label_mask=labels[:, 1:] != -100,
        states=padded(found.states),
    )


def _with_states(model: PreTrainedModel, padded: Callable[..., Any], *args: Any, **kwargs: Any) -> FusedWithStates:
    """TRL's own answer, and the backbone's hidden states caught on their way to it."""
    caught: list[Tensor] = []
    hook = model.base_model.register_forward_hook(lambda _module, _given, made: caught.append(made.last_hidden_state))
    try:
        found = padded(*args, fused_lm_head=True, **kwargs)
    finally:
        hook.remove()
    return FusedWithStates(**found, states=caught[0][:, :-1])
