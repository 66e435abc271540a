"""What packed copies of weights take is estimated from a model's sizes, and held against the bytes that are there."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from torch import Tensor

from tiny import tiny_model
from trimtab.models import Shape, rloo_need, sampling_need, step_need
from trimtab.models.memory import GIB, decoding_copies_gib, training_copies_gib
from trimtab.sharing import lean_of, quick, quicken, unwrapped
from trimtab.sharing.packed import Frozen
from trimtab.sharing.products import Linears

WIDE = {"hidden_size": 64, "intermediate_size": 128, "num_key_value_heads": 4, "head_dim": 16, "vocab_size": 64}
"""Widths that oneDNN packs without padding."""


def held(packed: Iterable[Tensor | None]) -> int:
    return sum(torch.ops.mkldnn._nbytes(each) for each in packed if each is not None)


def forest_copies(model: Any) -> int:
    """Bytes that the layers of a forest and its output layer hold, after all that a pass with gradients may pack."""
    layers = quick(unwrapped(model))
    assert layers is not None
    assert layers._head is not None
    parts = [*(part for layer in layers._layers for part in vars(layer).values()), layers._head]
    frozen = [one for part in parts if isinstance(part, Linears) for one in part._held.values()]
    return held(copy for each in frozen for copy in (each._forth, each._back))


def through_head(model: Any, *, back: bool) -> None:
    layers = quick(unwrapped(model))
    assert layers is not None
    head = layers.head(torch.float32)
    assert isinstance(head, Frozen)
    head.forth(torch.zeros(2, 64))
    if back:
        head.back(torch.zeros(2, 64))


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("architecture", ["llama", "qwen3"])
def test_the_estimate_is_what_is_held(architecture: str, tied: bool) -> None:
    model: Any = tiny_model(architecture, **WIDE, tie_word_embeddings=tied).eval().requires_grad_(False)
    shape = Shape.of(model.config.to_dict())
    assert shape is not None
    with torch.no_grad():
        lean = lean_of(model)
    decoding = held(product._packed for product in lean._products) if lean is not None else 0
    assert (lean is None) == (architecture == "qwen3")
    assert quicken(model) is None
    through_head(model, back=False)
    assert decoding + forest_copies(model) == decoding_copies_gib(shape, "fp32") * GIB > 0
    tuned = get_peft_model(model, LoraConfig(r=2, target_modules="all-linear"))
    assert quicken(unwrapped(tuned)) is None
    through_head(tuned, back=True)
    with torch.no_grad():
        lean = lean_of(unwrapped(tuned))  # a policy answers between its steps
    both = forest_copies(tuned) + (held(product._packed for product in lean._products) if lean is not None else 0)
    first = 64 * 3 * 64 * 4  # no gradient goes below the first layer's queries, keys and values
    most = training_copies_gib(shape, "fp32") * GIB
    assert most - first <= both <= most


SMALL = Shape(576, 30, 9, 3, 64, 1536, 49152, kind="llama")


def test_copies_count_on_a_cpu_and_where_they_are_made() -> None:
    for need in (sampling_need, step_need, rloo_need):
        here, there = need(SMALL, 8, cpu=True), need(SMALL, 8)  # type: ignore[operator]
        assert here.gib == there.gib + here.copies > there.gib
        assert (here.weights, here.work, there.copies) == (there.weights, there.work, 0)
        assert "packed copies" in str(here)
        assert "packed copies" in here.remedy(there.weights + 0.01)
        assert "packed copies" not in str(there)
    assert rloo_need(SMALL, 8, judges=1, cpu=True).copies > rloo_need(SMALL, 8, cpu=True).copies
    assert step_need(SMALL, 8, share=0.5, cpu=True).copies < step_need(SMALL, 8, cpu=True).copies
    large = replace(SMALL, layers=300)
    others = [replace(SMALL, kind="gemma2"), large]
    assert [sampling_need(each, 8, cpu=True).copies for each in others] == [0, 0]
    assert [step_need(each, 8, cpu=True).copies for each in others] == [0, 0]
    half = sampling_need(replace(SMALL, kind="qwen3"), 8, cpu=True).copies
    assert half == sampling_need(SMALL, 8, cpu=True).copies / 2
