"""What comes next after texts that are asked one by one, many of which begin alike.

A beginning is always computed by itself and the rest on top of it, the first time as every other: what is said of a
text hangs on it and on where its beginning ends, and not on what was asked before.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from transformers import PreTrainedModel

from ..errors import UserError
from .batching import left_padded, next_logits
from .kv_cache import RowCache
from .together import manner_of

if TYPE_CHECKING:
    from torch import Tensor

_HELD = 16
"""Beginnings that are held at once, the last used: about as many as a constitution has rules."""
_LEAST = 32
"""Tokens of a beginning that is worth holding."""


class Beginnings:
    """A model's next tokens, with the beginnings of texts held; computed anew where the model cannot share them."""

    def __init__(self, model: PreTrainedModel) -> None:
        self._model = model
        self._held: OrderedDict[tuple[int, ...], RowCache] = OrderedDict()

    @torch.inference_mode()
    def logits(self, ids: Sequence[int], begin: int) -> "Tensor":
        """What comes after a text, of which the first `begin` tokens are its beginning: shape (vocabulary,)."""
        if not (_LEAST <= begin < len(ids)) or not self._shares(len(ids)):
            asked = torch.tensor([list(ids)], device=self._model.device)
            made = self._model(
                input_ids=asked, attention_mask=torch.ones_like(asked), use_cache=False, logits_to_keep=1
            )
            alone: Tensor = made.logits[0, -1].float()
            return alone
        cache = RowCache(self._model, 1, spare=len(ids))
        cache.admit(self._beginning(tuple(ids[:begin])), 1)
        tokens, mask, positions = left_padded([list(ids[begin:])], self._model.device)
        mask = torch.nn.functional.pad(mask, (begin, 0), value=1)
        return next_logits(self._model, tokens, mask, positions + begin, cache)[0].float()

    def _shares(self, tokens: int) -> bool:
        try:
            return RowCache(self._model).sees(tokens) and manner_of(self._model).shared
        except UserError:  # a model that goes on from no cache may still be asked
            return False

    def _beginning(self, ids: tuple[int, ...]) -> RowCache:
        if ids not in self._held:
            self._held[ids] = RowCache(self._model, 1, spare=1)
            next_logits(self._model, *left_padded([ids], self._model.device), self._held[ids])
            if len(self._held) > _HELD:
                self._held.popitem(last=False)
        self._held.move_to_end(ids)
        return self._held[ids]
