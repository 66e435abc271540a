"""Points held against an answer: which it makes, and whether it says what is plainly false there."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...records import Better, PromptPoints, Score
from ..base import Row
from .tongue import in_another_language, written_in
from .ways import found_in, heard

VERSION = "4"
"""Changes whenever an answer would be found to make other points."""


_PLAIN = str.maketrans("|_*", "   ")


@dataclass(frozen=True)
class Made:
    """What an answer makes of its prompt's points: how many, of the needed ones too, and the `wrong` ways it has."""

    points: int
    of: int
    needed: int
    of_needed: int
    wrong: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of needed points made; of all points where none is needed."""
        return self.needed / self.of_needed if self.of_needed else self.points / self.of


def made(points: PromptPoints, answer: str) -> Made:
    """Holds an answer against a prompt's points; what they call wrong in English alone, where negations are known."""
    said = heard(answer)
    found = [found_in(point.ways, said) is not None for point in points.points]
    wrong_told = written_in(points.prompt, _ways(points)) in ("en", None)
    needed = [hit for hit, point in zip(found, points.points, strict=True) if point.needed]
    wrong = tuple(way for way in points.wrong if wrong_told and found_in((way,), said) is not None)
    return Made(sum(found), len(found), sum(needed), len(needed), wrong)


def _ways(points: PromptPoints) -> str:
    """The ways of all points as plain words."""
    every = (way for point in points.points for way in point.ways)
    return ", ".join(way.translate(_PLAIN) for way in every)


class Points:
    """The points of many prompts, looked up by its text, whatever its spaces; `version` is their digest."""

    def __init__(self, rows: Iterable[PromptPoints]) -> None:
        self.rows = tuple(rows)
        self._by_prompt = {spaced(row.prompt): row for row in self.rows}
        said = [row.model_dump(mode="json", exclude={"kind"}) for row in self.rows]
        plain = json.dumps(said, sort_keys=True, ensure_ascii=False)
        self.version = hashlib.sha256(plain.encode()).hexdigest()[:12]

    def of(self, prompt: str) -> PromptPoints | None:
        """The points of a prompt; None where it has none."""
        return self._by_prompt.get(spaced(prompt))


def spaced(prompt: str) -> str:
    """A prompt's text with one space wherever it has any."""
    return " ".join(prompt.split())


@dataclass(frozen=True)
class PointsScorer:
    """The share of a prompt's needed points that an answer makes; a prompt without points is not judged.

    `details` count the points made and the `wrong` ways found; the label is `contradicts` where there are such.
    """

    points: Points | None = None
    name: str = "points"
    title: str = "Points made"
    unit: str = "share"
    better: Better = "higher"
    summary: str = "Share of the points that an answer must make that it makes."

    @property
    def version(self) -> str:
        """The matcher's and that of the points."""
        return f"{VERSION}, points {self.points.version}" if self.points is not None else VERSION

    def __call__(self, rows: Sequence[Row]) -> list[Score]:
        """A score of each row."""
        return [self._score(prompt, answer) for prompt, answer in rows]

    def _score(self, prompt: str, answer: str) -> Score:
        points = self.points.of(prompt) if self.points is not None else None
        if points is None:
            return Score(scorer=self.name, value=None, reason="the prompt has no points", applies=False)
        if (other := in_another_language(self.name, prompt, _ways(points), answer)) is not None:
            return other
        found = made(points, answer)
        return Score(
            scorer=self.name,
            value=found.share,
            label="contradicts" if found.wrong else "all" if found.share == 1 else "some" if found.share else "none",
            reason=f"says: {found.wrong[0]}" if found.wrong else "",
            details={"made": found.points, "of": found.of, "wrong": len(found.wrong)},
        )
