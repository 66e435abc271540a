"""The scorers that a spec or a policy names: found wherever they stand, and whether what they need is there."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ..data import read_points
from ..errors import UserError
from ..records import Policy, ScorerRef
from ..scorers import Points
from .source import Loc, Source, dotted


def scorers_in(value: Any, loc: Loc = ()) -> Iterator[tuple[Loc, ScorerRef]]:
    """Every scorer that a section names, with its place."""
    if isinstance(value, ScorerRef):
        yield loc, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from scorers_in(getattr(value, name), (*loc, name))
    elif isinstance(value, tuple):
        for place, each in enumerate(value):
            yield from scorers_in(each, (*loc, place))


def check_scorers(
    section: BaseModel,
    source: Source,
    path: Callable[[str], Path],
    policy: Callable[[], Policy | None],
    points: Callable[[], Points | None] = lambda: None,
) -> None:
    """Raises UserError for a scorer that is a rule of no policy or of another, a judge whose rubric is no file, or one
    of points that are nowhere or of a file that cannot be read."""
    short = source.wrote(("feedback", "sample"))  # else the list of sources: two names of one thing
    unwritten = ("feedback", "sources" if short else "sample")
    for loc, ref in scorers_in(section):
        if loc[:2] == unwritten:
            continue
        given = f"{source.place(loc)}: `{dotted(loc)}` is {ref.name!r}."
        if ref.rule is not None:
            rules = [rule.id for rule in found.rules] if (found := policy()) else []
            if ref.rule not in rules:
                why = "The policy has no such rule." if rules else "The spec names no policy."
                fix = f"The rules are {', '.join(rules)}." if rules else "Add `policy:`, the file of its rules."
                raise UserError(given, why, fix)
            if found is not None and not found.rule(ref.rule).checks:
                fix = "Give it `checks`, or let people or a judge decide by it."
                raise UserError(given, "The rule has no check, so that no scorer tells whether it is broken.", fix)
        if ref.scorer == "points" and points() is None:
            fix = "Add `prompts.points`, a file of them, or name one: {points: FILE}."
            raise UserError(given, "There are no points that it could judge by.", fix)
        if ref.points_file is not None:
            file = path(ref.points_file)
            if not file.is_file():
                why = f"{file} is a folder." if file.is_dir() else f"There is no file {file}."
                raise UserError(given, why, "Name a file of points.")
            read_points(file)
        if ref.rubric is not None and not path(ref.rubric).is_file():
            raise UserError(
                given, f"There is no file {path(ref.rubric)}.", "Give the judge's rubric as text, or leave it out."
            )
