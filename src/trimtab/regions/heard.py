"""What is heard of answers in one region: of each rule whether it is kept, of each way whether it is shown."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..policy import check_scorers, in_force, may_apply, rule_scorers
from ..records import EMPTY, Answer, Rule, Score, ScorerRef
from ..scorers import FunctionScorer, Row, scorer_of, words
from .given import Asked, RegionRules
from .leaks import look
from .signs import shows
from .ways import Hears, Way, demands, told_apart, way_in


@dataclass(frozen=True)
class Heard:
    """One figure of each prompt that is asked in a region: the value; where there is none although one is due, `why`;
    and what shows it."""

    values: tuple[float | None, ...]
    why: tuple[str | None, ...]
    evidence: tuple[str, ...]

    @classmethod
    def of(cls, rows: Iterable[tuple[float | None, str | None, str]]) -> "Heard":
        """From (value, why, evidence) of each."""
        columns = tuple(zip(*rows, strict=True)) or ((), (), ())
        return cls(*columns)


@dataclass
class Ears:
    """The scorers of all regions' checks; of each row they are asked once, all rows of a subject together."""

    regions: Sequence[RegionRules]
    said: dict[tuple[ScorerRef, Row], Score] = field(default_factory=dict)

    def listen(self, rows: Sequence[Row]) -> None:
        """Asks every scorer about the rows that it was not asked of."""
        for region in self.regions:
            for ref in check_scorers(region.policy):
                new = list(dict.fromkeys(row for row in rows if (ref, row) not in self.said))
                if new:
                    scores = scorer_of(ref, region.opened)(new)
                    self.said.update(((ref, row), score) for row, score in zip(new, scores, strict=True))

    def opened(self, region: RegionRules) -> dict[ScorerRef, FunctionScorer]:
        """The region's scorers, which repeat what they said."""
        return {
            ref: FunctionScorer(ref.name, scorer_of(ref, region.opened).version, self._again(ref))
            for ref in check_scorers(region.policy)
        }

    def hears(self, row: Row) -> Hears:
        """What each scorer said of a row."""
        return lambda ref: self.said[ref, row]

    def _again(self, ref: ScorerRef) -> Callable[[str, str], Score]:
        return lambda prompt, answer: self.said[ref, (prompt, answer)]


@dataclass(frozen=True)
class InRegion:
    """What one subject's answers show in one region, by rule: `kept` of the region's own, `occasions` that had to do
    with them (None where not known), `shown` of ways by (region, rule)."""

    kept: Mapping[str, Heard]
    occasions: Mapping[str, Sequence[bool] | None]
    shown: Mapping[tuple[str, str], Heard]


def hear(
    where: RegionRules, regions: Sequence[RegionRules], asked: Sequence[Asked], answers: Sequence[Answer], ears: Ears
) -> InRegion:
    """What one subject's answers show; they run parallel to the prompts asked in the region."""
    apart = told_apart(regions)
    rows = [(each.prompt.text, answer.text) for each, answer in zip(asked, answers, strict=True)]
    missing = [_nothing(answer) for answer in answers]
    ears.listen([row for row, no in zip(rows, missing, strict=True) if no is None])
    kept = _kept(where, rows, missing, ears)
    occasions = {rule.id: _occasions(where, rule, regions, rows, kept[rule.id], ears) for rule in where.policy.rules}
    shown = {
        (of.name, rule.id): _shown(way, rows, missing, ears)
        for of in regions
        for rule in of.policy.rules
        if isinstance(way := way_in(of, rule, where, apart), Way)
    }
    return InRegion(kept, occasions, shown)


def together(figures: Sequence[Heard], count: int, *, kept: bool) -> Heard:
    """Several figures as one. Kept: 0 where one is broken, else not judged where one is not, else 1 where one applies.
    Shown: 1 where one is, else not judged where one is not, else 0."""
    rows: list[tuple[float | None, str | None, str]] = []
    decisive = 0.0 if kept else 1.0
    for place in range(count):
        values = [each.values[place] for each in figures]
        told = ", ".join(e.evidence[place] for e in figures if e.values[place] == decisive and e.evidence[place])
        why = next((reason for each in figures if (reason := each.why[place]) is not None), None)
        if decisive in values:
            rows.append((decisive, None, told))
        elif why is not None:
            rows.append((None, why, ""))
        else:
            rows.append((None if kept and not any(v is not None for v in values) else 1 - decisive, None, ""))
    return Heard.of(rows)


def _nothing(answer: Answer) -> str | None:
    """Why there is nothing to judge: an empty answer keeps and shows nothing."""
    if answer.withheld:
        return answer.withheld
    return None if words(answer.text) else EMPTY


def _kept(where: RegionRules, rows: Sequence[Row], missing: Sequence[str | None], ears: Ears) -> dict[str, Heard]:
    held = {prompt: {rule.id for rule in in_force(where.policy, prompt)} for prompt, _ in rows}
    there = [row for row, no in zip(rows, missing, strict=True) if no is None]
    found = {}
    for scorer in rule_scorers(where.policy, ears.opened(where)):
        scores = iter(scorer(there))
        heard: list[tuple[float | None, str | None, str]] = []
        for (prompt, _), no in zip(rows, missing, strict=True):
            applies = may_apply(where.policy, scorer.rule, prompt)
            if no is not None:
                heard.append((None, no if applies and scorer.rule.checks else None, ""))
                continue
            score = next(scores)
            if not score.applies or not scorer.rule.checks or (applies and scorer.rule.id not in held[prompt]):
                heard.append((None, None, ""))
            elif score.value is None:
                heard.append((None, score.unjudged, ""))
            else:
                heard.append((1.0 - score.value, None, score.reason))
        found[scorer.rule.id] = Heard.of(heard)
    return found


def _occasions(
    where: RegionRules, rule: Rule, regions: Sequence[RegionRules], rows: Sequence[Row], kept: Heard, ears: Ears
) -> Sequence[bool] | None:
    """Of each answer whether it has to do with a rule: it breaks it, or shows its way; None where that is not known."""
    if demands(rule):
        return [value is not None for value in kept.values]
    if rule.mark is not None:
        ways = [Way(where, rule, where, "mark")]
    else:
        ways = [way for other in regions if isinstance(way := way_in(where, rule, other), Way)]
    if not ways:
        return None
    return [
        value == 0.0 or (value == 1.0 and any(shows(way, *row, ears.hears(row)).value for way in ways))
        for row, value in zip(rows, kept.values, strict=True)
    ]


def _shown(way: Way, rows: Sequence[Row], missing: Sequence[str | None], ears: Ears) -> Heard:
    def one(row: Row, no: str | None) -> tuple[float | None, str | None, str]:
        if no is not None:
            return None, no, ""
        seen = look(way, *row, ears.hears(row))
        if seen.value is None:
            return None, _kind(seen.why), ""
        return float(seen.value), None, seen.evidence

    return Heard.of(one(row, no) for row, no in zip(rows, missing, strict=True))


def _kind(why: str) -> str:
    """A reason in the few words that it is counted by."""
    return Score(scorer="way", value=None, reason=why).unjudged or why
