"""What asking may cost: spent by what was counted, held back for what is under way, never above the limit."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from ..errors import UserError, option
from ..models import Reply
from ..records import Answer, JudgeReply
from .rule_reading import LETTERS_OF_A_TOKEN

MILLION = 1_000_000
_FIRST_RATIO, _ROOM = 1.0, 1.25
"""Tokens of a letter before anything was counted (more than most text has), and room above the most that was."""
_USUAL_RATIO = 0.25
"""Tokens of a letter in English, blanks left out."""


class BudgetSpent(Exception):
    """The next question might cost more than is left; what was said is kept, and the run goes on from here."""

    def __init__(self, spent: float, limit: float, answered: int, asked: int) -> None:
        super().__init__(
            f"the budget is spent: {spent:.4g} of {limit:.4g} for {answered:,} of {asked:,} questions, which are kept."
        )
        self.spent = spent
        self.limit = limit
        self.answered = answered
        self.asked = asked


@dataclass(frozen=True)
class Prices:
    """Of a million tokens in and a million out, in any currency."""

    tokens_in: float
    tokens_out: float

    def of(self, tokens_in: float, tokens_out: float) -> float:
        """What so many tokens cost."""
        return (tokens_in * self.tokens_in + tokens_out * self.tokens_out) / MILLION


@dataclass(frozen=True)
class Used:
    """What one question used: the tokens that its reply took in and gave out, where they were `counted`.

    One that was not `taken` used nothing. Of one that a `filter` kept back before a model read it no server counts
    anything, and some charge for what was sent: it is taken to cost the most that its letters can.
    """

    tokens_in: int
    tokens_out: int
    counted: bool = True
    taken: bool = True
    filter: bool = False

    @classmethod
    def by(cls, reply: JudgeReply | Answer | Reply) -> "Used":
        """What a reply says that it used."""
        filtered = reply.outcome == "filtered"
        if isinstance(reply, Reply):
            return cls(reply.tokens_in, reply.tokens_out, reply.counted, True, filtered)
        if isinstance(reply, JudgeReply):
            return cls(reply.tokens_in, reply.tokens_out, reply.counted, not reply.refused, filtered)
        counted, nothing = reply.prompt_tokens is not None, reply.outcome == "not answered"
        return cls(reply.prompt_tokens or 0, reply.tokens, counted, counted or not nothing, filtered)


def unread(letters: int, reply: JudgeReply | Answer | Reply) -> bool:
    """Whether a server says that it read fewer tokens than a question of so many letters can have.

    None at all is no count: some servers leave out what they had read before.
    """
    used = Used.by(reply)
    asked = used.counted and used.taken and reply.outcome is None
    return asked and 0 < used.tokens_in * LETTERS_OF_A_TOKEN < letters


class Budget:
    """Spending over threads. `limit` None is no limit, and needs no prices.

    What was `said` before, in an earlier try, counts as spent: each with the letters of its question.
    """

    def __init__(
        self, prices: Prices | None, limit: float | None, said: Iterable[tuple[int, JudgeReply | Answer]] = ()
    ) -> None:
        assert limit is None or prices is not None
        self._prices, self._limit, self._lock = prices, limit, threading.Lock()
        self._held = 0.0
        self._ratio = 0.0
        self._unread = 0
        self.answered = self.tokens_in = self.tokens_out = self.uncounted = 0
        for letters, reply in said:
            self._count(letters, Used.by(reply))

    @property
    def priced(self) -> bool:
        """Whether it is known what tokens cost."""
        return self._prices is not None

    @property
    def limit(self) -> float | None:
        """What may be spent; None is no limit."""
        return self._limit

    @property
    def spent(self) -> float | None:
        """What was spent; None without prices, or where tokens were not counted."""
        if self._prices is None or self.uncounted:
            return None
        return round(self._prices.of(self.tokens_in + ceil(self._unread * _FIRST_RATIO), self.tokens_out), 6)

    @property
    def usage(self) -> dict[str, float | str | None]:
        """Calls, tokens and cost, as a report tells them."""
        counts = {"calls": self.answered, "tokens_in": self.tokens_in, "tokens_out": self.tokens_out}
        return {**counts, **({"uncounted": self.uncounted} if self.uncounted else {}), "cost": self.spent}

    def at_most(self, letters: int, tokens_out: int) -> float:
        """The most that a question of so many letters is thought to cost."""
        assert self._prices is not None
        ratio = self._ratio * _ROOM or _FIRST_RATIO
        return self._prices.of(ceil(letters * ratio), tokens_out)

    def about(self, letters: int, tokens_out: int) -> float:
        """What questions of so many letters are likely to cost, if each answer is as long as it may be."""
        assert self._prices is not None
        return self._prices.of(letters * (self._ratio or _USUAL_RATIO), tokens_out)

    def hold(self, letters: int, tokens_out: int, asked: int) -> float:
        """Holds back what a question may cost and returns it. Raises BudgetSpent where that is more than is left."""
        if self._limit is None:
            return 0.0
        with self._lock:
            spent, most = self.spent or 0.0, self.at_most(letters, tokens_out)
            if spent + self._held + most > self._limit:
                raise BudgetSpent(spent, self._limit, self.answered, asked)
            self._held += most
            return most

    def pay(self, held: float, letters: int, reply: JudgeReply | Answer | Reply | None) -> None:
        """What a question came to, in place of what was held back for it; None is nothing.

        Raises UserError where there is a limit, and the server does not count.
        """
        with self._lock:
            self._held -= held
            if reply is None:
                return
            self._count(letters, Used.by(reply))
        if self._limit is not None and self.uncounted:
            raise UserError(
                f"{option('max_cost', f'{self._limit:g}')} is to be kept.",
                "The judge's server does not count tokens, so that nobody can tell what its answers cost.",
                "Leave the limit out, or ask a server that counts.",
            )

    def _count(self, letters: int, used: Used) -> None:
        if not used.taken:
            return
        self.answered += 1
        self.tokens_in += used.tokens_in
        self.tokens_out += used.tokens_out
        if used.counted and letters:
            self._ratio = max(self._ratio, used.tokens_in / letters)
        if not used.counted and used.filter:
            self._unread += letters
        elif not used.counted:
            self.uncounted += 1
