"""Attention over a forest: the block path and FlexAttention's rule both give what each sequence gives alone."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from trimtab.sharing import Forest, Trees, attention, lay_out, layout

SEQUENCES = [[1, 2, 3, 4, 5, 6], [1, 2, 3, 7, 8], [1, 2, 3, 7, 9, 10, 11], [20, 21, 22], [20, 21, 22, 23]]
HEADS, KEY_HEADS, SIZE, HELD = 4, 2, 16, 5


def forest() -> Forest:
    return lay_out(SEQUENCES, [2] * len(SEQUENCES))


def packed(held: int) -> tuple[Tensor, Tensor, Tensor]:
    """Queries of a forest, and the keys and values of what is held and of the forest."""
    generator = torch.Generator().manual_seed(1)
    size = len(forest())
    query = torch.randn(1, HEADS, size, SIZE, generator=generator)
    key, value = (torch.randn(1, KEY_HEADS, held + size, SIZE, generator=generator) for _ in range(2))
    return query, key, value


def alone(held: int, window: int | None, softcap: float | None) -> Tensor:
    """The same, computed for each sequence by itself with a causal mask, shape (1, N, heads, d)."""
    query, key, value = packed(held)
    key, value = (part.repeat_interleave(HEADS // KEY_HEADS, 1) for part in (key, value))
    out = torch.full((len(forest()), HEADS, SIZE), float("nan"))
    for path in forest().paths:
        own = torch.as_tensor(path)
        seen = torch.cat([torch.arange(held), own + held])
        scores = query[0][:, own] @ key[0][:, seen].transpose(1, 2) * SIZE**-0.5
        if softcap is not None:
            scores = softcap * torch.tanh(scores / softcap)
        places = torch.arange(held, held + len(own))[:, None] - torch.arange(held + len(own))
        hidden = (places < 0) | (places >= (window or 1000))
        weights = functional.softmax(scores.masked_fill(hidden, float("-inf")), -1)
        out[own] = (weights @ value[0][:, seen]).transpose(0, 1)
    return out[None]


@pytest.mark.parametrize("softcap", [None, 2.0])
@pytest.mark.parametrize("window", [None, 3])
@pytest.mark.parametrize("held", [0, HELD])
@pytest.mark.parametrize("way", ["blocks of 2", "one block", "flex"])
def test_equals_each_sequence_alone(
    way: str, held: int, window: int | None, softcap: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "BLOCK_TOKENS", 2 if way == "blocks of 2" else 1000)
    query, key, value = packed(held)
    key, value = (part.repeat_interleave(HEADS // KEY_HEADS, 1) for part in (key, value))
    trees = Trees(forest(), torch.device("cpu"), held)
    if way == "flex":
        monkeypatch.setattr(attention, "_compiled_flex", lambda: torch.nn.attention.flex_attention.flex_attention)
        found = attention._flex(query, key, value, trees, None, window, softcap)
    else:
        found = attention._by_blocks(query, key, value, trees, None, 0.0, window, softcap)
    expected = alone(held, window, softcap)
    assert not expected.isnan().any()
    assert torch.allclose(found.transpose(1, 2), expected, atol=1e-5)


@pytest.mark.parametrize("held", [0, 200, 256])
@pytest.mark.parametrize("window", [None, 70, 300])
def test_the_block_mask_is_the_rule_asked_of_every_pair(held: int, window: int | None) -> None:
    """No block that holds a pair is left out, and none is taken for whole that is not: against torch's own way."""
    source = torch.Generator().manual_seed(held)
    sequences = []
    for root, size in enumerate((300, 40, 513)):
        prompt = [root, *torch.randint(9, 99, (size,), generator=source).tolist()]
        sequences += [[*prompt, *torch.randint(9, 99, (130 * i + 5,), generator=source).tolist()] for i in range(3)]
    trees = Trees(lay_out(sequences, [1] * len(sequences)), torch.device("cpu"), held)
    found = trees.block_mask(window)
    size = len(trees.forest)
    flex = torch.nn.attention.flex_attention
    asked = flex.create_block_mask(found.mask_mod, None, None, size, size + held, device="cpu")
    rule = flex.create_mask(found.mask_mod, 1, 1, size, size + held, device="cpu")[0, 0]
    kinds = []
    for mask in (found, asked):
        lists = (mask.kv_num_blocks, mask.kv_indices), (mask.full_kv_num_blocks, mask.full_kv_indices)
        kinds.append([{(q, int(k)) for q, n in enumerate(counts[0, 0]) for k in order[0, 0, q, :n]}
                      for counts, order in lists])  # fmt: skip
    (partial, whole), (needed, could) = kinds
    assert not partial & whole
    assert whole <= could
    assert needed | could <= partial | whole
    if window is None:  # by extremes next to nothing is missed
        assert len(partial) + len(whole) <= 1.1 * (len(needed) + len(could))
        assert len(whole) >= 0.8 * len([k for q, k in could if (q + 1) * 128 <= size])
    depths = trees.positions[0]
    held_rule = torch.ones(size, held, dtype=torch.bool)
    if window is not None:
        held_rule &= depths[:, None] - torch.arange(held) < window
    places = torch.arange(size)
    own = (places[None] <= places[:, None]) & (places[:, None] < trees.ends[None])
    if window is not None:
        own &= depths[:, None] - depths[None] < window
    assert torch.equal(rule, torch.cat([held_rule, own], 1))


def test_a_kind_of_attention_that_is_no_matter_of_masks_is_refused() -> None:
    query, key, value = packed(0)
    with pytest.raises(ValueError, match="s_aux"):
        attention.attend(
            torch.nn.Identity(), query, key, value, None,
            trimtab_trees=Trees(forest(), torch.device("cpu")), s_aux=torch.zeros(HEADS),
        )  # fmt: skip
