"""What a reward model is trained and measured on: rankings in tokens, and a part of the prompts held out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from transformers import PreTrainedTokenizerBase

from ...errors import UserError
from ...models import CannotRender
from ...records import Comparison, Message, Reject, text_of
from ...store import digest
from ..trainable import Template, unfit

Side = tuple[Message, ...]
Ranked = tuple[Sequence[Message], Sequence[str | Side]]
"""A conversation, and answers to it, texts or turns, best first and without ties."""


@dataclass(frozen=True)
class TokenRanking:
    """Two or more answers to one conversation, best first; a comparison is one of two.

    `before` are the conversation's token ids, ready for an answer, and `ids` those of conversation and answer.
    `sure` is how likely that order is (a comparison's soft label).
    """

    prompt: tuple[Message, ...]
    texts: tuple[str, ...]
    before: tuple[int, ...]
    ids: tuple[tuple[int, ...], ...]
    sure: float = 1.0

    @property
    def answers(self) -> list[list[int]]:
        """Each answer's token ids, without the conversation's."""
        return [list(each[len(self.before) :]) for each in self.ids]

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Places of every better answer with every worse one."""
        return list(combinations(range(len(self.texts)), 2))


def read_rankings(
    comparisons: Sequence[Comparison],
    ranked: Sequence[Ranked],
    tokenizer: PreTrainedTokenizerBase,
    max_length: int,
    ends: frozenset[int],
    positions: int | None = None,
) -> tuple[list[TokenRanking], list[Reject]]:
    """Comparisons and rankings in tokens, and those left out with the reason, as `plan` does; together all given.

    Raises UserError where nothing is left.
    """
    kept: list[TokenRanking] = []
    left: list[Reject] = []
    template = Template(tokenizer, ends)
    for source, row, prompt, sides, sure in _given(comparisons, ranked):
        reason: str | None = "a ranking needs two answers at least"
        if len(sides) > 1:
            try:
                before, ids = template.written(prompt, sides)
                reason = unfit(before, ids, max_length, ends, "training.reward.max_length", positions)
            except CannotRender as error:
                reason = error.reason
        if reason is None:
            texts = tuple(map(text_of, sides))
            kept.append(TokenRanking(prompt, texts, tuple(before), tuple(map(tuple, ids)), sure))
        else:
            excerpt = text_of(sides[0])[:120] if sides else ""
            left.append(Reject(source=source, row=row, reason=reason, excerpt=excerpt))
    if not kept:
        reasons = sorted({item.reason for item in left})
        raise UserError(
            f"{len(comparisons)} comparisons and {len(ranked)} rankings were given to train a reward model on.",
            f"None can be used: {'; '.join(reasons) or 'there are none'}.",
            "Give more or other ones; where the reason is length, raise training.reward.max_length.",
        )
    return kept, left


def split_prompts(
    rankings: Sequence[TokenRanking], share: float, seed: int
) -> tuple[list[TokenRanking], list[TokenRanking]]:
    """Those to train on and those held out, by prompt: all answers to one prompt are on one side.

    Held out is `share` of the prompts, one at least where it is above 0: those whose hash with the seed is lowest, so
    that a prompt's side depends little on which others there are. Raises UserError where no prompt is left on a side.
    """
    keys = [digest([seed, [message.model_dump() for message in item.prompt]]) for item in rankings]
    in_order = sorted(set(keys))
    count = max(1, round(share * len(in_order))) if share else 0
    if count >= len(in_order):
        raise UserError(
            f"The comparisons are about {len(in_order)} different prompts.",
            f"With training.reward.heldout={share:g}, {count} of them are held out, and none is left to train on.",
            "Give comparisons of more prompts, or hold out less.",
        )
    out = set(in_order[:count])
    trained = [item for item, key in zip(rankings, keys, strict=True) if key not in out]
    return trained, [item for item, key in zip(rankings, keys, strict=True) if key in out]


def _given(
    comparisons: Sequence[Comparison], ranked: Sequence[Ranked]
) -> Iterator[tuple[str, str, Side, list[Side], float]]:
    """Source, row, prompt and answers, best first, of each, and how likely that order is."""
    for item in comparisons:
        yield item.provenance.source, item.id, item.prompt, [item.chosen, item.rejected], item.probability
    for place, (prompt, answers) in enumerate(ranked):
        yield (
            "rankings",
            str(place),
            tuple(prompt),
            [(Message(role="assistant", content=said),) if isinstance(said, str) else said for said in answers],
            1.0,
        )
