"""Files of points: what good answers to prompts would say (`records.PromptPoints`), one row a prompt."""

from collections.abc import Iterable
from pathlib import Path

from ..errors import UserError
from ..records import PromptPoints
from ..scorers import Points, found_in, heard, spaced
from .read import rows_with_places

_FORM = '{"id": "…", "prompt": "…", "points": [{"ways": ["…"], "needed": true}], "wrong": ["…"]}'


def read_points(path: Path) -> Points:
    """The points in a file of JSON Lines.

    Raises UserError, naming the line, at a row that is none, an id or a prompt that comes twice, a way that its own
    prompt satisfies (an answer could make such a point by repeating the question), and one that is never found.
    """
    seen: dict[str, str] = {}
    found = []
    for place, row in rows_with_places(path, "row of points", PromptPoints.model_validate, _FORM):
        for ways in ([way for point in row.points for way in point.ways], row.wrong):
            _refuse_said(row, ways, f"{path.name} {place}")
            _refuse_unheard(row, ways, f"{path.name} {place}")
        text = spaced(row.prompt)
        if text in seen:
            raise UserError(
                f"{path.name} {place} has the prompt {row.prompt[:80]!r}.",
                f"{seen[text].capitalize()} has it too, and points are looked up by the prompt's text.",
                "Put the points of both into one row.",
            )
        seen[text] = place
        found.append(row)
    return Points(found)


def _refuse_said(row: PromptPoints, ways: Iterable[str], place: str) -> None:
    way = found_in(ways, heard(row.prompt))
    if way is not None:
        raise UserError(
            f"{place}: {row.id} has the way {way!r}.",
            "Its own prompt says that already, so that an answer which repeats the question would make the point.",
            "Add a word that the prompt does not have.",
        )


def _refuse_unheard(row: PromptPoints, ways: Iterable[str], place: str) -> None:
    """Each choice must be found in an answer that says just that, and so must the first ones, side by side."""
    for way in ways:
        for said in (" ".join(part.split("|")[0] for part in way.split()), *(way.replace("|", " ").split())):
            if found_in((said,), heard(said.replace("_", " ").replace("*", "zz"))) is None:
                raise UserError(
                    f"{place}: {row.id} has the way {way!r}.",
                    f"No answer makes it by saying {said!r}, where words are read together: `can not` as cannot, "
                    "`twenty one` as 21.",
                    "Write `cannot`, and a number in digits.",
                )
