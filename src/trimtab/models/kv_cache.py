"""A key/value cache whose rows come and go while the others stay where they are.

All rows end at the same column: a row of n tokens fills the last n columns before `end`, and what lies left of them is
masked. So a row of any length joins by being written up to `end`, a row leaves by another's being moved into its slot,
and columns that no row reads any longer are left out of the view. Nothing else is copied but where the columns run out,
which concatenating the cache anew at each token, as `transformers` does, is half of a step's time for on a CPU.

A head's columns stand one after another in memory, with few that are not in use, so that a token's attention can take
all of them as they lie (`whole`): a product in bf16 copies what has gaps.

Distances between columns are distances between tokens, so a sliding window holds for each row as it does alone.
"""

import math
from typing import TYPE_CHECKING, Any

import torch
from transformers import DynamicCache, PreTrainedModel
from transformers.cache_utils import DummyLayer, DynamicLayer, DynamicSlidingWindowLayer

from ..errors import UserError

if TYPE_CHECKING:
    from torch import Tensor

_SPARE_COLUMNS = 64
"""Columns that memory is set aside for beyond those there are; it costs nothing until it is written."""
_MORE_COLUMNS = 64
"""Columns by which a full cache grows: growing copies all of it, and columns that are not in use yet are read."""


class RowCache(DynamicCache):  # type: ignore[misc]
    """The cache a model would make itself, with layers that write in place; `rows` is how many it has room for."""

    def __init__(self, model: PreTrainedModel, rows: int = 0, spare: int = _SPARE_COLUMNS) -> None:
        super().__init__(config=model.config)
        chunked = getattr(model.config.get_text_config(decoder=True), "attention_chunk_size", None)
        pool = _Pool()
        layers: list[Any] = [_in_place(layer, rows, spare, chunked, pool) for layer in vars(self)["layers"]]
        self.layers = layers
        self._stored = [layer for layer in layers if isinstance(layer, _Layer)]
        self._added: tuple[Tensor | None, tuple[int, ...], Tensor] | None = None

    def whole(self, layer: int, mask: "Tensor | None", seen: int) -> tuple["Tensor", "Tensor", "Tensor"]:
        """A layer's keys and values (rows, heads, columns, d) with the columns that are not in use, so without gaps in
        memory, and what to add to the scores of each row's last token (rows or 1, 1, 1, columns): `mask` in the last
        `seen` columns in use, or 0 where there is none, and minus infinity in all others."""
        held = self.layers[layer]
        assert held._buffers is not None
        keys, values = (buffer[: held._rows] for buffer in held._buffers)
        place = (held._end - seen, held._end, keys.shape[2])
        if self._added is None or self._added[0] is not mask or self._added[1] != place:
            added = keys.new_full((1 if mask is None else mask.shape[0], 1, 1, place[2]), -math.inf)
            inside = added[..., place[0] : place[1]]
            if mask is None:
                inside.zero_()
            elif mask.dtype == torch.bool:
                inside.masked_fill_(mask, 0)
            else:
                inside.copy_(mask)
            self._added = mask, place, added
        return keys, values, self._added[2]

    def admit(self, arrived: "RowCache", repeats: int) -> None:
        """Adds the rows of a prefilled cache behind those that are here, each `repeats` times in a row."""
        for layer, new in zip(self._stored, arrived._stored, strict=True):
            layer.admit(new, repeats)

    def retain(self, count: int, moved: "Tensor", freed: "Tensor", width: int) -> None:
        """Keeps the first `count` rows, once row `moved[i]` has taken the place of row `freed[i]`, and `width` columns.

        `width` is the number of tokens of the longest row.
        """
        for layer in self._stored:
            layer.retain(count, moved, freed, width)

    def sees(self, tokens: int) -> bool:
        """Whether every layer attends to all of so many tokens."""
        return all(layer.window is None or layer.window >= tokens for layer in self._stored)

    def close_gaps(self, prefix: "RowCache", padding: "Tensor") -> None:
        """Moves a prefix, which all rows begin with, up to the tokens of each row: `padding` columns to the right."""
        for columns in padding[padding > 0].unique().tolist():
            rows = (padding == columns).nonzero().squeeze(1)
            for layer, shared in zip(self._stored, prefix._stored, strict=True):
                layer.overwrite(rows, columns, shared)


class _Layer(DynamicLayer):  # type: ignore[misc]
    """One layer's keys and values, each (slots, heads, columns, dimensions); `keys` and `values` view the live part."""

    def __init__(self, rows: int, spare: int, window: int | None, pool: "_Pool") -> None:
        super().__init__()
        self.is_sliding = window is not None
        self.keys: Tensor
        self.values: Tensor
        self.window, self._spare, self._slots, self._pool = window, spare, rows, pool
        self._flats: dict[int, Tensor] = {}
        self._buffers: tuple[Tensor, Tensor] | None = None
        self._rows = self._first = self._end = 0

    def update(self, key_states: "Tensor", value_states: "Tensor", *_: Any, **__: Any) -> tuple["Tensor", "Tensor"]:
        new = key_states.shape[-2]
        if self._buffers is None:
            self._rows = key_states.shape[0]
        self._make_room(key_states, value_states, right=new)
        assert self._buffers is not None
        for buffer, states in zip(self._buffers, (key_states, value_states), strict=True):
            buffer[: self._rows, :, self._end : self._end + new] = states
        self._end += new
        self._view()
        if self.window is None:
            return self.keys, self.values
        seen = self.window - 1 + new
        return self.keys[:, :, -seen:], self.values[:, :, -seen:]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        width = self.get_seq_length() + query_length
        seen = width if self.window is None else min(width, self.window - 1 + query_length)
        return seen, width - seen

    def admit(self, new: "_Layer", repeats: int) -> None:
        arrived, width = new._rows * repeats, new._end - new._first
        if self._rows == 0 and self._buffers is not None:
            self._first = self._end = min(width, self._buffers[0].shape[-2])
        lacking = max(0, width - self._end)
        self._make_room(new.keys, new.values, left=lacking, rows=self._rows + arrived)
        assert self._buffers is not None
        for buffer, states in zip(self._buffers, (new.keys, new.values), strict=True):
            slots = buffer[self._rows : self._rows + arrived, :, self._end - width : self._end]
            slots.view(new._rows, repeats, *slots.shape[1:])[:] = states.unsqueeze(1)
        self._first = min(self._first, self._end - width)
        self._rows += arrived
        self._view()

    def retain(self, count: int, moved: "Tensor", freed: "Tensor", width: int) -> None:
        assert self._buffers is not None
        self._first = self._end - width
        if len(moved):
            for buffer, view in zip(self._buffers, (self.keys, self.values), strict=True):
                buffer[freed, :, self._first : self._end] = view[moved, :, -width:]
        self._rows = count
        if count and self._first > width + _MORE_COLUMNS:  # a much longer row has left
            self._lay_anew(self.keys, self.values, 0, 0, count)
        self._view()

    def overwrite(self, rows: "Tensor", column: int, new: "_Layer") -> None:
        end = column + new.get_seq_length()
        self.keys[rows, :, column:end], self.values[rows, :, column:end] = new.keys, new.values

    def _make_room(self, keys: "Tensor", values: "Tensor", *, left: int = 0, right: int = 0, rows: int = 0) -> None:
        """Sees to `left` columns before those there are, `right` after them, and `rows` slots."""
        rows = max(rows, self._rows)
        if self._buffers is None:
            self.dtype, self.device, self.is_initialized = keys.dtype, keys.device, True
        elif not left and self._end + right <= self._buffers[0].shape[-2] and rows <= self._buffers[0].shape[0]:
            return
        self._lay_anew(keys, values, left, right, rows)

    def _lay_anew(self, keys: "Tensor", values: "Tensor", left: int, right: int, rows: int) -> None:
        """Moves what is in use to where as few other columns as can be lie beside it, but for those asked for.

        What is not in use is zero, since a masked column is still multiplied by zero.
        """
        width = self._end - self._first
        slots, least = max(rows, self._slots), left + width + right
        columns = -(-least // _MORE_COLUMNS) * _MORE_COLUMNS
        grown = []
        for index, like in enumerate((keys, values)):
            shape = (slots, like.shape[1], columns, like.shape[-1])
            flat = self._pool.taken(like, math.prod(shape), math.prod(shape) // columns * (least + self._spare))
            buffer = flat[: math.prod(shape)].view(shape)
            for unused in (buffer[:, :, :left], buffer[:, :, left + width :], buffer[self._rows :]):
                unused.zero_()
            if self._buffers is not None:
                old = self._buffers[index]
                buffer[: self._rows, :, left : left + width] = old[: self._rows, :, self._first : self._end]
                self._pool.given(self._flats[index])
            self._flats[index] = flat
            grown.append(buffer)
        self._buffers = (grown[0], grown[1])
        self._first, self._end = left, left + width

    def _view(self) -> None:
        assert self._buffers is not None
        self.keys, self.values = (buffer[: self._rows, :, self._first : self._end] for buffer in self._buffers)


class _Pool:
    """Memory that layers have grown out of, for the next to grow into: fresh pages cost as much again to write."""

    def __init__(self) -> None:
        self._free: list[Tensor] = []

    def taken(self, like: "Tensor", least: int, most: int) -> "Tensor":
        """Memory of `like`'s kind for `least` elements, `most` where it is new; what is too small is let go of."""
        self._free = [flat for flat in self._free if flat.numel() >= least]
        for place, flat in enumerate(self._free):
            if flat.dtype == like.dtype and flat.device == like.device:
                return self._free.pop(place)
        return like.new_empty(max(least, most))

    def given(self, flat: "Tensor") -> None:
        self._free.append(flat)


def _in_place(layer: Any, rows: int, spare: int, chunked: int | None, pool: _Pool) -> Any:
    if type(layer) is DynamicLayer:
        return _Layer(rows, spare, None, pool)
    if type(layer) is DynamicSlidingWindowLayer and layer.sliding_window != chunked:
        return _Layer(rows, spare, layer.sliding_window, pool)
    if type(layer) is DummyLayer:
        return layer
    raise UserError(
        f"The model keeps its past in a {type(layer).__name__}.",
        "Batches here are padded and joined by column, which holds for full and sliding attention only.",
        "Choose a model with those; recurrent layers and chunked attention are not supported.",
    )
