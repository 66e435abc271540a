"""Pairs through a judge of rules: each question once, whatever is killed, within what it may cost."""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from ..errors import UserError
from ..models import NotTaken
from ..records import JudgeReply
from ..store import Journal
from .budget import Budget
from .constitutional import Chat, RuleJudge, RuleVerdict
from .rule_reading import Question, RulePair, unread

T = TypeVar("T")
R = TypeVar("R")
EQUAL = "both answers are equal"


class Asks(Chat, Protocol):
    """A chat that answers many at once, in the order in which they are given."""

    def each(
        self, one: Callable[[T], R], items: Sequence[T], not_taken: Callable[[T, NotTaken], R] | None = None
    ) -> list[R]:
        """`one` of each item; the first error ends it, after what is under way."""


class PairsAsked:
    """All questions of some pairs, of which a `journal` may hold replies. `seed` draws votes; equal pairs ask nothing.

    A pair's verdict hangs on the pair, the judge and the seed alone, and on no other pair or order.
    """

    def __init__(self, judge: RuleJudge, pairs: Sequence[RulePair], journal: Journal[JudgeReply], seed: int) -> None:
        self._judge, self._pairs, self._journal, self._seed = judge, pairs, journal, seed
        self._lock, self._read = threading.Lock(), len(journal) > 0
        self._questions = {id(pair): [] if _equal(pair) else judge.questions(pair, seed) for pair in pairs}

    @property
    def every(self) -> list[Question]:
        """Each question once."""
        return list({each.key: each for some in self._questions.values() for each in some}.values())

    @property
    def open(self) -> list[Question]:
        """Those that have no reply yet."""
        return [each for each in self.every if self._journal.get(each.key) is None]

    @property
    def replies(self) -> list[tuple[Question, JudgeReply]]:
        """Every question that has a reply, and it."""
        return [(each, said) for each in self.every if (said := self._journal.get(each.key)) is not None]

    def ask(self, chat: Asks, budget: Budget, step: Callable[[], None]) -> None:
        """Asks what is open; each reply is on disk before `step` is called.

        Raises BudgetSpent where the next question may cost more than is left, and UserError where nobody answers, or
        what is answered was not read.
        """
        waiting, every, room = self.open, len(self.every), self._judge.decoding.max_new_tokens

        def one(question: Question) -> JudgeReply:
            held, reply = budget.hold(question.letters, room, every), None
            try:
                reply = self._judge.ask(question)
                self._first_is_read(question, reply)
                self._journal.add(reply)
            finally:
                budget.pay(held, question.letters, reply)
            step()
            return reply

        def refused(question: Question, error: NotTaken) -> JudgeReply:
            reply = JudgeReply(key=question.key, refused=error.why)
            self._journal.add(reply)
            return reply

        if waiting:
            chat.each(one, waiting, refused)

    def verdicts(self) -> list[RuleVerdict]:
        """What was said of each pair, in their order, once nothing is open."""
        found = []
        for pair in self._pairs:
            asked = self._questions[id(pair)]
            said = [self._journal.get(each.key) for each in asked]
            whole = [reply for reply in said if reply is not None]
            assert len(whole) == len(asked)
            found.append(self._judge.verdict(asked, whole) if asked else RuleVerdict("tie", 0.5, reason=EQUAL))
        return found

    def _first_is_read(self, question: Question, reply: JudgeReply) -> None:
        """Raises UserError where a server has read none of its questions whole so far."""
        with self._lock:
            if self._read or not unread(question, reply):
                self._read = True
                return
        raise UserError(
            f"The judge is {self._judge.name}.",
            f"It says that it read {reply.tokens_in} tokens of a question of {question.letters:,} letters: it was not "
            "given its prompt, or a short part of it.",
            "Look at the server's chat template and at the length of its context; nothing of what it said is kept.",
        )


def _equal(pair: RulePair) -> bool:
    return pair.first.strip() == pair.second.strip()
