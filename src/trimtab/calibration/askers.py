"""Who can be asked: any scorer, a judge of pairs by rules, and verdicts that a file holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

from pydantic import ValidationError

from ..data import PeopleLabels
from ..errors import UserError
from ..judges import Asks, Judge, RuleJudge, RulePair
from ..records import JudgeVerdict, Message, Rule
from ..scorers import Scorer
from ..store import file_digest
from .asking import Question


def fingerprint_of(scorer: Scorer | RuleJudge) -> dict[str, str]:
    """All that decides what a judge says: a scorer's version, which holds a model's name, rubric and wording."""
    if isinstance(scorer, RuleJudge):
        return {name: str(value) for name, value in scorer.fingerprint.model_dump().items()}
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
        return self.scorer.model if isinstance(self.scorer, Judge) else None

    @property
    def ordered(self) -> bool:
        """Only a model behind a server sees two answers at once."""
        return isinstance(self.scorer, Judge)

    @property
    def at_once(self) -> bool:
        """Some scorers weigh an answer against the others."""
        return bool(getattr(self.scorer, "together", False))

    def ask(self, asked: Sequence[Question]) -> list[JudgeVerdict]:
        """Its verdicts."""
        if not asked or len(asked[0].order) == 1:
            scores = self.scorer([(each.item.prompt, each.item.answers[0]) for each in asked])
            return [
                JudgeVerdict(item=q.item.key, value=s.value, order=q.order, showing=q.showing, reason=s.reason)
                for q, s in zip(asked, scores, strict=True)
            ]
        if isinstance(self.scorer, Judge):
            rows = [(q.item.prompt, q.item.answers[q.order[0]], q.item.answers[q.order[1]]) for q in asked]
            found = [(each.outcome, each.reason) for each in self.scorer.compare_shown(rows)]
            return [_shown(q, share, why) for q, (share, why) in zip(asked, found, strict=True)]
        both = self.scorer([(q.item.prompt, answer) for q in asked for answer in q.item.answers])
        sign = -1.0 if getattr(self.scorer, "better", "higher") == "lower" else 1.0
        verdicts = []
        for place, q in enumerate(asked):
            one, other = both[2 * place], both[2 * place + 1]
            if one.value is None or other.value is None:
                verdicts.append(_shown(q, None, one.reason or other.reason or "no figure"))
            else:
                gap = sign * (one.value - other.value)
                share = 1.0 if gap > 0 else 0.0 if gap < 0 else 0.5
                verdicts.append(_shown(q, share if q.order[0] == 0 else 1 - share, one.reason))
        return verdicts


@dataclass(frozen=True)
class RuleAsker:
    """A judge of pairs by the rule that each item names; `rules` are those of the constitution, by their id."""

    judge: RuleJudge
    chat: Asks
    rules: Mapping[str, Rule]
    seed: int = 0
    at_once: bool = False
    ordered: bool = True

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
        told = self.chat.each(self._both, [first[key] for key in wanted], lambda _, error: (None, error.why))
        found = dict(zip(wanted, told, strict=True))
        verdicts = []
        for q in asked:
            shares, why = found[q.item.key, q.showing]
            verdicts.append(_shown(q, None if shares is None else shares[q.order[0]], why))
        return verdicts

    def _both(self, q: Question) -> tuple[tuple[float, ...] | None, str]:
        """The share that the answer shown first gets, in either order."""
        rule = self.rules.get(q.item.rule or "")
        if rule is None:
            return None, f"the constitution has no rule {q.item.rule!r}" if q.item.rule else "its label names no rule"
        prompt = (Message(role="user", content=q.item.prompt),)
        pair = RulePair(q.item.key, prompt, q.item.answers[0], q.item.answers[1], rule)
        every = self.judge.questions(pair, self.seed + q.showing - 1)
        found = self.judge.verdict(every, [self.judge.ask(each) for each in every])
        return found.shown_first or None, found.reason


@dataclass(frozen=True)
class KeptVerdicts:
    """Verdicts of a judge that are there already, in a file of `JudgeVerdict`s by the labels' ids or keys.

    A pair's `value` and `order` speak of the label's row: 1 is its first answer. Raises UserError where a line is none,
    or none is of a labelled item.
    """

    path: Path
    labels: PeopleLabels
    own: str | None = None
    at_once: bool = True
    _held: dict[tuple[str, tuple[int, ...], int], JudgeVerdict] = field(default_factory=dict)

    def __post_init__(self) -> None:
        places = {name: (item, turned) for item in self.labels.items for name, turned in item.ids}
        places |= {item.key: (item, False) for item in self.labels.items}
        for number, line in enumerate(self.path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            try:
                said = JudgeVerdict.from_json(line)
            except ValidationError as error:
                first = error.errors(include_url=False)[0]
                raise UserError(
                    f"{self.path} was given as a judge's verdicts.",
                    f"Line {number}: {'.'.join(map(str, first['loc']))}: {first['msg']}.",
                    'Write lines such as {"item": "ID", "value": 1, "order": [0, 1], "showing": 1} (docs/judges.md).',
                ) from None
            if said.value is not None and not isfinite(said.value):
                raise UserError(
                    f"{self.path} was given as a judge's verdicts.",
                    f"Line {number}: its value is {said.value}, which is no figure.",
                    "Write null where the judge could not judge.",
                )
            if said.item not in places:
                continue
            item, turned = places[said.item]
            order = said.order or tuple(range(len(item.answers)))
            value = said.value
            if len(item.answers) == 2:
                if value is not None and not 0 <= value <= 1:
                    raise UserError(
                        f"{self.path} was given as a judge's verdicts.",
                        f"Line {number}: of a pair it says {value:g}.",
                        "Say 1 where the row's first answer is better, 0 the second, 0.5 neither.",
                    )
                if turned:
                    value, order = None if value is None else 1 - value, tuple(1 - place for place in order)
            self._held.setdefault(
                (item.key, order, said.showing), said.model_copy(update={"item": item.key, "value": value})
            )
        if not self._held:
            raise UserError(
                f"{self.path} was given as a judge's verdicts.",
                "None of them is of an item of the labels.",
                "Give each the `id` of its row among the labels as `item`.",
            )

    @property
    def name(self) -> str:
        """The file's."""
        return self.path.name

    @property
    def fingerprint(self) -> Mapping[str, str]:
        """The file's digest: which judge wrote it is not known."""
        return {"verdicts": file_digest(self.path)}

    @property
    def ordered(self) -> bool:
        """Whether any verdict is on answers shown the other way round."""
        return len({order for _, order, _ in self._held if len(order) == 2}) == 2

    def ask(self, asked: Sequence[Question]) -> list[JudgeVerdict]:
        """The verdicts held."""
        return [
            self._held.get((q.item.key, q.order, q.showing))
            or JudgeVerdict(item=q.item.key, value=None, order=q.order, showing=q.showing, reason="the file has none")
            for q in asked
        ]


def _shown(q: Question, share_of_shown_first: float | None, why: str) -> JudgeVerdict:
    """The verdict on a pair, from the share that the answer shown first got."""
    share = share_of_shown_first
    value = None if share is None else share if q.order[0] == 0 else 1 - share
    return JudgeVerdict(item=q.item.key, value=value, order=q.order, showing=q.showing, reason=why)
