"""Verdicts of a judge that a file holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

from pydantic import ValidationError

from ..data import PeopleLabels
from ..errors import UserError
from ..records import JudgeVerdict
from ..store import file_digest
from .asking import Question


@dataclass(frozen=True)
class KeptVerdicts:
    """Verdicts of a judge that are there already, in a file of `JudgeVerdict`s by the labels' ids or keys.

    A pair's `value` and `order` speak of the label's row: 1 is its first answer. Raises UserError where a line is none,
    or none is of a labelled item.
    """

    path: Path
    labels: PeopleLabels
    own: str | None = None
    at_once: bool = True
    _held: dict[tuple[str, tuple[int, ...], int], JudgeVerdict] = field(default_factory=dict)

    def __post_init__(self) -> None:
        places = {name: (item, turned) for item in self.labels.items for name, turned in item.ids}
        places |= {item.key: (item, False) for item in self.labels.items}
        for number, line in enumerate(self.path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            try:
                said = JudgeVerdict.from_json(line)
            except ValidationError as error:
                first = error.errors(include_url=False)[0]
                raise self._wrong(
                    f"Line {number}: {'.'.join(map(str, first['loc']))}: {first['msg']}.",
                    'Write lines such as {"item": "ID", "value": 1, "order": [0, 1], "showing": 1} (docs/judges.md).',
                ) from None
            if said.value is not None and not isfinite(said.value):
                raise self._wrong(
                    f"Line {number}: its value is {said.value}, which is no figure.",
                    "Write null where the judge could not judge.",
                )
            if said.item not in places:
                continue
            item, turned = places[said.item]
            order = said.order or tuple(range(len(item.answers)))
            if sorted(order) != list(range(len(item.answers))):
                pair = len(item.answers) == 2
                raise self._wrong(
                    f"Line {number}: its order is {list(said.order)}, and {said.item} has "
                    f"{'two answers' if pair else 'one answer'}.",
                    "Of a pair write [0, 1] or [1, 0], the answer shown first before; of an answer leave it out.",
                )
            if said.showing > 2:
                raise self._wrong(
                    f"Line {number}: its showing is {said.showing}.",
                    "Write 1 for the first time that something was asked, 2 where the same was asked again.",
                )
            value = said.value
            if len(item.answers) == 2:
                if value is not None and not 0 <= value <= 1:
                    raise self._wrong(
                        f"Line {number}: of a pair it says {value:g}.",
                        "Say 1 where the row's first answer is better, 0 the second, 0.5 neither.",
                    )
                if turned:
                    value, order = None if value is None else 1 - value, tuple(1 - place for place in order)
            kept = self._held.setdefault(
                (item.key, order, said.showing), said.model_copy(update={"item": item.key, "value": value})
            )
            if kept.value != value:
                raise self._wrong(
                    f"Line {number}: of {said.item}, in this order and showing, an earlier line says another value.",
                    'Keep one of them, or write "showing": 2 beside the one that was asked later.',
                )
        if not self._held:
            raise self._wrong(
                "None of them is of an item of the labels.",
                "Give each the `id` of its row among the labels as `item`.",
            )

    @property
    def name(self) -> str:
        """The file's."""
        return self.path.name

    @property
    def fingerprint(self) -> Mapping[str, str]:
        """The file's digest: which judge wrote it is not known."""
        return {"verdicts": file_digest(self.path)}

    @property
    def ordered(self) -> bool:
        """Whether any verdict is on answers shown the other way round."""
        return len({order for _, order, _ in self._held if len(order) == 2}) == 2

    def ask(self, asked: Sequence[Question]) -> list[JudgeVerdict]:
        """The verdicts held."""
        return [
            self._held.get((q.item.key, q.order, q.showing))
            or JudgeVerdict(item=q.item.key, value=None, order=q.order, showing=q.showing, reason="the file has none")
            for q in asked
        ]

    def _wrong(self, why: str, fix: str) -> UserError:
        return UserError(f"{self.path} was given as a judge's verdicts.", why, fix)
