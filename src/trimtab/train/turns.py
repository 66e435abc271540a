"""Rows as tokens, and which of them are trained: what an assistant says in the answer, and no turn of anybody else's.

TRL's trainers take rows that are tokens already, but train all that follows the prompt; a mask goes beside them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from ..models import assistants, render, words_of
from ..records import Completion, PreflightCheck, PreflightName

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_MASKS = {"chosen_said": "", "rejected_said": "", "said": "", "KL_said": "KL_"}
"""Columns that tell which tokens of an answer are an assistant's, and what TRL puts before the names of its batch."""


@dataclass(frozen=True)
class Tokens:
    """A prompt's tokens, those of the answer to it, and which of the answer's are an assistant's."""

    prompt: list[int]
    answer: list[int]
    said: list[bool]

    @property
    def labels(self) -> list[int]:
        """The tokens of both, -100 for those that are not trained."""
        masked = [token if own else -100 for token, own in zip(self.answer, self.said, strict=True)]
        return [-100] * len(self.prompt) + masked


def tokens_of(
    tokenizer: "PreTrainedTokenizerBase", prompt: Completion, said: Completion, ends: frozenset[int]
) -> Tokens:
    """A row's answer in tokens. Raises CannotRender where the template does not take it, or nobody's turn is told."""
    asked = render(tokenizer, prompt, generation=True)
    ids = render(tokenizer, (*prompt, *said), generation=False)
    own = assistants(tokenizer, prompt, said, ids, len(asked), ends)
    return Tokens(asked, ids[len(asked) :], own[len(asked) :])


class InTokens:
    """Put before a TRL trainer of preferences among a class's bases; takes rows that are `Tokens`, as they are."""

    def _prepare_dataset(self, dataset: Any, *args: Any, **kwargs: Any) -> Any:
        if _MASKS.keys().isdisjoint(dataset.column_names):
            return super()._prepare_dataset(dataset, *args, **kwargs)  # type: ignore[misc]
        return dataset

    def _set_signature_columns_if_needed(self) -> None:
        super()._set_signature_columns_if_needed()  # type: ignore[misc]
        named: list[str] = self._signature_columns  # type: ignore[has-type]
        self._signature_columns = [*named, *(name for name in _MASKS if name not in named)]


@dataclass(frozen=True)
class AssistantsOnly:
    """TRL's collator of preferences, with tokens that are no assistant's out of the completion mask."""

    collator: Any

    def __call__(self, examples: Sequence[dict[str, Any]]) -> dict[str, Any]:
        batch: dict[str, Any] = self.collator(list(examples))
        rows: dict[str, int] = {}
        for name, prefix in _MASKS.items():
            if name not in examples[0]:
                continue
            mask = batch[f"{prefix}completion_mask"]
            for example in examples:
                row, before = rows.get(prefix, 0), len(example["prompt_ids"])
                rows[prefix] = row + 1
                said = torch.tensor(example[name], dtype=mask.dtype)[: mask.shape[1] - before]
                mask[row, before : before + len(said)] *= said
        return batch


def to_prove(answers: Sequence[Sequence[Completion]], first: int) -> list[int]:
    """The places of the first rows, and of as many others with an answer of several turns."""
    turns = [place for place, some in enumerate(answers) if place >= first and any(len(said) > 1 for said in some)]
    return [*range(min(first, len(answers))), *turns[:first]]


def answers_only(
    tokenizer: "PreTrainedTokenizerBase",
    rows: Sequence[tuple[Completion, Completion]],
    ids: "torch.Tensor",
    mask: "torch.Tensor",
) -> PreflightCheck:
    """Token by token: all that an assistant says in the answer is trained, and nothing that another says, or the
    prompt holds.

    `rows` are the batch's prompts and answers, `ids` and `mask` its tokens and which are trained, both (rows, longest).
    Where a message's words stand is found by saying others in their place, which knows nothing of how the mask was
    made.
    """
    wrong, turns = 0, 0
    for (prompt, said), tokens, trained in zip(rows, ids.tolist(), mask.bool().tolist(), strict=True):
        whole = render(tokenizer, (*prompt, *said), generation=False)
        before = len(render(tokenizer, prompt, generation=True))
        own, others = [False] * len(whole), [place < before for place in range(len(whole))]
        for place, message in enumerate(said, len(prompt)):
            spoken = own if message.role == "assistant" else others
            if message.text or message.reasoning_content:
                begin, end = words_of(tokenizer, (*prompt, *said), place, whole)
                spoken[begin:end] = [True] * (end - begin)
                turns += 1
        wrong += (
            tokens[: len(whole)] != whole
            or any(trained[len(whole) :])
            or any(
                (mine and not now) or (theirs and now) for mine, theirs, now in zip(own, others, trained, strict=False)
            )
        )
    return PreflightCheck(
        name=PreflightName.ANSWERS_ONLY,
        passed=wrong == 0,
        summary=f"{len(rows) - wrong} of {len(rows)} answers train exactly the tokens that an assistant says "
        f"({turns} turns looked at).",
    )
