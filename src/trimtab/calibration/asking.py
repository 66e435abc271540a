"""What a judge is asked about labelled items: every order of a pair, and the same again; each verdict is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..data import LabelledItem
from ..records import JudgeVerdict
from ..store import Journal, digest

AT_ONCE = 8
"""Questions between two writes to the disk: what a kill loses at most."""
_ALONE, _BOTH = ((0,),), ((0, 1), (1, 0))


@dataclass(frozen=True)
class Question:
    """An item, in which order its answers are shown, and whether this is asked for the first or the second time."""

    item: LabelledItem
    order: tuple[int, ...]
    showing: int = 1


class Asker(Protocol):
    """A judge as a calibration asks it. `own` is the model that it is, where it is one: its own answers are known by
    that. `at_once` says whether all questions must be asked together."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def fingerprint(self) -> Mapping[str, str]:
        """All that decides what it says."""

    @property
    def own(self) -> str | None:
        """The model that it is."""

    @property
    def ordered(self) -> bool:
        """Whether it sees both answers of a pair at once, so that their order may matter."""

    @property
    def at_once(self) -> bool:
        """Whether what it says of an item hangs on the others too."""

    def ask(self, asked: Sequence[Question]) -> list[JudgeVerdict]:
        """A verdict on each question."""


def questions(items: Sequence[LabelledItem], *, ordered: bool, again: int | None = None) -> list[Question]:
    """All that is asked: each item in both orders where they matter, then `again` (None: all) of them as at first."""
    first = [Question(item, order) for item in items for order in (_orders(item) if ordered else _orders(item)[:1])]
    return first + [Question(item, _orders(item)[0], 2) for item in items[:again]]


def unanswered(asker: Asker, asked: Sequence[Question], journal: Journal[JudgeVerdict] | None = None) -> list[Question]:
    """The questions that a journal holds no verdict on."""
    keys = zip(_keys(asker, asked), asked, strict=True)
    return [each for key, each in keys if journal is None or journal.get(key) is None]


def ask_all(
    asker: Asker,
    asked: Sequence[Question],
    journal: Journal[JudgeVerdict] | None = None,
    step: Callable[[int], None] = lambda done: None,
    affords: Callable[[Sequence[Question], int], int] = lambda some, every: len(some),
) -> list[JudgeVerdict]:
    """A verdict on each question; what the journal holds is not asked again. What could not be judged is not kept.

    `affords` says how many of the next questions may be asked, of how many in all, and raises where none may.
    """
    keys = _keys(asker, asked)
    found = {key: held for key in keys if journal is not None and (held := journal.get(key)) is not None}
    missing = [(key, each) for key, each in zip(keys, asked, strict=True) if key not in found]
    size = max(1, len(missing)) if asker.at_once else AT_ONCE
    step(len(found))
    first = 0
    while first < len(missing):
        some = missing[first : first + size]
        some = some[: affords([each for _, each in some], len(asked))]
        first += len(some)
        for (key, _), verdict in zip(some, asker.ask([each for _, each in some]), strict=True):
            found[key] = verdict.model_copy(update={"key": key})
            if journal is not None and verdict.value is not None:
                journal.add(found[key])
        step(len(found))
    return [found[key] for key in keys]


def _keys(asker: Asker, asked: Sequence[Question]) -> list[str]:
    told = dict(asker.fingerprint)
    return [digest([told, each.item.key, each.order, each.showing]) for each in asked]


def _orders(item: LabelledItem) -> tuple[tuple[int, ...], ...]:
    return _BOTH if len(item.answers) == 2 else _ALONE
