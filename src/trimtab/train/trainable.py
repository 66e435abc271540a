"""Before training: which rows can be trained on as they are, seen through the tokenizer that will be used."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from transformers import PreTrainedTokenizerBase

from ..errors import UserError
from ..methods import Method
from ..models import CannotRender, LoadedModel, assistants, end_ids, render, shape_of, why_not_taken
from ..records import Comparison, Completion, Demonstration, Reject, Thumb, text_of
from ..sharing import positions_of
from ..spec import TrainingSpec

R = TypeVar("R", Comparison, Demonstration, Thumb)


@dataclass(frozen=True)
class Plan(Generic[R]):
    """Rows to train on, and those left out with the reason; together they are all that were given."""

    kept: tuple[R, ...]
    rejected: tuple[Reject, ...]
    longest: int


def plan(
    rows: Sequence[R],
    tokenizer: PreTrainedTokenizerBase,
    max_length: int,
    ends: frozenset[int],
    positions: int | None = None,
) -> Plan[R]:
    """Renders every answer as training will and leaves out what would teach the wrong thing.

    An answer that ends after `max_length` tokens would lose its end, two sides that tokenise alike teach nothing, an
    answer without the end-of-turn token teaches never to stop, and what the chat template refuses or leaves out was not
    there when the row was judged. Nor is a row trained on that goes beyond the model's `positions`. Raises UserError
    where nothing is left.
    """
    kept: list[R] = []
    rejected: list[Reject] = []
    longest = 0
    template = Template(tokenizer, ends)
    for row in rows:
        try:
            prompt, sides = template.written(row.prompt, _sides(row))
            longest = max(longest, *map(len, sides))
            reason = unfit(prompt, sides, max_length, ends, positions=positions) or template.untold(
                row.prompt, len(prompt), _sides(row), sides
            )
        except CannotRender as error:
            reason = error.reason
        if reason is None:
            kept.append(row)
        else:
            excerpt = text_of(_sides(row)[0])[:120]
            rejected.append(Reject(source=row.provenance.source, row=row.id, reason=reason, excerpt=excerpt))
    if not kept:
        reasons = sorted({item.reason for item in rejected})
        raise UserError(
            f"{len(rows)} {_NOUNS[type(rows[0])] if rows else 'rows'} were given to train on.",
            f"None can be used: {'; '.join(reasons) or 'there are none'}.",
            "Give more or other ones; where the reason is length, raise training.max_length. A reason that names the "
            "chat template says what to change in the rows; or choose a model whose template takes them.",
        )
    return Plan(tuple(kept), tuple(rejected), longest)


def rows_in_order(
    start: LoadedModel, method: Method, rows: Sequence[Any], settings: TrainingSpec, seed: int
) -> tuple[Sequence[Any], Sequence[Reject]]:
    """What the method trains on in its order, and the rows that it cannot: of an on-policy method the prompts as given.

    `rows` are of the method's type. Raises UserError where nothing is left.
    """
    if method.on_policy:
        return rows, ()
    ends, positions = end_ids(start.model, start.tokenizer), positions_of(start.model)
    found: Plan[Any] = plan(rows, start.tokenizer, settings.max_length, ends, positions)
    order = method.orderer()
    if order is None:
        return found.kept, found.rejected
    kept, left = order(found.kept, settings.batch_size, seed)
    return kept, (*found.rejected, *left)


def reasons_of(rejected: Sequence[Reject]) -> str:
    """Why rows are left out, the commonest reasons with how many rows each leaves out."""
    told = Counter(row.reason for row in rejected).most_common(_TOLD)
    return "; ".join(f"{reason} ({count})" for reason, count in told)


_TOLD = 3
_NOUNS: dict[type, str] = {Comparison: "comparisons", Demonstration: "demonstrations", Thumb: "thumbs"}


def _sides(row: Comparison | Demonstration | Thumb) -> tuple[Completion, ...]:
    return (row.chosen, row.rejected) if isinstance(row, Comparison) else (row.completion,)


class Template:
    """A tokenizer's chat template, and what was found of conversations of each shape."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, ends: frozenset[int]) -> None:
        self.tokenizer, self.ends = tokenizer, ends
        self._faults: dict[object, str | None] = {}

    def written(self, prompt: Completion, sides: Sequence[Completion]) -> tuple[list[int], list[list[int]]]:
        """A prompt, and each answer with it, in tokens. Raises CannotRender where something is refused or left out."""
        asked = render(self.tokenizer, prompt, generation=True)
        ids = [render(self.tokenizer, (*prompt, *said), generation=False) for said in sides]
        for said in sides or [()]:
            shape = (len(prompt), shape_of((*prompt, *said)))
            if shape not in self._faults:
                self._faults[shape] = why_not_taken(self.tokenizer, prompt, said)
            if (fault := self._faults[shape]) is not None:
                raise CannotRender(fault)
        return asked, ids

    def untold(
        self, prompt: Completion, before: int, sides: Sequence[Completion], ids: Sequence[list[int]]
    ) -> str | None:
        """Why there is no telling which tokens of an answer of several turns are an assistant's; None where there is.

        `before` tokens are the prompt's.
        """
        try:
            for said, tokens in zip(sides, ids, strict=True):
                assistants(self.tokenizer, prompt, said, tokens, before, self.ends)
        except CannotRender as error:
            return error.reason
        return None


def unfit(
    prompt: list[int],
    sides: Sequence[list[int]],
    max_length: int,
    ends: frozenset[int],
    setting: str = "training.max_length",
    positions: int | None = None,
) -> str | None:
    """Why answers to one prompt, in tokens with the prompt, cannot be trained on; None where they can.

    `setting` is where the spec says `max_length`, and `positions` is how many tokens the model reads.
    """
    if positions is not None and max(map(len, sides)) > positions:
        return f"longer than the model reads ({positions} tokens)"
    if max(map(len, sides)) > max_length:
        return f"longer than {setting} ({max_length} tokens): the answer would be cut"
    if any(side[: len(prompt)] != prompt for side in sides):
        return "the chat template renders the prompt differently once an answer follows"
    if len({tuple(side) for side in sides}) < len(sides):
        return "both sides are equal after tokenisation" if len(sides) == 2 else "two answers have equal tokens"
    if any(not ends & set(side[len(prompt) :]) for side in sides):
        return "the chat template adds no end-of-turn token"
    return None
