"""Who can be asked: any scorer, and a judge of pairs by rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..judges import Asks, Budget, Judge, RuleJudge, RulePair, TruthScorer, truth_fingerprint
from ..judges import Question as Asked
from ..models import Endpoint
from ..records import JudgeReply, JudgeVerdict, Message, Rule, joined_served
from ..scorers import Scorer
from .asking import Question


def fingerprint_of(scorer: Scorer | RuleJudge) -> dict[str, str]:
    """All that decides what a judge says: a scorer's version, which holds a model's name, rubric and wording."""
    if isinstance(scorer, RuleJudge):
        return {name: str(value) for name, value in scorer.fingerprint.model_dump().items()}
    if isinstance(scorer, TruthScorer):
        return truth_fingerprint(scorer.judge)
    if isinstance(scorer, Judge):
        return {"judge": scorer.model, "version": scorer.version, "orders": "both", "decoding": "greedy"}
    return {"scorer": scorer.name, "version": scorer.version}


@dataclass(frozen=True)
class ScorerAsker:
    """A scorer. Of pairs a model behind a server is asked which is better; any other scores both answers."""

    name: str
    scorer: Scorer

    @property
    def fingerprint(self) -> Mapping[str, str]:
        """See `fingerprint_of`."""
        return fingerprint_of(self.scorer)

    @property
    def own(self) -> str | None:
        """The model behind it, if it is one."""
        return self.scorer.model if isinstance(self.scorer, Judge | TruthScorer) else None

    @property
    def ordered(self) -> bool:
        """Only a model behind a server sees two answers at once."""
        return isinstance(self.scorer, Judge)

    @property
    def at_once(self) -> bool:
        """Some scorers weigh an answer against the others."""
        return bool(getattr(self.scorer, "together", False))

    @property
    def room(self) -> int | None:
        """The most tokens of a reply of a model behind a server; None of any other scorer."""
        return Judge.room if isinstance(self.scorer, Judge | TruthScorer) else None

    def paid_by(self, budget: Budget) -> "ScorerAsker":
        """The same, with what it uses told to the budget."""
        judge = self.scorer.judge if isinstance(self.scorer, TruthScorer) else self.scorer
        assert isinstance(judge, Judge)
        judge.budget = budget
        return self

    def letters(self, q: Question) -> list[int]:
        """The letters of the call that a question to a model comes to."""
        assert isinstance(self.scorer, Judge | TruthScorer)
        return [self.scorer.letters(q.item.prompt, *(q.item.answers[place] for place in q.order))]

    def ask(self, asked: Sequence[Question]) -> list[JudgeVerdict]:
        """Its verdicts."""
        if not asked or len(asked[0].order) == 1:
            scores = self.scorer([(each.item.prompt, each.item.answers[0]) for each in asked])
            parts = isinstance(self.scorer, TruthScorer)  # a label's rule names the part of the verdict that is meant
            return [
                JudgeVerdict(
                    item=q.item.key,
                    value=s.details.get(q.item.rule or "", s.value) if parts else s.value,
                    order=q.order,
                    showing=q.showing,
                    reason=s.reason,
                    served=s.served,
                )
                for q, s in zip(asked, scores, strict=True)
            ]
        if isinstance(self.scorer, Judge):
            rows = [(q.item.prompt, q.item.answers[q.order[0]], q.item.answers[q.order[1]]) for q in asked]
            found = self.scorer.compare_shown(rows)
            return [_shown(q, each.outcome, each.reason, each.served) for q, each in zip(asked, found, strict=True)]
        both = self.scorer([(q.item.prompt, answer) for q in asked for answer in q.item.answers])
        sign = -1.0 if getattr(self.scorer, "better", "higher") == "lower" else 1.0
        verdicts = []
        for place, q in enumerate(asked):
            one, other = both[2 * place], both[2 * place + 1]
            served = joined_served((one.served, other.served))
            if one.value is None or other.value is None:
                verdicts.append(_shown(q, None, one.reason or other.reason or "no figure", served))
            else:
                gap = sign * (one.value - other.value)
                share = 1.0 if gap > 0 else 0.0 if gap < 0 else 0.5
                verdicts.append(_shown(q, share if q.order[0] == 0 else 1 - share, one.reason, served))
        return verdicts


@dataclass(frozen=True)
class RuleAsker:
    """A judge of pairs by the rule that each item names; `rules` are those of the constitution, by their id. What it
    uses is told to the `budget`; `prices` are the spec's."""

    judge: RuleJudge
    chat: Asks
    rules: Mapping[str, Rule]
    seed: int = 0
    at_once: bool = False
    ordered: bool = True
    budget: Budget | None = None
    prices: tuple[float, float] | None = None

    @property
    def name(self) -> str:
        """The judge's own."""
        return self.judge.name

    @property
    def own(self) -> str | None:
        """The judge's model."""
        return self.judge.name

    @property
    def fingerprint(self) -> Mapping[str, str]:
        """The judge's own, as text."""
        return fingerprint_of(self.judge)

    def ask(self, asked: Sequence[Question]) -> list[JudgeVerdict]:
        """Its verdicts: an item's two orders in one go, the second showing with another seed."""
        wanted = list(dict.fromkeys((q.item.key, q.showing) for q in asked))
        first = {(q.item.key, q.showing): q for q in asked}
        told = self.chat.each(self._both, [first[key] for key in wanted], lambda _, error: (None, error.why, None))
        found = dict(zip(wanted, told, strict=True))
        verdicts = []
        for q in asked:
            shares, why, served = found[q.item.key, q.showing]
            verdicts.append(_shown(q, None if shares is None else shares[q.order[0]], why, served))
        return verdicts

    def _both(self, q: Question) -> tuple[tuple[float, ...] | None, str, str | None]:
        """The share that the answer shown first gets, in either order, why, and who has said so."""
        rule = self.rules.get(q.item.rule or "")
        if rule is None:
            why = f"the constitution has no rule {q.item.rule!r}" if q.item.rule else "its label names no rule"
            return None, why, None
        every = self._questions(q, rule)
        said = [self._said(each) for each in every]
        found = self.judge.verdict(every, said)
        return found.shown_first or None, found.reason, joined_served(each.served for each in said)

    @property
    def room(self) -> int | None:
        """The most tokens of a reply of a model behind a server; None of one in this process."""
        return self.judge.decoding.max_new_tokens if isinstance(self.chat, Endpoint) else None

    def paid_by(self, budget: Budget) -> "RuleAsker":
        """The same, with what it uses told to the budget."""
        return replace(self, budget=budget)

    def letters(self, q: Question) -> list[int]:
        """The letters of every call that a question comes to: both orders are asked with the first of them."""
        rule = self.rules.get(q.item.rule or "")
        if rule is None or (q.showing == 1 and q.order[0] == 1):
            return []
        return [each.letters for each in self._questions(q, rule)]

    def _questions(self, q: Question, rule: Rule) -> list[Asked]:
        prompt = (Message(role="user", content=q.item.prompt),)
        pair = RulePair(q.item.key, prompt, q.item.answers[0], q.item.answers[1], rule)
        return self.judge.questions(pair, self.seed + q.showing - 1)

    def _said(self, question: Asked) -> JudgeReply:
        reply = self.judge.ask(question)
        if self.budget is not None:
            self.budget.pay(0.0, question.letters, reply)
        return reply


def _shown(q: Question, share_of_shown_first: float | None, why: str, served: str | None = None) -> JudgeVerdict:
    """The verdict on a pair, from the share that the answer shown first got."""
    share = share_of_shown_first
    value = None if share is None else share if q.order[0] == 0 else 1 - share
    return JudgeVerdict(item=q.item.key, value=value, order=q.order, showing=q.showing, reason=why, served=served)
