"""What a review room found as one HTML file that needs nothing else: no script, no network, no picture beside it."""

from dataclasses import dataclass
from hashlib import sha256

from ..records import (
    AgreementFigure,
    CutFigure,
    PeopleFigure,
    PeopleMeasured,
    ReviewerFigures,
    ReviewFigures,
    SaidEdit,
    TaskFigures,
)
from .format import DASH, counted, number
from .pages import page_style, page_template
from .reviewed_told import alpha_told, likely_told, missing_told, percent, plain, reading, sampling_told, scope
from .word_diff import Change, word_diff

EDITS_SHOWN = 10
"""Edits on the page; all are in the table of edits."""
_TITLES = {
    "rule": "Defects by rule",
    "severity": "Defects by severity",
    "defect": "Defects",
    "claim": "Claims",
    "preference": "Preferences",
    "order": "Orders",
    "mark": "Marks",
    "share": "Shares",
}
_ORDER = ("defect", "rule", "severity", "claim", "preference", "order", "mark", "share")
_FOUND = {"mark": "highest marks", "preference": "times the better", "order": "times so"}
KINDS = {
    "pair": "pairs",
    "rank": "orders of several answers",
    "rubric": "marks by a rubric",
    "rating": "ratings",
    "thumb": "thumbs",
    "edit": "edits",
    "flag": "flags by a policy",
    "claims": "claims",
    "critique": "critiques",
}


@dataclass(frozen=True)
class _Line:
    """A row of a table of figures."""

    title: str
    of: str
    figure: str
    interval: str
    basis: str
    counts: str
    severity: str = ""
    version: str = ""
    text: str = ""


@dataclass(frozen=True)
class _Table:
    """Figures of one sort."""

    title: str
    note: str
    lines: tuple[_Line, ...]
    of: str = ""
    rules: bool = False


@dataclass(frozen=True)
class _Edit:
    """An edit with what it changed."""

    edit: SaidEdit
    changes: list[Change]


def render_review(figures: ReviewFigures) -> str:
    """The whole page. The same figures give the same bytes."""
    return page_template("reviewed").render(
        css=page_style("reviewed"),
        figures=figures,
        title=", ".join(dict.fromkeys(task.origin for task in figures.tasks if task.origin)) or figures.room,
        scope=scope(figures),
        reading=reading(figures),
        tasks=[_task(each) for each in figures.tasks],
        judgements=sum(each.counts.first for each in figures.tasks),
    )


def _task(task: TaskFigures) -> dict[str, object]:
    edits = sorted(task.edits, key=lambda each: sha256(f"{each.item}:{each.reviewer}".encode()).digest())
    return {
        "task": task,
        "asks": KINDS.get(task.kind, task.kind),
        "sampling": sampling_told(task),
        "missing": missing_told(task),
        "tables": tables(task),
        "choices": list(task.choices.items()),
        "agreement": [(each.title, _level(each), alpha_told(each)) for each in task.agreement],
        "nobody_shared": not any(each.shared for each in task.agreement),
        "reviewers": [_person(each) for each in task.reviewers],
        "paired": any(each.first is not None for each in task.reviewers),
        "has_gold": any(each.gold is not None for each in task.reviewers),
        "truths": [(each.title, likely_told(each)) for each in task.truths],
        "judges": _judges(task),
        "strengths": task.strengths,
        "strong": [(each.name, plain(each.figure)) for each in task.strengths.sources] if task.strengths else [],
        "reliable": [(each.name, plain(each.figure)) for each in task.strengths.reviewers] if task.strengths else [],
        "edits": [_Edit(each, word_diff(each.before, each.after)) for each in edits[:EDITS_SHOWN]],
    }


def _judges(task: TaskFigures) -> list[tuple[str, list[str]]]:
    """Of each reviewer how often they say what is likely true, a figure for each measure of which that is known."""
    known = [each for each in task.truths if each.reviewers]
    names = dict.fromkeys(one.name for each in known for one in each.reviewers)
    return [
        (name, [percent(next((one.figure for one in each.reviewers if one.name == name), None)) for each in known])
        for name in names
    ]


def tables(task: TaskFigures) -> list[_Table]:
    """Everything that was measured: whole, then by source and by month, with a row a figure."""
    found = []
    for group in _ORDER:
        measured = [each for each in task.measured if each.group == group]
        lines = [_line(each, cut) for each in measured for cut in each.cuts if cut.cut == "all"]
        if lines:
            found.append(_Table(_TITLES[group], _note(group, task), tuple(lines), rules=group == "rule"))
    for cut_name, of, note in (
        ("source", "By source", "Reviewers did not know whose the answers are."),
        (
            "month",
            "By month",
            "The month (UTC) in which a judgement came. Items come in an order of worth and from other reviewers, so "
            "that months may differ by that alone: this is no trend of the model's.",
        ),
    ):
        lines = [
            _line(each, cut)
            for group in _ORDER
            for each in task.measured
            if each.group == group
            for cut in each.cuts
            if cut.cut == cut_name
        ]
        months = {line.of for line in lines}
        if cut_name == "month" and len(months) == 1:
            only = f"All of it was judged in {months.pop()}, so that the figures of the month are those above."
            found.append(_Table(of, only, ()))
        elif lines:
            found.append(_Table(of, note, tuple(lines), of="Source" if cut_name == "source" else "Month"))
    return found


def _note(group: str, task: TaskFigures) -> str:
    match group:
        case "rule":
            return (
                f"The share of judgements in which something was flagged with the rule, of the policy {task.policy}. A "
                "version is the digest of the rule's whole wording."
            )
        case "severity":
            return "The share of judgements in which a rule of that severity was flagged."
        case "preference":
            note = "Alike and both bad count as half."
            if task.lone_sources:
                note += f" {counted(task.lone_sources, 'pair')} of sources with one item each have no share."
            return note
        case "order":
            return "Put first: several that are the best together share it. Before: those that stand alike are half."
        case "claim":
            return "The share of judgements that found at least one such claim in the answer."
        case "mark":
            return "The mean of the marks, on the scale that stands beside it."
        case _:
            return "The share of judgements that say so."


def _line(measured: PeopleMeasured, cut: CutFigure) -> _Line:
    figure, rule = cut.figure, measured.rule
    share = measured.group != "mark"
    scale = "" if share else f" ({measured.low:g} to {measured.high:g})"
    word = _FOUND.get(measured.group, "found it")
    open_ = f"; {cut.open:,} could not tell" if cut.open else ""
    return _Line(
        title=measured.title + scale,
        of=cut.of,
        figure=_number(figure.estimate, share) if figure.estimate is not None else "cannot tell",
        interval=_interval(figure, share),
        basis=_basis(figure),
        counts=f"{cut.found:,} of {cut.judgements:,} {word}{open_}",
        severity=rule.severity if rule else "",
        version=rule.version if rule else "",
        text=rule.text if rule else "",
    )


def _number(value: float | None, share: bool) -> str:
    if value is None:
        return DASH
    return f"{value:.1%}" if share else number(value, 2)


def _interval(figure: PeopleFigure, share: bool) -> str:
    if figure.estimate is None:
        return figure.why_not
    return f"{_number(figure.low, share)} to {_number(figure.high, share)}"


def _basis(figure: PeopleFigure) -> str:
    if not figure.n:
        return DASH
    over = f"{counted(figure.items, 'item')}, {counted(figure.reviewers, 'reviewer')}"
    alone = (
        f"; holds for {'this reviewer' if figure.reviewers == 1 else 'these reviewers'}"
        if figure.over == "items"
        else ""
    )
    return f"{over}, {counted(figure.n, 'judgement')}{alone}"


def _level(each: AgreementFigure) -> str:
    return {"nominal": "same or not", "ordinal": "in an order", "interval": "by distance"}[each.level]


def _person(each: ReviewerFigures) -> dict[str, str]:
    return {
        "name": each.reviewer or "All together",
        "judged": f"{each.judged:,}",
        "same": percent(each.same),
        "turned": percent(each.turned),
        "first": percent(each.first) + ("; more than chance" if each.leans else ""),
        "gold": percent(each.gold) + ("; fewer than expected, please look together" if each.warned else ""),
    }
