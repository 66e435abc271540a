"""Before training: which comparisons can be trained on as they are, seen through the tokenizer that will be used."""

from collections.abc import Sequence
from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

from ..errors import UserError
from ..models import render
from ..records import Comparison, Reject


@dataclass(frozen=True)
class Plan:
    """Comparisons to train on, and those left out with the reason; together they are all that were given."""

    comparisons: tuple[Comparison, ...]
    rejected: tuple[Reject, ...]
    longest: int


def plan(
    comparisons: Sequence[Comparison],
    tokenizer: PreTrainedTokenizerBase,
    max_length: int,
    ends: frozenset[int],
) -> Plan:
    """Renders both sides as training will and leaves out what would teach the wrong thing.

    A side longer than `max_length` tokens would lose its end, two sides that tokenise alike teach nothing, and a side
    without the end-of-turn token teaches never to stop. Raises UserError where nothing is left.
    """
    kept: list[Comparison] = []
    rejected: list[Reject] = []
    longest = 0
    for item in comparisons:
        prompt = render(tokenizer, item.prompt, generation=True)
        chosen = render(tokenizer, (*item.prompt, *item.chosen), generation=False)
        other = render(tokenizer, (*item.prompt, *item.rejected), generation=False)
        longest = max(longest, len(chosen), len(other))
        reason = unfit(prompt, (chosen, other), max_length, ends)
        if reason is None:
            kept.append(item)
        else:
            rejected.append(
                Reject(source=item.provenance.source, row=item.id, reason=reason, excerpt=item.chosen_text[:120])
            )
    if not kept:
        reasons = sorted({item.reason for item in rejected})
        raise UserError(
            f"{len(comparisons)} comparisons were given to train on.",
            f"None can be used: {'; '.join(reasons) or 'there are none'}.",
            "Give more or other comparisons; where the reason is length, raise training.max_length.",
        )
    return Plan(tuple(kept), tuple(rejected), longest)


def unfit(
    prompt: list[int],
    sides: Sequence[list[int]],
    max_length: int,
    ends: frozenset[int],
    setting: str = "training.max_length",
) -> str | None:
    """Why answers to one prompt, in tokens with the prompt, cannot be trained on; None where they can.

    `setting` is where the spec says `max_length`.
    """
    if max(map(len, sides)) > max_length:
        return f"longer than {setting} ({max_length} tokens): the answer would be cut"
    if any(side[: len(prompt)] != prompt for side in sides):
        return "the chat template renders the prompt differently once an answer follows"
    if len({tuple(side) for side in sides}) < len(sides):
        return "both sides are equal after tokenisation" if len(sides) == 2 else "two answers have equal tokens"
    if any(not ends & set(side[len(prompt) :]) for side in sides):
        return "the chat template adds no end-of-turn token"
    return None
