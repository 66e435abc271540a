"""A model's forward pass over a forest, and whether the model can make one."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel

from .attention import Trees, forest_attention
from .head import Predicted, computed_in, head_of, predict
from .layout import Forest, lay_out
from .states import hidden_states, quick, unwrapped

PROBE_TOLERANCE = {torch.float32: 1e-3, torch.bfloat16: 0.3, torch.float16: 0.1}
"""By how much the probe may differ from a plain pass in the mean over a sequence (nats a token, or rewards). In bf16
rounding alone makes 0.1 of it on smollm2-135m, and a wrong mask more than 1."""
LAYERS = {"full_attention", "sliding_attention"}
"""Kinds of layers that a forest can go through; a convolution, say, would mix neighbours that share no sequence."""
_PROBE_PROMPT, _PROBE_ANSWERS = {"cpu": 9, "cuda": 90}, (5, 3, 5)
"""On CUDA enough tokens for the kernel that long forests take."""


def predictions(
    model: PreTrainedModel,
    forest: Forest,
    *,
    details: Collection[str] = (),
    states: bool = False,
    cache: Any = None,
    held: int = 0,
) -> Predicted:
    """Every distinct prediction of a forest by the model, with those `details` of DETAILS; differentiable.

    Call it inside `forest_attention`.
    """
    device = model.get_input_embeddings().weight.device
    rows = hidden_states(model, Trees(forest, device, held), cache, torch.from_numpy(forest.rows).to(device))
    row_of = torch.from_numpy(forest.row_of).to(device)
    head = head_of(model)
    if (layers := quick(model)) is not None:
        head = replace(head, frozen=layers.head(computed_in(rows)))
    found = predict(head, rows, row_of, torch.from_numpy(forest.targets).to(device), forest.row_starts, details=details)
    return replace(found, states=rows[row_of]) if states else found


@dataclass(frozen=True)
class Reading:
    """What is read off a model, by a forest and by plain passes, for the probe to compare.

    `head` raises ValueError where the model has nothing of the kind; `shared` gives a tensor a sequence of the forest,
    `plain` that of one sequence, of which the tokens from a start on are predicted.
    """

    what: str
    head: Callable[[PreTrainedModel], object]
    shared: Callable[[PreTrainedModel, Forest], list[Tensor]]
    plain: Callable[[PreTrainedModel, list[int], int], Tensor]


def _shared_logps(model: PreTrainedModel, forest: Forest) -> list[Tensor]:
    return per_token(predictions(model, forest), forest)


def _plain_logps(model: PreTrainedModel, sequence: list[int], start: int) -> Tensor:
    ids = torch.tensor([sequence], device=model.device)
    logits = model(input_ids=ids, use_cache=False).logits[0, start - 1 : -1].float()
    return torch.log_softmax(logits, -1).gather(-1, ids[0, start:, None]).squeeze(-1)


LOGPS = Reading("log-probabilities", head_of, _shared_logps, _plain_logps)
"""What is read off a causal model, in nats."""


def why_not(model: Any, reading: Reading = LOGPS) -> str | None:
    """Why this model cannot compute a forest, in words; None where it can.

    First by what it is, then by trying: a small forest of random tokens must give what plain passes give. The probe
    draws no number from torch's generators and changes nothing.
    """
    inner = unwrapped(model)
    kind = inner.config.model_type
    if getattr(model, "active_peft_config", None) is not None and model.active_peft_config.is_prompt_learning:
        return "its adapter puts virtual tokens before every sequence"
    if not getattr(inner, "_supports_attention_backend", False):
        return f"{kind} does not take its attention from transformers' interface"
    if getattr(inner, "_is_stateful", False):
        return f"{kind} has recurrent or linear attention"
    layers = getattr(inner.config.get_text_config(), "layer_types", None) or []
    if strange := sorted({*layers} - LAYERS):
        return f"{kind} has layers of the kind {', '.join(strange)}"
    try:
        reading.head(inner)
    except ValueError as error:
        return str(error)
    try:
        apart = _probe(inner, reading)
    except (TypeError, ValueError, RuntimeError, AttributeError, IndexError, AssertionError) as error:
        return f"{kind} does not run on a forest: {(str(error) or repr(error)).splitlines()[0][:160]}"
    tolerance = PROBE_TOLERANCE.get(inner.dtype, 0.3)
    if not apart <= tolerance:
        return f"{kind} gives other {reading.what} on a forest (by {apart:.2g} in the mean)"
    return None


@torch.no_grad()
def _probe(model: PreTrainedModel, reading: Reading) -> float:
    """The mean difference between what a small forest and plain passes give, in the sequence where it is largest."""
    generator = torch.Generator().manual_seed(0)
    vocabulary = model.get_input_embeddings().weight.shape[0]
    padding = model.config.get_text_config().pad_token_id  # stays out: rewards are read before it
    padding = vocabulary if padding is None else padding

    def some(count: int) -> list[int]:
        drawn = torch.randint(vocabulary - 1, (count,), generator=generator)
        return [*map(int, drawn + (drawn >= padding))]

    length = _PROBE_PROMPT.get(model.device.type, 9)
    prompts = [some(length), some(length - 2)]
    sequences = [prompt + some(length) for prompt in prompts for length in _PROBE_ANSWERS]
    starts = [len(prompt) for prompt in prompts for _ in _PROBE_ANSWERS]
    training = [part for part in model.modules() if part.training]
    model.eval()
    try:
        with forest_attention(model):
            found = reading.shared(model, lay_out(sequences, starts))
        apart = 0.0
        for sequence, start, ours in zip(sequences, starts, found, strict=True):
            apart = max(apart, float((reading.plain(model, sequence, start) - ours).abs().mean()))
    finally:
        for part in training:
            part.training = True
    return apart


def per_token(predicted: Predicted, forest: Forest) -> list[Tensor]:
    """Log-probabilities of each sequence's scored tokens, a tensor a sequence."""
    device = predicted.logps.device
    return [predicted.logps[torch.from_numpy(which).to(device)] for which in forest.predictions]
