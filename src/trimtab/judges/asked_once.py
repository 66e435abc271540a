"""Questions to a server, each asked once whatever is killed, within what they may cost together."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from ..errors import UserError
from ..models import NotTaken
from ..records import Answer, JudgeReply
from ..store import Journal
from .budget import Budget, BudgetSpent, Used, unread
from .constitutional import Chat

T = TypeVar("T")
R = TypeVar("R")


class Asks(Chat, Protocol):
    """A chat that answers many at once, in the order in which they are given."""

    def each(
        self, one: Callable[[T], R], items: Sequence[T], not_taken: Callable[[T, NotTaken], R] | None = None
    ) -> list[R]:
        """`one` of each item; the first error ends it, after what is under way."""


class Asked(Protocol):
    """A question; `letters` are those of it, blanks left out."""

    @property
    def letters(self) -> int:
        """How many."""


Q = TypeVar("Q", bound=Asked)
S = TypeVar("S", JudgeReply, Answer)


@dataclass(frozen=True)
class AskedOnce(Generic[Q, S]):
    """Who is asked, under its `name`, where its replies are kept, and what `ask` and `refused` make of a question;
    `room` is the most tokens of a reply, `every` how many questions there are with those that are answered."""

    name: str
    journal: Journal[S]
    budget: Budget
    room: int
    every: int
    ask: Callable[[Q], S]
    refused: Callable[[Q, NotTaken], S]

    def through(self, chat: Asks, waiting: Sequence[Q], step: Callable[[], None]) -> None:
        """Asks what waits; each reply is on disk before `step` is called.

        Raises BudgetSpent where the next question may cost more than is left, and UserError where nobody answers, or
        what is answered was not read.
        """
        lock, read = threading.Lock(), len(self.journal) > 0

        def first_is_read(question: Q, reply: S) -> None:
            nonlocal read
            with lock:
                if read or not unread(question.letters, reply):
                    read = True
                    return
            raise UserError(
                f"The judge is {self.name}.",
                f"It says that it read {Used.by(reply).tokens_in} tokens of a question of {question.letters:,} "
                "letters: it was not given its prompt, or a short part of it.",
                "Look at the server's chat template and at the length of its context; nothing of what it said is kept.",
            )

        def one(question: Q) -> S:
            held, reply = self.budget.hold(question.letters, self.room, self.every), None
            try:
                reply = self.ask(question)
                first_is_read(question, reply)
                self.journal.add(reply)
            finally:
                self.budget.pay(held, question.letters, reply)
            step()
            return reply

        def not_taken(question: Q, error: NotTaken) -> S:
            reply = self.refused(question, error)
            self.journal.add(reply)
            return reply

        try:
            if waiting:
                chat.each(one, waiting, not_taken)
        except BudgetSpent as spent:  # what was under way then has been answered since
            came = self.budget
            raise BudgetSpent(came.spent or 0.0, spent.limit, came.answered, self.every) from None
