"""Log-probabilities of many continuations under few prompts, each shared token computed once."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import torch
from transformers import DynamicCache, PreTrainedModel
from transformers.cache_utils import DynamicLayer

from .attention import forest_attention
from .forward import per_token, predictions, why_not
from .layout import beginning, lay_out, pack
from .lean import in_lean
from .limits import demand_readable
from .states import leave, quick, quicken_once, unwrapped

PACK_TOKENS = 4096
"""Tokens of a pack: enough for matrix products at full rate, few enough that activations stay small."""
PACK_TOKENS_CUDA = 16384
"""The same on a GPU, which launches the same operations for few tokens as for many (docs/gpu.md)."""
HELD_FROM = 32
"""A beginning that all prompts share is computed once for all packs, into a cache, from this many tokens on."""

Say = Callable[[str], None]


def pack_tokens(device: torch.device) -> int:
    """Tokens of a pack where nobody says how many."""
    return PACK_TOKENS_CUDA if device.type == "cuda" else PACK_TOKENS


class Scorer:
    """Scores continuations with one model; finds out once whether the model can share prefixes.

    Where it cannot, every sequence is computed by itself, and `say` is told why. `shares` tells which it is.
    """

    def __init__(self, model: Any, say: Say = lambda text: None) -> None:
        self.model: PreTrainedModel = unwrapped(model)
        quicken_once(self.model)
        reason = why_not(model)
        if reason is not None and leave(self.model, "texts were read otherwise by them"):
            reason = why_not(model)
        self.shares = reason is None
        if reason is not None:
            say(f"prefixes are not shared, every sequence is computed by itself: {reason}")

    @torch.no_grad()
    def __call__(
        self,
        prompts: Sequence[Sequence[int]],
        continuations: Sequence[Sequence[Sequence[int]]],
        *,
        budget: int | None = None,
    ) -> list[list[list[float]]]:
        """Log-probability, in nats, of each token of each continuation, indexed [prompt][continuation][token].

        `continuations[i]` are token ids to follow prompt i, any number of any length above 0. What all prompts begin
        with, a preamble of examples say, is computed once. Raises ValueError where a prompt or a continuation is empty,
        and UnreadableError where both are longer than the model reads.
        """
        if not all(options and all(map(len, options)) for options in continuations):
            raise ValueError("every prompt needs a continuation, and every continuation a token")
        if not all(map(len, prompts)):
            raise ValueError("what is scored needs at least one token before it, and a prompt is empty")
        pairs = zip(prompts, continuations, strict=True)
        demand_readable(self.model, ([*prompt, *option] for prompt, options in pairs for option in options))
        if not self.shares:
            return self.one_by_one(prompts, continuations)
        shared = beginning(prompts) if len(prompts) > 1 else 0
        before = list(prompts[0][:shared]) if shared >= HELD_FROM else []
        heads = [list(prompt[len(before) :]) for prompt in prompts]
        sizes = [len(head) + sum(map(len, options)) for head, options in zip(heads, continuations, strict=True)]
        found: dict[int, list[list[float]]] = {}
        with in_lean(self.model) if quick(self.model) is None else nullcontext():
            held = _held(self.model, before) if before else None
            with forest_attention(self.model):
                for group in pack(sizes, budget or pack_tokens(self.model.device)):
                    sequences = [[*heads[i], *option] for i in group for option in continuations[i]]
                    starts = [len(heads[i]) for i in group for _ in continuations[i]]
                    forest = lay_out(sequences, starts, tips=False)
                    scored = predictions(self.model, forest, cache=held, held=len(before))
                    # to the CPU once, not a continuation at a time
                    rows = iter(per_token(replace(scored, logps=scored.logps.cpu()), forest))
                    for i in group:
                        found[i] = [next(rows).tolist() for _ in continuations[i]]
        return [found[i] for i in range(len(prompts))]

    @torch.no_grad()
    def one_by_one(
        self, prompts: Sequence[Sequence[int]], continuations: Sequence[Sequence[Sequence[int]]]
    ) -> list[list[list[float]]]:
        """The same by the plain path: a pass for each sequence, without padding."""
        return [
            [self._alone(list(prompt), option) for option in options]
            for prompt, options in zip(prompts, continuations, strict=True)
        ]

    def _alone(self, prompt: list[int], option: Sequence[int]) -> list[float]:
        ids = torch.tensor([[*prompt, *option]], device=self.model.device)
        logits = self.model(input_ids=ids, use_cache=False).logits[0, len(prompt) - 1 : -1].float()
        picked: list[float] = torch.log_softmax(logits, -1).gather(-1, ids[0, len(prompt) :, None]).squeeze(-1).tolist()
        return picked


def _held(model: PreTrainedModel, preamble: Sequence[int]) -> DynamicCache:
    """The preamble's keys and values, in a cache that hands them out before every forest and keeps nothing else."""
    cache = DynamicCache()
    model.base_model(input_ids=torch.tensor([preamble], device=model.device), past_key_values=cache, use_cache=True)
    for layer in cache.layers:
        layer.__class__ = _HeldLayer
    return cache


class _HeldLayer(DynamicLayer):  # type: ignore[misc]
    """Keys and values that stay as they are: what is added is only put behind them for the moment."""

    def update(self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any) -> tuple[Any, Any]:
        return torch.cat([self.keys, key_states], -2), torch.cat([self.values, value_states], -2)
