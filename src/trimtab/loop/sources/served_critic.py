"""A critic behind a server: every reply is on disk before the next is counted, and no more is spent than may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from ...judges import AskedOnce, Budget, Prices
from ...models import Decoding, NotTaken, not_answered
from ...records import Answer, CriticUsage, Prompt
from ...store import Journal, Stage
from ..notes import notes_of
from ..progress import Progress
from .asking import told
from .who_judges import WhoJudges

if TYPE_CHECKING:
    from ...models import Endpoint

_ASKED = "asked.jsonl"
"""In the stage's work: every reply, from the moment that it came."""


def letters_of(prompt: Prompt) -> int:
    """Letters of what a critic is asked, blanks left out."""
    return sum(len("".join(message.content.split())) for message in prompt.messages)


@dataclass(frozen=True)
class _Question:
    prompt: Prompt

    @property
    def letters(self) -> int:
        return letters_of(self.prompt)


class ServedCritic:
    """The critic `who` in a stage's work. What it said in earlier tries counts as spent of the `limit`."""

    def __init__(self, stage: Stage, who: WhoJudges, prices: Prices | None, limit: float | None) -> None:
        self._who, self._prices, self._limit = who, prices, limit
        self._journal = Journal(stage.work / _ASKED, Answer, lambda answer: answer.prompt_id)
        self._asked: dict[str, _Question] = {}

    def ask(
        self, prompts: Sequence[Prompt], decoding: Decoding, seed: int, progress: Progress, title: str
    ) -> list[Answer]:
        """Its reply to each prompt, in their order; one that is held is not asked for again.

        Raises BudgetSpent and UserError as `AskedOnce.through`.
        """
        there = cast("Endpoint", self._who.chat)
        questions = [_Question(prompt) for prompt in prompts]
        self._asked |= {each.prompt.id: each for each in questions}
        waiting = [each for each in questions if self._journal.get(each.prompt.id) is None]
        if waiting:
            budget, room = self.budget(), decoding.max_new_tokens

            def one(question: _Question) -> Answer:
                return there.answer(question.prompt, 0, decoding=decoding, seed=seed)

            def refused(question: _Question, error: NotTaken) -> Answer:
                return not_answered(question.prompt, 0, error.why)

            once = AskedOnce(self._who.name, self._journal, budget, room, len(prompts), one, refused)
            said = f"{title}: {len(prompts)} questions"
            with told(progress, budget, waiting, len(prompts), room, self._who.name, said, title) as step:
                once.through(there, waiting, step)
        found = [reply for each in prompts if (reply := self._journal.get(each.id)) is not None]
        for note in notes_of(found, decoding.temperature):
            progress.say(f"note: {title}: {note}")
        return found

    def budget(self) -> Budget:
        """What it may cost, with what all of its replies so far have cost."""
        replies = ((each, self._journal.get(each.prompt.id)) for each in self._asked.values())
        said = [(each.letters, reply) for each, reply in replies if reply is not None]
        return Budget(self._prices, self._limit, said)

    @property
    def usage(self) -> CriticUsage:
        """What its replies came to."""
        used = self.budget()
        replies = [self._journal.get(name) for name in self._asked]
        return CriticUsage(
            calls=used.answered,
            tokens_in=used.tokens_in,
            tokens_out=used.tokens_out,
            cost=used.spent,
            uncounted=used.uncounted,
            served=tuple(dict.fromkeys(each.served for each in replies if each is not None and each.served)),
        )
