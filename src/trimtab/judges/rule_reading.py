"""What a judge by rules is asked of, and what its reply says: only what comes after the question is ever read."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from ..models import encodable
from ..records import JudgeReply, Message, Rule, split_thought
from .fence import objects, verdicts_in

LEAST_LETTERS = 0.05
"""Probability of both letters together below which a model does not answer the question: of all that it might say
first, nineteen in twenty would be no answer."""
_AROUND = " \t\r\n\"'`(*_.:▁Ġ"
"""What may stand around a letter in a token."""
LETTERS_OF_A_TOKEN = 12
"""Letters that no tokenizer puts into a token on average over a whole question (English has about four): a server that
says it read fewer tokens than that makes has not read the question."""


@dataclass(frozen=True)
class RulePair:
    """Two answers to a conversation, and the rule that they are compared by."""

    id: str
    prompt: tuple[Message, ...]
    first: str
    second: str
    rule: Rule


@dataclass(frozen=True)
class Question:
    """One order of a pair, asked once; `swapped` is whether the second answer is shown as A. `key` names it."""

    pair: RulePair
    swapped: bool
    messages: tuple[Message, ...]
    seed: int | None
    key: str

    @property
    def letters(self) -> int:
        """Letters of what is asked, blanks left out."""
        return sum(len("".join(message.content.split())) for message in self.messages)


def conversation(prompt: Sequence[Message]) -> str:
    """A conversation as text: what the user said, or every turn under its role where there is more."""
    if len(prompt) == 1 and prompt[0].role == "user":
        return prompt[0].content
    return "\n\n".join(f"{message.role.upper()}: {message.text}" for message in prompt)


def letters_of(first: Sequence[tuple[str, float]]) -> tuple[float, float] | None:
    """The probabilities of A and B as the first token, however it is spaced or quoted; None where neither is told.

    One that is not told is no likelier than the least likely that is, and taken for that.
    """
    found: dict[str, float] = {}
    for token, logarithm in first:
        letter = token.strip(_AROUND)
        if letter in ("A", "B"):
            found[letter] = found.get(letter, 0.0) + exp(logarithm)
    if not found:
        return None
    least = min(exp(logarithm) for _, logarithm in first)
    told = tuple(min(1.0, found.get(letter, min(least, *found.values()))) for letter in "AB")
    return told[0], told[1]


def by_letter(reply: JudgeReply) -> tuple[float | None, str]:
    """The share of answer A in the probabilities of the two letters; None with the reason where there is none."""
    if reply.letters is None:
        begun = " ".join(reply.text.split())[:40]
        return None, f"neither letter is among its likeliest first words; it would say {begun!r}"
    a, b = reply.letters
    if a + b < LEAST_LETTERS:
        return None, f"it gives the two letters {a + b:.1%} of its probability together"
    return a / (a + b), ""


def by_vote(question: Question, reply: JudgeReply, cap: int) -> tuple[float | None, str]:
    """What the last JSON object of a reply of at most `cap` tokens says, and why: 1 for A, 0 for B, 0.5 for neither."""
    thought, answer = split_thought(reply.text)
    thinks = bool(thought or reply.thought)
    within = " within its thought" if answer is None and thinks else ""
    if reply.cut:  # what it would have said next is not known, and a draft is no verdict
        return None, f"cut at {cap} tokens{within}"
    if answer is None:
        return None, "it thought and gave no answer" if thinks else "it said nothing"
    shown = verdicts_in((question.pair.first, question.pair.second, conversation(question.pair.prompt)))
    for told in reversed(objects(answer)):  # the last word counts, after what was quoted
        share = {"a": 1.0, "b": 0.0, "tie": 0.5}.get(str(told.get("better")).strip().casefold())
        if share is not None and told not in shown:
            return share, encodable(" ".join(str(told.get("why") or "").split()))
    return None, f"no verdict in {' '.join(reply.text.split())[:120]!r}"
