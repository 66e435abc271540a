"""An engine answers prompts: a model in this process, a server, or a script in a model's place. Needs no torch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ..records import Answer, Prompt

PART = 64
"""Answers of a part of the work where an engine plans no batches: what a killed run asks for again."""


@dataclass(frozen=True)
class Decoding:
    """How to decode. `temperature` 0 is greedy; `top_p` 1 keeps the whole distribution (Holtzman et al. 2020).

    Of tokens equally likely at the nucleus's edge, all are kept.
    """

    max_new_tokens: int
    temperature: float = 0.0
    top_p: float = 1.0


class Engine(Protocol):
    """Where answers come from."""

    def describe(self) -> dict[str, str]:
        """What of the engine changes answers, for the fingerprint; not which model it is."""

    def parts(self, prompts: Sequence[Prompt], samples: int, decoding: Decoding, *, chat: bool) -> list[list[int]]:
        """Indices of prompts in parts that are answered one after the other, each kept when it is done."""

    def answers(
        self, prompts: Sequence[Prompt], *, samples: int, decoding: Decoding, seed: int, chat: bool
    ) -> list[Answer]:
        """`samples` answers to each prompt, in the order of the prompts."""


def in_order(prompts: Sequence[Prompt], samples: int) -> list[list[int]]:
    """Indices of prompts in order, at most `PART` answers a part."""
    most = max(1, PART // samples)
    return [list(range(first, min(first + most, len(prompts)))) for first in range(0, len(prompts), most)]
