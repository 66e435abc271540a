"""A model in this process that is asked as a server is: one conversation at a time, with its likeliest first tokens.

One at a time, because then what it says does not depend on what else is asked, in which order, or before which kill.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, TypeVar

from ..errors import UserError
from ..records import Message, Prompt
from .beginnings import Beginnings
from .endpoint import NotTaken
from .engine import Decoding
from .loading import LoadedModel
from .sampler import prompt_ids, sample_batch
from .turns import CannotRender, words_of, written_text
from .wire import Reply

_DATA = "<<<"
"""What a mark of data begins with."""
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class LocalChat:
    """The model that is `loaded`, as `Endpoint` is for a server's; `top` are the most alternatives that it tells."""

    loaded: LoadedModel
    top: ClassVar[int] = 1000

    @cached_property
    def marks(self) -> frozenset[str]:
        """What the tokenizer reads as tokens of its own wherever it stands in a text."""
        tokenizer = self.loaded.tokenizer
        added = (str(token) for token in tokenizer.added_tokens_decoder.values())
        return frozenset((*added, *tokenizer.all_special_tokens))

    def each(
        self, one: Callable[[T], R], items: Sequence[T], not_taken: Callable[[T, NotTaken], R] | None = None
    ) -> list[R]:
        """`one` of each item, in their order; what cannot be asked becomes what `not_taken` gives. Where that is so of
        all of several, its error is raised."""
        found: list[R] = []
        failed: list[NotTaken] = []
        for item in items:
            try:
                found.append(one(item))
            except NotTaken as error:
                if not_taken is None:
                    raise
                failed.append(error)
                found.append(not_taken(item, error))
        if len(failed) == len(items) > 1:
            raise failed[0]
        return found

    def chat(
        self, messages: Sequence[Message], *, decoding: Decoding, seed: int | None, json: bool = False, top: int = 0
    ) -> Reply:
        """The answer to a conversation; with `top`, its first token's alternatives. `json` is not enforced.

        Where the last message is the assistant's, the first token is what goes on from there.

        Raises NotTaken where the chat template leaves out a part of it, or the model has no room for it.
        """
        begun = messages[-1].content if messages[-1].role == "assistant" else ""
        messages = messages[:-1] if begun else messages
        ids = self._ids(messages, decoding.max_new_tokens)
        if begun:
            ids += [int(token) for token in self.loaded.tokenizer(begun, add_special_tokens=False)["input_ids"]]
        first = self._first(ids, self._before_data(messages, ids), top) if top else ()
        if top and decoding.max_new_tokens == 1:
            return Reply(first[0][0], ended=False, tokens_in=len(ids), tokens_out=1, first=first)
        model, tokenizer = self.loaded.model, self.loaded.tokenizer
        asked = Prompt(id="asked", messages=tuple(messages))
        said = sample_batch(model, tokenizer, [asked], samples=1, decoding=decoding, seed=seed or 0, rows=1)[0]
        return Reply(
            said.opened + said.text,
            ended=said.ended,
            tokens_in=len(ids),
            tokens_out=said.tokens,
            cut=not said.ended,
            first=first,
        )

    def reads(self, messages: Sequence[Message]) -> tuple[int, int]:
        """How many tokens a conversation has, and how many of them are its last message's words.

        The second are those that become others where it says something else, so that it is proved that they reach the
        model. Raises NotTaken where they do not.
        """
        ids = self._ids(messages, 1)
        try:
            first, last = words_of(self.loaded.tokenizer, messages, len(messages) - 1, ids, generation=True)
        except CannotRender as error:
            raise NotTaken(f"The judge is {self.loaded.ref}.", error.why, error.fix) from None
        return len(ids), last - first

    def _ids(self, messages: Sequence[Message], room: int) -> list[int]:
        """The conversation's tokens. Raises NotTaken."""
        given, tokenizer = f"The judge is {self.loaded.ref}.", self.loaded.tokenizer
        try:
            text = written_text(tokenizer, messages)
            if not all(message.content.strip() in text for message in messages):
                why = "Its chat template leaves out or changes a part of what it is asked."
                raise NotTaken(given, why, "Judge by a model whose template writes every message as it stands.")
            ids = prompt_ids(tokenizer, messages)
        except CannotRender as error:
            raise NotTaken(given, error.why, error.fix) from None
        most = getattr(self.loaded.model.config, "max_position_embeddings", None)
        if most is not None and len(ids) + room > most:
            why = f"A question has {len(ids):,} tokens and its answer up to {room:,}, and the model reads {most:,}."
            raise NotTaken(given, why, "Judge shorter answers, or by a model that reads more.")
        return ids

    @cached_property
    def _beginnings(self) -> Beginnings:
        return Beginnings(self.loaded.model)

    def _before_data(self, messages: Sequence[Message], ids: Sequence[int]) -> int:
        """How many tokens stand before the first mark of data (`judges.fenced`): those that many questions begin with.

        Told by the question alone, so that what is said of it hangs on no other.
        """
        tokenizer = self.loaded.tokenizer
        text, mark, _ = written_text(tokenizer, messages).partition(_DATA)
        before = (
            [int(token) for token in tokenizer(text.rstrip(), add_special_tokens=False)["input_ids"]] if mark else []
        )
        return len(before) if before == list(ids[: len(before)]) else 0

    def _first(self, ids: Sequence[int], begin: int, top: int) -> tuple[tuple[str, float], ...]:
        import torch

        tokenizer = self.loaded.tokenizer
        logits = self._beginnings.logits(ids, begin)
        found = torch.log_softmax(logits, dim=-1).topk(min(top, len(logits)))
        if not bool(torch.isfinite(found.values[0])):
            raise UserError(
                f"The judge is {self.loaded.ref}.", "Its probabilities are no numbers.", "Load it in fp32, or whole."
            )
        words = [str(tokenizer.decode([int(token)])) for token in found.indices]
        return tuple(zip(words, (float(each) for each in found.values), strict=True))
