"""The matrix of regions arranged as tables that every view shows: each figure comes from a record, made into text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ..records import TOGETHER, KeptRate, Matrix, MatrixRate, MatrixRegion, PairedRate, RegionFigure, RuleWay, ShownRate
from .format import DASH, number, share, signed, span

Tone = Literal["good", "bad", ""]
_HELP = {
    "points": "points made",
    "false": "says something false",
    "helps": "helps at all",
    "facts": "facts right",
}


@dataclass(frozen=True)
class Cell:
    """One cell: its figure, what stands below it, how strongly it is shaded from 0 to 1, and whether high is good.

    `own` is whether a region's own adapter is in it, `missing` how many answers could not be judged. The figure says
    all that the shade does.
    """

    figure: str = DASH
    below: str = ""
    shade: float | None = None
    tone: Tone = ""
    own: bool = False
    missing: str = ""

    @property
    def text(self) -> str:
        """The cell on one line."""
        parts = [self.below, self.missing]
        told = "; ".join(part for part in parts if part)
        return f"{self.figure}{' (own)' if self.own else ''}{f' ({told})' if told else ''}"


@dataclass(frozen=True)
class Table:
    """A table with what it says, its heading, and rows of a label and cells; a row without cells heads those below."""

    title: str
    lead: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def tables_of(matrix: Matrix) -> list[Table]:
    """Every table of the matrix, those first that tell most."""
    made = [own_rules(matrix), leakage(matrix), elsewhere(matrix), single_rules(matrix), ways(matrix), helping(matrix)]
    return [each for each in made if each.rows]


def own_rules(matrix: Matrix) -> Table:
    """A row a region, a column a model: how often the region's rules, taken together, are kept on its own prompts."""
    rows = tuple(
        (region.name, tuple(_kept(matrix.kept_in(region.name, TOGETHER, s, "own"), s) for s in matrix.subjects))
        for region in matrix.regions
    )
    lead = (
        "Share of answers to a region's own prompts that break none of its rules, the exact interval, and the "
        f"change against {matrix.before}. A row is the region that asks, a column the model that answers; off the "
        "marked cells it is what a routing error costs. What breaks no rule may still be wrong or say nothing: that is "
        "for help and facts, below."
    )
    return Table("A region's rules, taken together", lead, ("prompts of", *matrix.subjects), rows)


def leakage(matrix: Matrix) -> Table:
    """A row a region and a region whose ways are looked for there, a column a model: how often one is shown."""
    rows: list[tuple[str, tuple[Cell, ...]]] = []
    for region in matrix.regions:
        others = [each.name for each in matrix.regions if each.name != region.name]
        for of in ("", *others):
            label = f"{region.name}: of any other" if not of else f"{region.name}: of {of}"
            cells = tuple(_shown(matrix.shown_in(region.name, of, TOGETHER, s), s) for s in matrix.subjects)
            rows += [(label, cells)] if any(cell.figure != DASH for cell in cells) else []
        own = tuple(_shown(matrix.shown_in(region.name, region.name, TOGETHER, s), s) for s in matrix.subjects)
        rows.append((f"{region.name}: its own, beyond its prompts", own))
    lead = (
        "Share of answers, to a region's own prompts and the common ones, that show the way of another region's rule "
        f"where the region does not ask for it, and the change against {matrix.before}: an answer that newly shows one "
        "counts whatever else it no longer shows. Gates are about the marked cells of any other region."
    )
    return Table("Leakage", lead, ("asked in", *matrix.subjects), tuple(rows))


def elsewhere(matrix: Matrix) -> Table:
    """The same two on prompts that name another place, claim to be there or switch the language."""
    rows: list[tuple[str, tuple[Cell, ...]]] = []
    for region in matrix.regions:
        kept = tuple(_kept(matrix.kept_in(region.name, TOGETHER, s, "elsewhere"), s) for s in matrix.subjects)
        shown = tuple(_shown(matrix.shown_in(region.name, "", TOGETHER, s, "elsewhere"), s) for s in matrix.subjects)
        if any(cell.figure != DASH or cell.missing for cell in kept):
            rows += [(f"{region.name}: its rules kept", kept), (f"{region.name}: another's way shown", shown)]
    lead = "A region's prompts that name another place, claim to be there or switch the language."
    return Table("Prompts that claim to be elsewhere", lead, ("asked in", *matrix.subjects), tuple(rows))


def single_rules(matrix: Matrix) -> Table:
    """A row a rule, a column a model: how often it is kept in its own region."""
    rows: list[tuple[str, tuple[Cell, ...]]] = []
    for region in matrix.regions:
        rows.append((region.name, ()))
        for rule in region.rules:
            found = [matrix.kept_in(region.name, rule.rule, s) for s in matrix.subjects]
            cells = tuple(_kept(rate, s) for rate, s in zip(found, matrix.subjects, strict=True))
            rows += [(_called(rule), cells)] if any(found) else []
    lead = (
        "Of the answers to prompts that a rule applies to, the share that keeps it in its own region. Where it is "
        "known how many have to do with the rule (they break it or show its way), that stands beside: a rule about "
        "measures is kept by every answer without one."
    )
    return Table("Each rule in its own region", lead, ("rule", *matrix.subjects), tuple(rows))


def ways(matrix: Matrix) -> Table:
    """A row a rule, a column a region: how often that region's own adapter shows its way where it is not asked for."""
    names = [region.name for region in matrix.regions]
    rows: list[tuple[str, tuple[Cell, ...]]] = []
    for region in matrix.regions:
        rows.append((region.name, ()))
        for rule in region.rules:
            if any(name in rule.way for name in names if name != region.name):
                cells = tuple(_way(matrix, region, rule, name) for name in names)
                rows.append((_called(rule), cells))
    lead = (
        "How often a region's own adapter shows the way of each rule of another where the region does not ask for it, "
        f"with the change against {matrix.before}; under a rule's own region, beyond the prompts that ask for it."
    )
    return Table("Each rule's way in the other regions", lead, ("rule", *names), tuple(rows))


def helping(matrix: Matrix) -> Table:
    """A row a region and figure, a column a model: help and facts."""
    by_key = {(each.region, each.metric, each.subject): each for each in matrix.help}
    rows = tuple(
        (f"{region.name}: {called}", tuple(_figure(by_key.get((region.name, name, s)), s) for s in matrix.subjects))
        for region in matrix.regions
        for name, called in _HELP.items()
        if any((region.name, name, s) in by_key for s in matrix.subjects)
    )
    lead = (
        f"Over a region's own prompts and the common ones, with 95% intervals and the change against {matrix.before}."
    )
    return Table("Help and facts in each region", lead, ("asked in", *matrix.subjects), rows)


def not_judged(matrix: Matrix) -> Iterator[str]:
    """What could not be judged, in sentences; of each region's own adapter and the model before."""
    for region in matrix.regions:
        yield f"{region.name}: {_languages(region)}."
        for subject in (matrix.before, region.name):
            kept = matrix.kept_in(region.name, TOGETHER, subject)
            shown = matrix.shown_in(region.name, "", TOGETHER, subject)
            told = [
                f"{what}: {rate.missing_told}"
                for what, rate in (("rules kept", kept), ("others' ways", shown))
                if rate is not None and rate.missing
            ]
            told += [
                f"{_HELP[each.metric]}: {each.missing_told}"
                for each in matrix.help
                if (each.region, each.subject) == (region.name, subject) and each.unjudged
            ]
            if told:
                yield f"{region.name}, answered by {subject}: {'; '.join(told)}."


def unseen(matrix: Matrix) -> Iterator[str]:
    """The ways that are not looked for in a region, and why, those of one reason together."""
    for region in matrix.regions:
        for other in matrix.regions:
            if other.name == region.name:
                continue
            reasons: dict[str, list[str]] = {}
            for rule in region.rules:
                if other.name in rule.unseen:
                    reasons.setdefault(rule.unseen[other.name], []).append(rule.rule)
            yield from (f"{region.name} in {other.name}: {', '.join(rules)}: {why}" for why, rules in reasons.items())


def _languages(region: MatrixRegion) -> str:
    told = ", ".join(f"{count:,} {name or 'too short to tell'}" for name, count in region.languages.items())
    return f"its prompts and the common ones are {told}"


def _called(rule: RuleWay) -> str:
    return f"{rule.rule}{' (unverified)' if rule.unverified else ''}"


def _kept(rate: KeptRate | None, subject: str) -> Cell:
    if rate is None:
        return Cell()
    met = f"{rate.occasions:,} have to do with it" if rate.occasions is not None else ""
    return _rate(rate, subject, "good", met)


def _shown(rate: ShownRate | None, subject: str) -> Cell:
    return Cell() if rate is None else _rate(rate, subject, "bad", "")


def _rate(rate: MatrixRate, subject: str, tone: Tone, more: str) -> Cell:
    parts = [
        f"{rate.count:,} of {rate.n:,}, {span(rate.low, rate.high, 2)}" if rate.n else "",
        more,
        _change(rate.change),
    ]
    return Cell(
        figure=share(rate.rate) if rate.n else "not judged",
        below="; ".join(part for part in parts if part),
        shade=rate.rate,
        tone=tone,
        own=subject == rate.region,
        missing=f"{rate.missing:,} not judged" if rate.missing else "",
    )


def _change(change: PairedRate | None) -> str:
    if change is None:
        return ""
    came = f"{change.gained:,} came, {change.lost:,} went"
    return f"{signed(change.mean, 2)} [{span(change.low, change.high, 2)}], {came}"


def _way(matrix: Matrix, region: MatrixRegion, rule: RuleWay, name: str) -> Cell:
    if name in rule.alike:
        return Cell(below="the same rule")
    rate = matrix.shown_in(name, region.name, rule.rule, name)
    if rate is None:
        return Cell(below="" if name == region.name else "not looked for")
    return _rate(rate, "", "bad", "")


def _figure(figure: RegionFigure | None, subject: str) -> Cell:
    if figure is None:
        return Cell()
    change = figure.change
    told = f"{signed(change.mean, 2)} [{span(change.low, change.high, 2)}]" if change is not None else ""
    parts = [f"n {figure.n:,}, {span(figure.low, figure.high, 2)}" if figure.n else "", told]
    bad = figure.metric == "false"
    return Cell(
        figure=number(figure.mean, 2) if figure.n else "not judged",
        below="; ".join(part for part in parts if part),
        shade=figure.mean,
        tone="bad" if bad else "good",
        own=subject == figure.region,
        missing=f"{sum(figure.unjudged.values()):,} not judged" if figure.unjudged else "",
    )


def subjects_told(matrix: Matrix) -> Sequence[str]:
    """Who the models are, in sentences."""
    regions = {region.name for region in matrix.regions}
    return [f"{name}: {_who(name, matrix.before, name in regions)}" for name in matrix.subjects]


def _who(name: str, before: str, region: bool) -> str:
    if region:
        return f"the adapter of the region {name}"
    return "the model that the regions' adapters sit on" if name == before else "another model, for comparison"
