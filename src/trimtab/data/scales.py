"""Thumbs written as numbers, against the rest of their source: 0 and 1 are a scale where other rows say 3."""

from collections.abc import Sequence
from typing import Any

from ..records import Supervision, Thumb
from .naming import SYNONYMS, unwrapped

_LABELS = ("label", *(other for other, name in SYNONYMS.items() if name == "label"))


class Scales:
    """Hears of each row of a source, and tells at its end which thumbs are none."""

    def __init__(self) -> None:
        self._thumbs: dict[int, tuple[Any, str, str, float]] = {}
        self._wide: dict[str, tuple[str, float]] = {}

    def kept(self, raw: Any, place: str, number: int) -> None:
        """A row that was kept, as the so manieth from 0."""
        name, figure = _label(raw)
        if figure is not None:
            self._thumbs[number] = (raw, place, name, figure)

    def rejected(self, raw: Any, place: str) -> None:
        """A row that was not."""
        name, figure = _label(raw)
        if figure not in (None, 0, 1) and figure is not None:
            self._wide.setdefault(name, (place, figure))

    def sorted_out(self, kept: Sequence[Supervision]) -> tuple[list[Supervision], list[tuple[Any, str, str]]]:
        """The rows that stay, and those that do not, each with its place and the reason."""
        out: dict[int, tuple[Any, str, str]] = {}
        for number, (raw, place, name, figure) in self._thumbs.items():
            if name in self._wide and isinstance(kept[number], Thumb):
                where, other = self._wide[name]
                why = f"`{name}` is a number on a scale, and no thumb: it is {other:g} in {where}, and {figure:g} here"
                out[number] = (raw, place, why)
        return [row for number, row in enumerate(kept) if number not in out], list(out.values())


def _label(raw: Any) -> tuple[str, float | None]:
    row = unwrapped(raw) if isinstance(raw, dict) else {}
    for name in _LABELS:
        value = row.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return name, value
    return "", None
