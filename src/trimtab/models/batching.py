"""Decoding in a batch that prompts join and answers leave."""

import sys
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import torch
from transformers import PreTrainedModel

from ..sharing import beginning, demand_readable, lean_of, positions_of, unwrapped
from .decoding import choose
from .engine import Decoding
from .kv_cache import RowCache
from .output_layer import SlicedOutput

if TYPE_CHECKING:
    from torch import Tensor

_PREFILL_TOKENS = 1024
"""Prompt tokens computed in one pass, which bounds its memory."""

_OWN_BEGINNING = 64
"""Tokens, beyond what all prompts begin with, from which on what some of them begin with is computed once for them."""

_REFILL_SHARE = 1 / 8
"""The share of the rows that is free before prompts are let in, so that several come in one pass."""


@torch.inference_mode()
def decode_together(
    model: PreTrainedModel,
    ids: Sequence[Sequence[int]],
    samples: int,
    decoding: Decoding,
    ends: frozenset[int],
    uniforms: "Tensor | None",
    rows: int,
    *,
    shared: bool = True,
) -> Iterator[tuple[int, list[list[int]]]]:
    """Each prompt's place and the tokens of its `samples` answers, as soon as all of them have ended.

    `ids` are the prompts' tokens, `uniforms` the answers' random numbers (`random_streams`), prompt by prompt. An
    answer is cut where the model's positions end. With `shared`, what all prompts begin with is computed once, and so
    is what those of a family do (`_families`). Raises UnreadableError for a prompt that goes beyond the positions.
    """
    demand_readable(model, ids)
    positions = positions_of(model) or sys.maxsize
    most = min(len(ids), max(1, rows // samples)) * samples
    unfinished = [samples] * len(ids)
    produced = torch.full((len(ids) * samples, decoding.max_new_tokens), -1, device=model.device)
    end_tensor = torch.tensor(sorted(ends), device=model.device)
    uniforms = None if uniforms is None else uniforms.to(model.device)
    cache = RowCache(model, most, spare=decoding.max_new_tokens)
    prefill = Prefill(model, ids, shared=shared)
    waiting = deque(prefill.order)
    lean = lean_of(unwrapped(model))
    at_work = SlicedOutput(model).in_use if lean is None else lean.in_use
    batch = _Rows.none(model.device)

    def chosen(logits: "Tensor", answers: "Tensor", step: "Tensor") -> "Tensor":
        return choose(logits, decoding, None if uniforms is None else uniforms[answers, step])

    while waiting or len(batch):
        if len(batch):
            batch.cached += 1
            batch.step += 1
            with at_work():
                logits = continued(model, batch.token, batch.cached, cache)
            batch.token = chosen(logits, batch.answer, batch.step)
        while waiting and (not len(batch) or most - len(batch) >= max(samples, most * _REFILL_SHARE)):
            group = prefill.next_group(waiting, (most - len(batch)) // samples)
            with at_work():
                logits = prefill.into(cache, group, samples)
            new = _Rows.starting(group, ids, samples, model.device)
            new.token = chosen(logits, new.answer, new.step)
            batch = batch.joined(new)

        produced[batch.answer, batch.step] = batch.token
        ended = torch.isin(batch.token, end_tensor) | (batch.step + 1 == decoding.max_new_tokens)
        ended |= batch.cached >= positions
        if not bool(ended.any()):
            continue
        finished = batch.answer[ended].tolist()
        batch = batch.without(ended, cache)
        for answer in finished:
            which = answer // samples
            unfinished[which] -= 1
            if not unfinished[which]:
                answers = produced[which * samples : (which + 1) * samples].tolist()
                yield which, [[token for token in tokens if token >= 0] for tokens in answers]


@dataclass
class _Rows:
    """The rows of the batch in the order of the cache's slots, each tensor of shape (rows,)."""

    answer: "Tensor"  # prompt x samples + index
    cached: "Tensor"  # tokens in the cache; also the position of the token that comes next
    step: "Tensor"  # of the token chosen last, from 0
    token: "Tensor"  # chosen last, not yet in the cache

    @classmethod
    def none(cls, device: torch.device) -> "_Rows":
        return cls(*(torch.empty(0, dtype=torch.long, device=device) for _ in range(4)))

    @classmethod
    def starting(
        cls, group: Sequence[int], ids: Sequence[Sequence[int]], samples: int, device: torch.device
    ) -> "_Rows":
        answer = torch.tensor([which * samples + i for which in group for i in range(samples)], device=device)
        cached = torch.tensor([len(ids[which]) for which in group for _ in range(samples)], device=device)
        return cls(answer, cached, torch.zeros_like(answer), torch.zeros_like(answer))

    def __len__(self) -> int:
        return len(self.answer)

    def joined(self, new: "_Rows") -> "_Rows":
        return _Rows(*(torch.cat(pair) for pair in zip(self._tensors(), new._tensors(), strict=True)))

    def without(self, ended: "Tensor", cache: RowCache) -> "_Rows":
        """The rows that go on: those at the end of the batch are moved into the slots that became free before them."""
        count = len(self) - int(ended.sum())
        freed = ended[:count].nonzero().squeeze(1)
        moved = (~ended[count:]).nonzero().squeeze(1) + count
        for tensor in self._tensors():
            tensor[freed] = tensor[moved]
        left = _Rows(*(tensor[:count].clone() for tensor in self._tensors()))
        cache.retain(count, moved, freed, int(left.cached.max()) if count else 0)
        return left

    def _tensors(self) -> tuple["Tensor", ...]:
        return self.answer, self.cached, self.step, self.token


class Prefill:
    """Computes prompts, and if `shared` but once the tokens that all begin with, such as a template's system prompt,
    and those that a family begins with."""

    def __init__(self, model: PreTrainedModel, ids: Sequence[Sequence[int]], *, shared: bool) -> None:
        self._model, self._ids = model, ids
        self._prefix = RowCache(model)
        self._held: tuple[int, ...] = ()
        self._family = [-1] * len(ids)
        self._starts: dict[int, tuple[int, ...]] = {-1: ()}
        if shared and len(ids) > 1 and self._prefix.sees(max(len(prompt) for prompt in ids)):
            common = beginning(ids)
            self._family = _families(ids, common + _OWN_BEGINNING)
            self._starts[-1] = tuple(ids[0][:common])
            for family in set(self._family) - {-1}:
                members = [prompt for prompt, own in zip(ids, self._family, strict=True) if own == family]
                self._starts[family] = tuple(members[0][: beginning(members)])

    @property
    def order(self) -> list[int]:
        """The prompts' places as they are best computed: family by family, the longest first."""
        longest: dict[int, int] = {}
        for prompt, family in zip(self._ids, self._family, strict=True):
            longest[family] = max(longest.get(family, 0), len(prompt))
        told = list(enumerate(zip(self._ids, self._family, strict=True)))
        told.sort(key=lambda each: (-longest[each[1][1]], each[1][1], -len(each[1][0]), each[0]))
        return [place for place, _ in told]

    def next_group(self, waiting: deque[int], most: int) -> list[int]:
        """Takes prompts of a family from the front of the queue, at most `most` and as many as one pass computes."""
        group = [waiting.popleft()]
        family = self._family[group[0]]
        width = len(self._ids[group[0]]) - (len(self._starts[family]) if family >= 0 else 0)
        while waiting and len(group) < most and (len(group) + 1) * width <= _PREFILL_TOKENS:
            if self._family[waiting[0]] != family:
                break
            group.append(waiting.popleft())
        return group

    def into(self, cache: RowCache, group: Sequence[int], samples: int) -> "Tensor":
        """Logits after each prompt, once for each of its samples; its keys and values join the cache as often."""
        start = self._starts[self._family[group[0]]]
        if start != self._held:
            self._prefix, self._held = RowCache(self._model), start
            next_logits(self._model, *left_padded([start], self._model.device), self._prefix)
        tokens, mask, positions = left_padded([self._ids[i][len(start) :] for i in group], self._model.device)
        arrived = RowCache(self._model, len(group), spare=tokens.shape[1])
        if start:
            arrived.admit(self._prefix, len(group))
            padding = (mask == 0).sum(1)
            mask = torch.nn.functional.pad(mask, (len(start), 0), value=1)
            positions = positions + len(start)
        logits = next_logits(self._model, tokens, mask, positions, arrived)
        if start:
            arrived.close_gaps(self._prefix, padding)
        cache.admit(arrived, samples)
        return logits.repeat_interleave(samples, 0)


def _families(ids: Sequence[Sequence[int]], least: int) -> list[int]:
    """Which family each prompt is of: of neighbours in the order of their tokens, those that begin with `least` tokens
    alike; -1 of those that do so with no other."""
    found, family = [-1] * len(ids), -1
    in_order = sorted(range(len(ids)), key=lambda i: tuple(ids[i]))
    for one, other in pairwise(in_order):
        alike = len(ids[one]) > least and len(ids[other]) > least and ids[one][:least] == ids[other][:least]
        if alike:
            if found[one] < 0:
                family += 1
                found[one] = family
            found[other] = found[one]
    return found


def left_padded(ids: Sequence[Sequence[int]], device: torch.device) -> tuple["Tensor", "Tensor", "Tensor"]:
    """Token ids, mask and positions, each of shape (rows, longest): padded left, so that all rows end together."""
    width = max(len(row) for row in ids)
    tokens = torch.zeros((len(ids), width), dtype=torch.long, device=device)
    mask = torch.zeros((len(ids), width), dtype=torch.long, device=device)
    for row, prompt in enumerate(ids):
        tokens[row, width - len(prompt) :] = torch.tensor(prompt, device=device)
        mask[row, width - len(prompt) :] = 1
    return tokens, mask, (mask.cumsum(1) - 1).clamp(min=0)


def continued(model: PreTrainedModel, token: "Tensor", cached: "Tensor", cache: RowCache) -> "Tensor":
    """Logits after one more token of each row, shape (rows, vocabulary); `cached` counts it with those before it."""
    columns = torch.arange(int(cached.max()), 0, -1, device=model.device)
    mask = (columns <= cached.unsqueeze(1)).long()
    return next_logits(model, token.unsqueeze(1), mask, cached.unsqueeze(1) - 1, cache)


def next_logits(model: PreTrainedModel, tokens: "Tensor", mask: "Tensor", positions: "Tensor", cache: Any) -> "Tensor":
    """Logits of the next token of each row, shape (rows, vocabulary), in the model's precision; fills the cache."""
    output = model(
        input_ids=tokens,
        attention_mask=mask,
        position_ids=positions,
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=1,
    )
    last: Tensor = output.logits[:, -1]
    return last
