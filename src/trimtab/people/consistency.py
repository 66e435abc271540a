"""Whether a reviewer says the same again when the sides are swapped, and whether one side draws them.

What is said of swapped pairs: "same" is the same answer twice. "Turned" is one answer the better, then the other, so
that they followed the side. Anything else that differs (a tie and then an answer, both bad and then a tie) is "partly":
the line between them is fine, and nothing is said the other way round. Where they cannot tell, once or twice, the pair
is left out and counted.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ..records import Choice
from ..stats import CannotTell, Clustered, Interval, clustered_mean, exact_interval, holm, win_rate
from .said import codes_of, counted, refuse_twice, told

_DECIDED = ("first", "second")
LEANS = 0.05
"""The chance that any reviewer of a team is said to lean to a side where none does (Holm)."""


@dataclass(frozen=True)
class Shown:
    """A choice in the item's own order; `first_shown_first` is whether the item's first answer stood first on the
    screen, `showing` 1 or, where the item came again, 2."""

    reviewer: str
    item: str
    choice: Choice
    first_shown_first: bool
    showing: int = 1


@dataclass(frozen=True)
class Consistency:
    """A reviewer's answers to pairs shown twice with sides swapped, or the team's (`reviewer` is None)."""

    reviewer: str | None
    same: Interval | CannotTell
    turned: Interval | CannotTell
    partly: int
    left_out: int

    @property
    def says(self) -> str:
        """In a sentence or two."""
        who = self.reviewer or "All reviewers together"
        more = f"; partly the same {counted(self.partly, 'time')}" if self.partly else ""
        left = f" Left out: {counted(self.left_out, 'pair')} of which they could not tell." if self.left_out else ""
        return f"{who}, same answer with sides swapped: {told(self.same)}; turned: {told(self.turned)}{more}.{left}"


@dataclass(frozen=True)
class SideBias:
    """How often the answer shown first is chosen, where one is: half of the time, by who looks at answers alone.

    `leans` is whether that is more than chance, among all reviewers together. Ties, both bad and cannot tell choose no
    side and are counted.
    """

    reviewer: str | None
    first: Interval | CannotTell
    leans: bool
    no_side: int

    @property
    def says(self) -> str:
        """In a sentence."""
        ends = "; more than chance" if self.leans else ""
        no_side = f"; {counted(self.no_side, 'judgement')} chose no side" if self.no_side else ""
        who = self.reviewer or "All reviewers together"
        return f"{who}, chose what was shown first: {told(self.first)}{ends}{no_side}."


def consistency(shown: Sequence[Shown], *, confidence: float = 0.95) -> list[Consistency]:
    """Each reviewer who saw a pair twice, in order of their names, and the team last, whose interval is over items and
    reviewers. Raises ValueError where a showing is there twice, or a pair came again with sides as they were."""
    refuse_twice([(each.reviewer, each.item, each.showing) for each in shown])
    twice: defaultdict[tuple[str, str], list[Shown]] = defaultdict(list)
    for each in shown:
        twice[each.reviewer, each.item].append(each)
    pairs = {key: said for key, said in sorted(twice.items()) if len(said) == 2}
    kinds: dict[tuple[str, str], str] = {}
    for key, (one, other) in pairs.items():
        if one.first_shown_first == other.first_shown_first:
            raise ValueError(f"{key} came twice with sides as they were: nothing was swapped")
        kinds[key] = _kind(one.choice, other.choice)
    found = []
    for reviewer in sorted({reviewer for reviewer, _ in pairs}):
        mine = [kind for (who, _), kind in kinds.items() if who == reviewer]
        known = [kind for kind in mine if kind != "left out"]
        same, turned = (_exact(known.count(kind), len(known), confidence) for kind in ("same", "turned"))
        found.append(Consistency(reviewer, same, turned, known.count("partly"), len(mine) - len(known)))
    keys = [key for key, kind in kinds.items() if kind != "left out"]
    team = [_pooled(keys, [float(kinds[key] == kind) for key in keys], confidence) for kind in ("same", "turned")]
    partly = sum(kind == "partly" for kind in kinds.values())
    return [*found, Consistency(None, team[0], team[1], partly, len(kinds) - len(keys))]


def side_bias(shown: Sequence[Shown], *, confidence: float = 0.95) -> list[SideBias]:
    """Each reviewer, in order of their names, and the team last. A pair that was chosen from twice counts once, as a
    half where each side was chosen once: who looks at answers alone does so. Raises ValueError where a showing is
    there twice."""
    from scipy.stats import binomtest

    refuse_twice([(each.reviewer, each.item, each.showing) for each in shown])
    chosen: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    no_side: defaultdict[str, int] = defaultdict(int)
    for each in shown:
        if each.choice in _DECIDED:
            chosen[each.reviewer, each.item].append(float((each.choice == "first") == each.first_shown_first))
        else:
            no_side[each.reviewer] += 1
    outcome = {key: sum(sides) / len(sides) for key, sides in sorted(chosen.items())}
    names = sorted({each.reviewer for each in shown})
    mine = {name: [value for (who, _), value in outcome.items() if who == name] for name in names}
    by_chance = []
    for name in names:
        firsts, seconds = mine[name].count(1.0), mine[name].count(0.0)
        by_chance.append(float(binomtest(firsts, firsts + seconds).pvalue) if firsts + seconds else 1.0)
    found = [
        SideBias(
            name,
            win_rate(mine[name], confidence=confidence) if mine[name] else CannotTell("no side was chosen", 0),
            adjusted < LEANS,
            no_side[name],
        )
        for name, adjusted in zip(names, holm(by_chance), strict=True)
    ]
    team = _pooled(list(outcome), list(outcome.values()), confidence)
    leans = isinstance(team, Interval) and not team.low <= 0.5 <= team.high
    return [*found, SideBias(None, team, leans, sum(no_side.values()))]


def _kind(one: Choice, other: Choice) -> str:
    if "cannot tell" in (one, other):
        return "left out"
    if one == other:
        return "same"
    return "turned" if one in _DECIDED and other in _DECIDED else "partly"


def _exact(count: int, n: int, confidence: float) -> Interval | CannotTell:
    return exact_interval(count, n, confidence) if n else CannotTell("no pair was judged twice", 0)


def _pooled(keys: Sequence[tuple[str, str]], values: Sequence[float], confidence: float) -> Interval | CannotTell:
    if not keys:
        return CannotTell("no pair was judged", 0)
    items, reviewers = (codes_of([key[place] for key in keys]) for place in (1, 0))
    found = clustered_mean(values, items, reviewers, confidence=confidence)
    return found.interval if isinstance(found, Clustered) else found
