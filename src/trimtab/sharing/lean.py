"""A decoder's layers in fewer passes over memory, for reading on a CPU: nothing is learned through them.

transformers computes a layer by some forty operations, and on a CPU half of their time is no arithmetic: a product
packs its weights anew each time, and each elementwise step reads and writes all rows again. Here weights are packed
once, as oneDNN multiplies them; queries, keys and values are one product; SiLU, the gate and what is added are done
while a product's results are at hand. Only rounding differs. Attention, cache and masks are the model's own.

LoRA adapters, as of a policy that samples between its steps, are one thin product more beside each of them.

The layers themselves stay as they are: their `forward` is replaced while a `Lean` is in use. Where it is not known to
say the same they are used: other architectures, adapters and devices, hooks, autocast, gradients, and weights of more
than `MOST_BYTES`, of which a second copy would be dear.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from operator import is_
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from .lean_layer import Layer, Product, is_plain, linears
from .packed import Same, can_pack
from .products import base_of
from .states import quick, quicken_once

MOST_BYTES = 2**30
"""Weights, at most, of which a packed copy is held."""
TOLERANCE = {torch.float32: 1e-4, torch.bfloat16: 0.1}
"""By how much log-probabilities may differ from those by the model's own layers, in the mean over a short text (nats).
In bf16 both round: on smollm2-135m both ways lie 0.065 nats a token off float32's, and 0.08 from each other."""
_PROBED = 24
"""Tokens of the text that is read both ways."""
VERSION = "2"
"""Of how packed layers round, for the fingerprint."""


def described_layers(model: PreTrainedModel) -> dict[str, str]:
    """What of it belongs to a fingerprint: that what is decoded, or scored, is so by packed layers."""
    quicken_once(model)
    with torch.no_grad():
        parts = {"decoding": lean_of(model) is not None, "forests": quick(model) is not None}
    told = ", ".join(name for name, is_so in parts.items() if is_so)
    return {"layers": f"packed {VERSION} for {told}"} if told else {}


class Lean:
    """A model's layers and output layer, packed."""

    def __init__(self, model: PreTrainedModel) -> None:
        # of the model's parts, and not of the model: it is let go of with the model
        self._parts: list[tuple[Any, Any]] = [(layer, Layer(layer)) for layer in _decoder_layers(model)]
        self._products = [made for _, layer in self._parts for made in layer.products]
        head = model.get_output_embeddings()
        if type(head) is nn.Linear and base_of(head) is not None:
            self._products.append(Product([head]))
            self._parts.append((head, self._products[-1]))
        self._copied = [own for made in self._products for own in (*made.weights, *made.biases)]
        self._same = Same()
        self._same(self._copied)

    def holds(self, model: PreTrainedModel) -> bool:
        """Whether these are the model's layers, weights and biases as they were when this was made, or last asked."""
        now = [part for layer in _decoder_layers(model) for group in linears(layer) for part in group]
        then = [part for _, made in self._parts if type(made) is Layer for own in made.products for part in own.layers]
        return len(now) == len(then) and all(map(is_, now, then)) and self._same(self._copied)

    def take(self) -> bool:
        """Takes the adapters as they are now; False where they are of another kind than is known here."""
        return all(made.take() for made in self._products)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """The model computes by these layers within. Nothing is learned there, and autocast is off."""
        for part, made in self._parts:
            part.forward = made
        try:
            yield
        finally:
            for part, _ in self._parts:
                del part.forward


_KNOWN: "WeakKeyDictionary[nn.Module, Lean | None]" = WeakKeyDictionary()


def lean_of(model: PreTrainedModel) -> Lean | None:
    """The model's layers packed, made once and anew where what was packed has changed, with its adapters as they are
    now; None where its own are to be used."""
    if torch.is_grad_enabled() or torch.is_autocast_enabled("cpu") or not _suits(model):
        return None
    found = _KNOWN.get(model)
    if model not in _KNOWN or (found is not None and not found.holds(model)):
        _KNOWN[model] = found = None  # the old copies go before there are new ones
        _KNOWN[model] = found = _proved(model)
    return found if found is not None and found.take() else None


@contextmanager
def in_lean(model: PreTrainedModel) -> Iterator[None]:
    """The model computes by its packed layers within, where it has them."""
    found = lean_of(model)
    with nullcontext() if found is None else found.in_use():
        yield


def _suits(model: PreTrainedModel) -> bool:
    """Whether a model is of those whose layers these are, as far as can be told without computing."""
    layers = _decoder_layers(model)
    if not layers or model.device.type != "cpu" or model.dtype not in TOLERANCE:
        return False
    if not torch.backends.mkldnn.enabled or not can_pack():
        return False
    if model.dtype == torch.bfloat16 and not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return False
    return all(is_plain(layer) for layer in layers) and _bytes_of(model) <= MOST_BYTES


def _decoder_layers(model: PreTrainedModel) -> list[Any]:
    return list(getattr(model.base_model, "layers", ()))


def _bytes_of(model: PreTrainedModel) -> int:
    return sum(weight.numel() * weight.element_size() for weight in model.parameters())


@torch.no_grad()
def _proved(model: PreTrainedModel) -> Lean | None:
    """The packed layers, if a short text of tokens drawn by a fixed seed is read alike by them and by the model's.

    Without adapters: how far they have been trained, as after a run was killed, decides nothing.
    """
    drawn = torch.randint(model.get_input_embeddings().weight.shape[0], (1, _PROBED), generator=_seeded())
    with _adapters_off(model):
        own = _said(model, drawn)
        try:
            made = Lean(model)
            made.take()
            with made.in_use():
                apart = float((_said(model, drawn) - own).abs().mean())
        except (RuntimeError, TypeError, AttributeError):
            return None
    return made if apart <= TOLERANCE[model.dtype] else None


@contextmanager
def _adapters_off(model: PreTrainedModel) -> Iterator[None]:
    """PEFT's layers are the layers beneath them within; none is merged here (`adapters_of`). Its own way to switch them
    off freezes them."""
    on = [part for part in model.modules() if getattr(part, "_disable_adapters", None) is False]
    for part in on:
        part._disable_adapters = True
    try:
        yield
    finally:
        for part in on:
            part._disable_adapters = False


def _seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def _said(model: PreTrainedModel, ids: Tensor) -> Tensor:
    logits: Tensor = model(input_ids=ids, use_cache=False).logits.float()
    return torch.log_softmax(logits, -1)
