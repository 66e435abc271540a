"""The cache that rows come to and leave: what is read from all of it, as it lies, is what plain passes read."""

import gc
import weakref
from typing import Any

import pytest
import torch

from tiny import tiny_model
from trimtab.models.batching import Prefill, continued
from trimtab.models.kv_cache import RowCache
from trimtab.sharing import lean_of

LENGTHS = (3, 30, 150)
STEPS = 80
"""More than a cache has columns to spare, so that it grows on the way."""
WIDE = {"max_position_embeddings": 512}


def drawn(*shape: int) -> torch.Tensor:
    return torch.randint(3, 40, shape, generator=torch.Generator().manual_seed(sum(shape)))


def plain(model: Any, ids: list[int]) -> torch.Tensor:
    return torch.log_softmax(model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, -1].float(), -1)


def read(model: Any, prompts: list[list[int]], then: torch.Tensor, cache: RowCache, rows: list[int]) -> torch.Tensor:
    """Log-probabilities after each row's prompt and the tokens that follow it one by one, (rows, vocabulary)."""
    cached = torch.tensor([len(prompts[i]) for i in rows])
    for step in then.T:
        cached += 1
        logits = continued(model, step[rows], cached, cache)
    return torch.log_softmax(logits.float(), -1)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("llama", {}),
        ("llama", {"num_attention_heads": 4, "num_key_value_heads": 1}),
        ("llama", {"num_attention_heads": 8, "num_key_value_heads": 8}),
        ("mistral", {"sliding_window": 16}),
        ("qwen2", {}),
    ],
)
@torch.no_grad()
def test_single_tokens_are_read_as_by_plain_passes(kind: str, changes: dict[str, Any]) -> None:
    model = tiny_model(kind, **WIDE, **changes)
    prompts = [drawn(length).tolist() for length in LENGTHS]
    then = drawn(len(prompts), STEPS)
    lean = lean_of(model)
    assert lean is not None
    cache = RowCache(model, len(prompts))
    with lean.in_use():
        Prefill(model, prompts, shared=False).into(cache, range(len(prompts)), 1)
        found = read(model, prompts, then, cache, list(range(len(prompts))))
    for row, prompt, more in zip(found, prompts, then.tolist(), strict=True):
        assert (row - plain(model, prompt + more)).abs().max() < 1e-4


@torch.no_grad()
def test_what_a_long_row_needed_is_not_read_when_it_has_left() -> None:
    model: Any = tiny_model("llama", **WIDE)
    prompts = [drawn(400).tolist(), drawn(9).tolist()]
    lean = lean_of(model)
    assert lean is not None
    cache = RowCache(model, 2)
    with lean.in_use():
        Prefill(model, prompts, shared=False).into(cache, range(2), 1)
        assert cache.whole(0, None, 400)[0].shape[2] >= 400
        cache.retain(1, torch.tensor([1]), torch.tensor([0]), 9)
        keys, values, added = cache.whole(0, None, 9)
        assert keys.shape[2] == values.shape[2] == added.shape[-1] < 128
        assert keys.is_contiguous()
        assert values.is_contiguous()
        then = drawn(2, 5)
        found = read(model, prompts, then, cache, [1])
    assert (found[0] - plain(model, prompts[1] + then[1].tolist())).abs().max() < 1e-4


@torch.no_grad()
def test_memory_that_was_grown_out_of_is_used_again_and_what_is_unused_is_zero() -> None:
    model: Any = tiny_model("llama", **WIDE)
    cache = RowCache(model, 4, spare=200)
    Prefill(model, [drawn(20).tolist()], shared=False).into(cache, [0], 2)
    first = cache.whole(0, None, 20)[0].untyped_storage().data_ptr()
    cached = torch.tensor([20, 20])
    for _ in range(60):  # beyond the first 64 columns: every layer's buffers move up by one
        cached += 1
        continued(model, torch.tensor([5, 7]), cached, cache)
    grown = [cache.whole(layer, None, 80) for layer in range(model.config.num_hidden_layers)]
    assert first in {part.untyped_storage().data_ptr() for keys, values, _ in grown for part in (keys, values)}
    for keys, values, added in grown:
        unused = added[0, 0, 0].isinf()
        assert unused.sum() == keys.shape[2] - 80
        assert not keys[:, :, unused].any()
        assert not values[:, :, unused].any()


@torch.no_grad()
def test_memory_too_small_to_be_used_again_is_let_go_of() -> None:
    model: Any = tiny_model("llama", **WIDE, num_hidden_layers=6)
    cache = RowCache(model, 2, spare=1)
    Prefill(model, [drawn(20).tolist()], shared=False).into(cache, [0], 2)
    made = weakref.WeakSet(cache.whole(layer, None, 20)[0].untyped_storage() for layer in range(6))
    assert len(made) == 6
    cached = torch.tensor([20, 20])
    for _ in range(60):
        cached += 1
        continued(model, torch.tensor([5, 7]), cached, cache)
    gc.collect()
    assert len(made) <= 1
