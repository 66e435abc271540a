"""What is measured of a kind of task: of each judgement a value from 0 to 1, and the answer that agreement is of."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from ...records import (
    Choice,
    ClaimJudgement,
    EditJudgement,
    FigureGroup,
    FlagJudgement,
    Judgement,
    PairJudgement,
    RankJudgement,
    RatingJudgement,
    RubricJudgement,
    RuleVersion,
    ThumbJudgement,
)
from ...records import Said as Words
from ...stats import Level
from ..records import ShownPolicy, Task
from .heard import HeardTask
from .hiding import Hiding

SEVERITIES = ("block", "warn", "info")
_PREFERRED = {"first": 0.0, "second": 1.0, "tie": 0.5, "both bad": 0.5}
_NO_SIDE: dict[str, str] = {"tie": "Alike", "both bad": "Both bad", "cannot tell": "Cannot tell"}
Answer = str | float | bool | None


@dataclass(frozen=True)
class Measure:
    """`value` of a judgement is from 0 to 1, None where it says nothing of this; of `items` alone where they are given.
    `level` is that of `answer`, None where agreement is not told of it."""

    title: str
    group: FigureGroup | Literal["choice"]
    value: Callable[[Judgement], float | None]
    level: Level | None = None
    answer: Callable[[Words], Answer] = lambda _: None
    rule: RuleVersion | None = None
    low: float = 0
    high: float = 1
    items: frozenset[str] | None = None


def measures_of(heard: HeardTask, hiding: Hiding, rule: str | None = None) -> tuple[list[Measure], int]:
    """The measures of a task, of one `rule` where it is given, and how many pairs of sources have but one item."""
    task = heard.task
    if task.policy is not None:
        return _of_rules(task.policy, rule), 0
    if task.kind == "pair":
        return _preferences(heard, hiding)
    if task.kind == "rank":
        return _orders(heard, hiding), 0
    return _of_one(task), 0


def _of_rules(policy: ShownPolicy, rule: str | None) -> list[Measure]:
    found = []
    shown = [each for each in policy.rules if rule in (None, each.id)]
    if rule is None:
        found.append(_flagged("Breaks any rule", "defect", {each.id for each in shown}))
        for severity in SEVERITIES:
            if ids := {each.id for each in shown if each.severity == severity}:
                found.append(_flagged(f"Breaks a rule of severity {severity}", "severity", ids))
    for each in shown:
        version = RuleVersion(
            policy=policy.name,
            policy_digest=policy.digest,
            rule=each.id,
            version=each.version,
            severity=each.severity,
            text=each.text,
        )
        found.append(_flagged(each.id, "rule", {each.id}, version))
    return found


def _flagged(title: str, group: FigureGroup, ids: set[str], rule: RuleVersion | None = None) -> Measure:
    def flagged(said: Words) -> bool:
        return isinstance(said, FlagJudgement) and any(flag.rule in ids for flag in said.flags)

    level: Level | None = None if group == "severity" else "nominal"
    return Measure(title, group, lambda each: float(flagged(each.said)), level, flagged, rule)


def _preferences(heard: HeardTask, hiding: Hiding) -> tuple[list[Measure], int]:
    """For each two sources the share in which the second of them is preferred, whatever order an item has them in."""
    found: dict[tuple[str, str], set[str]] = {}
    turned: set[str] = set()
    for name, row in heard.items.items():
        one, other = row.sources
        if one == other:
            continue
        if (other, one) in found:
            turned.add(name)
            one, other = other, one
        found.setdefault((one, other), set()).add(name)
    measures = [Measure("Which answer is better", "choice", lambda _: None, "nominal", _choice)]
    for (one, other), names in found.items():
        if len(names) > 1:
            title = f"“{hiding.source(other)}” preferred to “{hiding.source(one)}”"
            measures.append(Measure(title, "preference", _preferred(turned), items=frozenset(names)))
    bad = Measure("Both answers bad", "defect", lambda each: _truth(_choice(each.said), "both bad"))
    return [*measures, bad], sum(len(names) == 1 for names in found.values())


def _orders(heard: HeardTask, hiding: Hiding) -> list[Measure]:
    """Of rankings: how often each source is put first, and for each two sources the share in which the second stands
    before the first; of sources that have two items or more."""
    of = {name: [hiding.source(source) for source in row.sources] for name, row in heard.items.items()}
    first = {
        source: frozenset(name for name, sources in of.items() if source in sources)
        for source in dict.fromkeys(source for sources in of.values() for source in sources)
    }
    measures = [
        Measure(f"“{source}” put first", "order", _put_first(of, source), items=names)
        for source, names in first.items()
        if len(names) > 1
    ]
    for one, other in combinations(first, 2):
        names = first[one] & first[other]
        if len(names) > 1:
            title = f"“{other}” before “{one}”"
            measures.append(Measure(title, "order", _stands_before(of, other, one), items=names))
    return measures


def _ranks(each: Judgement) -> tuple[int, ...] | None:
    return each.said.ranks if isinstance(each.said, RankJudgement) else None


def _put_first(of: Mapping[str, Sequence[str]], source: str) -> Callable[[Judgement], float | None]:
    """1 where an answer of the source's is the best, shared out among those that are the best together."""

    def value(each: Judgement) -> float | None:
        ranks = _ranks(each)
        if ranks is None:
            return None
        best = [name for name, rank in zip(of[each.item], ranks, strict=True) if rank == 1]
        return best.count(source) / len(best)

    return value


def _stands_before(of: Mapping[str, Sequence[str]], one: str, other: str) -> Callable[[Judgement], float | None]:
    """The share of pairs of their answers in which that of `one` stands before, alike being half."""

    def value(each: Judgement) -> float | None:
        ranks = _ranks(each)
        if ranks is None:
            return None
        sides = [
            [rank for name, rank in zip(of[each.item], ranks, strict=True) if name == source] for source in (one, other)
        ]
        pairs = [(a < b) + (a == b) / 2 for a in sides[0] for b in sides[1]]
        return sum(pairs) / len(pairs)

    return value


def _truth(choice: Answer, wanted: str) -> float | None:
    return None if choice is None else float(choice == wanted)


def _choice(said: Words) -> Answer:
    return said.choice if isinstance(said, PairJudgement) and said.choice != "cannot tell" else None


def _preferred(turned: set[str]) -> Callable[[Judgement], float | None]:
    def value(each: Judgement) -> float | None:
        choice = _choice(each.said)
        second = None if choice is None else _PREFERRED[str(choice)]
        return None if second is None else 1 - second if each.item in turned else second

    return value


def _of_one(task: Task) -> list[Measure]:
    match task.kind:
        case "rubric":
            assert task.rubric is not None
            return [_marks(axis.title, _mark(axis.id), 1, len(axis.anchors)) for axis in task.rubric.axes]
        case "rating":
            return [_marks("Rating", _rating, *task.scale)]
        case "thumb":
            return [Measure("It will do", "share", lambda each: _number(_liked(each.said)), "nominal", _liked)]
        case "claims":
            claims = [("Makes a false claim", "false"), ("Makes an unsupported claim", "unsupported")]
            return [_claimed(title, verdict) for title, verdict in claims]
        case _:  # what is said there is shown, and has no share of its own
            return []


def changed(heard: HeardTask, texts: dict[str, str]) -> Measure:
    """Of edits: whether the answer was changed at all; `texts` are the answers by item."""

    def value(each: Judgement) -> float | None:
        return float(each.said.text != texts[each.item]) if isinstance(each.said, EditJudgement) else None

    return Measure("Edited: something was to be changed", "defect", value)


def _claimed(title: str, verdict: str) -> Measure:
    def claims(said: Words) -> bool:
        return isinstance(said, ClaimJudgement) and any(claim.verdict == verdict for claim in said.claims)

    return Measure(title, "claim", lambda each: float(claims(each.said)), "nominal", claims)


def _marks(title: str, mark: Callable[[Words], int | None], low: int, high: int) -> Measure:
    def value(each: Judgement) -> float | None:
        given = mark(each.said)
        return None if given is None else (given - low) / (high - low)

    return Measure(title, "mark", value, "ordinal", mark, low=low, high=high)


def _mark(axis: str) -> Callable[[Words], int | None]:
    return lambda said: said.marks.get(axis) if isinstance(said, RubricJudgement) else None


def _rating(said: Words) -> int | None:
    return said.rating if isinstance(said, RatingJudgement) else None


def _liked(said: Words) -> bool | None:
    return said.liked if isinstance(said, ThumbJudgement) else None


def _number(value: bool | None) -> float | None:
    return None if value is None else float(value)


def choices_of(heard: HeardTask, hiding: Hiding) -> dict[str, int]:
    """How often each was chosen in pairs, whatever the sample: sources in the order of their names, then the rest."""
    found: Counter[str] = Counter()
    for each in heard.firsts:
        if isinstance(each.said, PairJudgement):
            found[_chosen(heard.items[each.item].sources, each.said.choice, hiding)] += 1
    sources = sorted(name for name in found if name not in _NO_SIDE.values())
    return {name: found[name] for name in (*sources, *_NO_SIDE.values()) if found[name]}


def _chosen(sources: Sequence[str], choice: Choice, hiding: Hiding) -> str:
    if choice in _NO_SIDE:
        return _NO_SIDE[choice]
    if len(set(sources)) == 1:
        return "One of two answers from the same source is better"
    return f"“{hiding.source(sources[0 if choice == 'first' else 1])}” is better"
