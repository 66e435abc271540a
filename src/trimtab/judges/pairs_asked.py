"""Pairs through a judge of rules: each question once, whatever is killed, within what it may cost."""

from collections.abc import Callable, Sequence

from ..models import NotTaken
from ..records import JudgeReply
from ..store import Journal
from .asked_once import AskedOnce, Asks
from .budget import Budget
from .constitutional import RuleJudge, RuleVerdict
from .llm import EQUAL
from .rule_reading import Question, RulePair


class PairsAsked:
    """All questions of some pairs, of which a `journal` may hold replies. `seed` draws votes; equal pairs ask nothing.

    A pair's verdict hangs on the pair, the judge and the seed alone, and on no other pair or order.
    """

    def __init__(self, judge: RuleJudge, pairs: Sequence[RulePair], journal: Journal[JudgeReply], seed: int) -> None:
        self._judge, self._pairs, self._journal, self._seed = judge, pairs, journal, seed
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
        """Asks what is open. Raises BudgetSpent and UserError as `AskedOnce.through`."""

        def refused(question: Question, error: NotTaken) -> JudgeReply:
            return JudgeReply(key=question.key, refused=error.why)

        room, every = self._judge.decoding.max_new_tokens, len(self.every)
        once = AskedOnce(self._judge.name, self._journal, budget, room, every, self._judge.ask, refused)
        once.through(chat, self.open, step)

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


def _equal(pair: RulePair) -> bool:
    return pair.first.strip() == pair.second.strip()
