"""A backbone's hidden states over a forest: through its own layers, or in few operations where that is the same."""

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor
from transformers import PreTrainedModel

from .attention import Trees, forest_attention
from .layers import Layers
from .layout import lay_out

APART = {torch.float32: 1e-3, torch.bfloat16: 0.15}
"""By how much of their norm the states, and the gradients, of quick layers may lie from the model's own. In bf16 both
lie 0.06 from fp32's; what is computed otherwise lies off by more than its norm."""
_TRIED = (7, (5, 3, 6))
"""Tokens of the prompt and of the answers that both ways are tried on."""


def unwrapped(model: Any) -> PreTrainedModel:
    """The transformers model inside PEFT's wrapper, or the model itself; adapters stay in its layers."""
    base = getattr(model, "get_base_model", None)
    return base() if callable(base) else model


def hidden_states(model: PreTrainedModel, trees: Trees, cache: Any = None, rows: Tensor | None = None) -> Tensor:
    """The backbone's last hidden state of every packed token, shape (N, d), or of the `rows` among them.

    Call it inside `forest_attention`.
    """
    if (layers := quick(model)) is not None:
        held = () if cache is None else [(layer.keys[0], layer.values[0]) for layer in cache.layers]
        return layers(trees, rows, held)
    dummy = torch.empty((1, 1, 1, 1), device=trees.device)  # four dimensions: transformers takes a mask as it is
    output = model.base_model(
        input_ids=trees.tokens,
        attention_mask=dummy,
        position_ids=trees.positions,
        past_key_values=cache,
        use_cache=cache is not None,
        trimtab_trees=trees,
    )
    hidden: Tensor = output.last_hidden_state
    return hidden[0] if rows is None else hidden[0, rows]


_QUICK: WeakKeyDictionary[PreTrainedModel, Layers] = WeakKeyDictionary()
_WHY: WeakKeyDictionary[PreTrainedModel, str] = WeakKeyDictionary()


def quicken(model: PreTrainedModel) -> str | None:
    """From now on the model's forests go through `Layers`, where these give the same states and gradients on a small
    forest; why not, in a clause, where they do not.

    On a CPU alone, until a GPU has shown that it is faster there. Draws no random number and changes nothing.
    """
    leave(model)
    try:
        if model.device.type != "cpu":
            raise ValueError(f"on {model.device.type} they have been run in no other way")
        layers = Layers(model)
        if not (apart := _apart(model, layers)) <= APART.get(model.dtype, 0.15):
            raise ValueError(f"in few operations they give other states or gradients, by {apart:.2g} of their norm")
        _QUICK[model] = layers
        del _WHY[model]
    except (ValueError, TypeError, RuntimeError, AttributeError, IndexError, AssertionError) as error:
        leave(model, (str(error) or repr(error)).splitlines()[0][:160])
    return _WHY.get(model)


def quicken_once(model: PreTrainedModel) -> None:
    """The same where nobody has asked for it, nor decided that the layers stay as they are."""
    if model not in _QUICK and model not in _WHY:
        quicken(model)


def leave(model: PreTrainedModel, why: str = "they were left so") -> bool:
    """The model's layers are computed as they are again, and `why`; whether they were not."""
    _WHY[model] = why
    return _QUICK.pop(model, None) is not None


def quick(model: PreTrainedModel) -> Layers | None:
    """How the model's forests are computed faster, if they are."""
    layers = _QUICK.get(model)
    if layers is not None and layers.changed:
        quicken(model)
        layers = _QUICK.get(model)
    return layers if layers is not None and layers.ready else None


def how(model: PreTrainedModel) -> str:
    """How a model's layers are computed, in a clause."""
    if quick(model) is not None:
        return "its layers in few operations"
    return f"its layers as they are ({_WHY.get(model, 'nobody asked for more')})"


def _apart(model: PreTrainedModel, layers: Layers) -> float:
    """How far states and gradients of a small forest lie from the model's own, in parts of their norm, at most."""
    generator = torch.Generator().manual_seed(0)
    length, answers = _TRIED
    size = length + sum(answers)
    drawn = torch.randint(model.get_input_embeddings().weight.shape[0], (size,), generator=generator).tolist()
    prompt, rest = drawn[:length], iter(drawn[length:])
    forest = lay_out([[*prompt, *(next(rest) for _ in range(count))] for count in answers], [length] * len(answers))
    trees = Trees(forest, model.device)
    dropping = [part for part in model.modules() if part.training]
    trained = [parameter for parameter in model.base_model.parameters() if parameter.requires_grad]
    found = []
    model.eval()
    try:
        for quickly in (False, True):
            with forest_attention(model), torch.enable_grad():
                states = layers(trees) if quickly else hidden_states(model, trees)
                weights = torch.randn(states.shape, generator=generator.manual_seed(1)).to(states)
                slopes: Sequence[Tensor | None] = ()
                if states.requires_grad:
                    slopes = torch.autograd.grad((states * weights).sum(), trained, allow_unused=True)
            found.append([states.detach(), *slopes])
    finally:
        for part in dropping:
            part.training = True
    off, norm = [], []
    for own, fast in zip(*found, strict=True):
        own, fast = (torch.zeros(()) if part is None else part.float() for part in (own, fast))
        off.append((own - fast).norm())
        norm.append(own.norm())
    states_off = float(off[0] / norm[0])
    if len(off) == 1:
        return states_off
    return max(states_off, float(torch.stack(off[1:]).norm() / torch.stack(norm[1:]).norm().clamp(min=1e-30)))
