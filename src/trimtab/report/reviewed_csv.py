"""What a review room found as tables: a row a figure, a reviewer, a defect, an edit."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..records import PeopleFigure, Record, ReviewFigures

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute."""
_FIGURE = ("estimate", "low", "high", "n", "items", "reviewers", "over", "why_not")
_RULE = ("policy", "policy_digest", "rule", "version", "severity")


def review_tables(figures: ReviewFigures) -> dict[str, str]:
    """The text of each CSV file by what it holds; a file without rows has its header."""
    return {
        "rates": _csv(
            ("task", "measure", "group", *_RULE, "scale_low", "scale_high", "cut", "of", *_FIGURE, "judgements",
             "found", "could_not_tell"),
            _rates(figures),
        ),
        "agreement": _csv(
            ("task", "measure", "level", *_FIGURE, "shared", "alone", "could_not_tell"), _alphas(figures)
        ),
        "reviewers": _csv(("task", "reviewer", "judged", "figure", *_FIGURE, "warns"), _reviewers(figures)),
        "models": _csv(("task", "model", "of", "name", *_FIGURE), _models(figures)),
        "sampling": _csv(
            ("task", "title", "origin", "kind", "since", "until", "items", "held", "gold", "full", "begun", "skipped",
             "waiting", "sampled", "complete", "per_item", "repeat", "replans", "entries", "first", "again", "leads",
             "skips", "withdrawn", "superseded", "outside", "of_gold", "of_held"),
            _samples(figures),
        ),
        "defects": _csv(
            ("task", "item", "source", "reviewer", "day", "what", "rule_version", "where", "quote", "words"),
            _each(figures, "defects"),
        ),
        "edits": _csv(
            ("task", "item", "source", "reviewer", "day", "prompt", "before", "after", "why"), _each(figures, "edits")
        ),
    }  # fmt: skip


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    out = io.StringIO()
    written = csv.DictWriter(out, columns, lineterminator="\n")
    written.writeheader()
    for row in rows:
        written.writerow({name: _cell(value) for name, value in row.items()})
    return out.getvalue()


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would compute gets an apostrophe before it, by which it stays a text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _figure(figure: PeopleFigure | None) -> dict[str, Any]:
    return figure.model_dump() if figure is not None else {}


def _rates(figures: ReviewFigures) -> Iterator[dict[str, Any]]:
    for task in figures.tasks:
        for measured in task.measured:
            rule = measured.rule.model_dump(include=set(_RULE)) if measured.rule is not None else {}
            for cut in measured.cuts:
                yield {
                    "task": task.number, "measure": measured.title, "group": measured.group, **rule,
                    "scale_low": measured.low, "scale_high": measured.high, "cut": cut.cut, "of": cut.of,
                    **_figure(cut.figure), "judgements": cut.judgements, "found": cut.found,
                    "could_not_tell": cut.open,
                }  # fmt: skip


def _alphas(figures: ReviewFigures) -> Iterator[dict[str, Any]]:
    for task in figures.tasks:
        for each in task.agreement:
            yield {
                "task": task.number, "measure": each.title, "level": each.level, **_figure(each.alpha),
                "shared": each.shared, "alone": each.alone, "could_not_tell": each.open,
            }  # fmt: skip


def _reviewers(figures: ReviewFigures) -> Iterator[dict[str, Any]]:
    """A row for each figure that a reviewer has; one without any has a row with the judgements alone."""
    for task in figures.tasks:
        for each in task.reviewers:
            who = {"task": task.number, "reviewer": each.reviewer or "all together", "judged": each.judged}
            known = {
                "same with sides swapped": (each.same, False),
                "turned with the side": (each.turned, False),
                "chose what was shown first": (each.first, each.leans),
                "gold items right": (each.gold, each.warned),
            }
            rows = [(name, figure, warns) for name, (figure, warns) in known.items() if figure is not None]
            yield from ({**who, "figure": name, **_figure(figure), "warns": warns} for name, figure, warns in rows)
            if not rows:
                yield who


def _models(figures: ReviewFigures) -> Iterator[dict[str, Any]]:
    """A row for each figure of Dawid and Skene's model and of Bradley and Terry's, or for why there is none."""
    for task in figures.tasks:
        for each in task.truths:
            row = {"task": task.number, "model": "Dawid-Skene", "of": each.title}
            if each.why_not:
                yield {**row, "why_not": each.why_not}
                continue
            yield {**row, "name": "likely so", "estimate": each.likely / each.items, "items": each.items}
            yield from ({**row, "name": one.name, **_figure(one.figure)} for one in each.reviewers)
        if task.strengths is not None:
            row = {"task": task.number, "model": "Bradley-Terry"}
            if task.strengths.why_not:
                yield {**row, "why_not": task.strengths.why_not}
            for of, some in (("strength", task.strengths.sources), ("reliability", task.strengths.reviewers)):
                yield from ({**row, "of": of, "name": one.name, **_figure(one.figure)} for one in some)


def _samples(figures: ReviewFigures) -> Iterator[dict[str, Any]]:
    for task in figures.tasks:
        plan = task.sampling.model_dump()
        held = "; ".join(f"{count} because {why}" for why, count in plan.pop("held").items())
        yield {
            "task": task.number, "title": task.title, "origin": task.origin, "kind": task.kind,
            "since": figures.since, "until": figures.until, "held": held, **plan, **task.counts.model_dump(),
        }  # fmt: skip


def _each(figures: ReviewFigures, name: str) -> Iterator[dict[str, Any]]:
    for task in figures.tasks:
        rows: Sequence[Record] = getattr(task, name)
        yield from ({"task": task.number, **row.model_dump()} for row in rows)
