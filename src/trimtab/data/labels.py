"""What people said of answers, as labels that a judge is held against: our own rows, or feedback of a type that judges.

Rows of the same item are put together, each person once. The two answers of a pair stand in an order that their texts
alone decide, so that no file's habit (the better one first) can be learned or mistaken for a judge's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import UserError
from ..records import (
    Comparison,
    Provenance,
    Rating,
    Reject,
    Supervision,
    Thumb,
    asked_of,
    kind_of,
    last_of,
    split_thought,
)
from ..store import digest
from .feedback import reject_of, row_of
from .forms import NOTHING, unfolded
from .parts import UNKNOWN, RowError, messages, name_of, prompt_of
from .rows import rows_of
from .sources import Source, title_of

_SAID = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0, "1.0": 1.0, "0.0": 0.0}
_PREFERRED = {"first": 1.0, "a": 1.0, "second": 0.0, "b": 0.0, "tie": 0.5, "both bad": 0.5}
_CANNOT = ("cannot tell", "unsure", "")
_SHARED = {"id", "prompt", "rule", "kind", "person", "annotator", "why", "when", "strength"}
_PAIR = _SHARED | {"first", "second", "preference", "first_source", "second_source"}
_ANSWER = _SHARED | {"answer", "label", "source"}
JOURNAL = (
    "an entry of a journal, which holds no text: give the room itself, or its rows (trimtab review export --to trl)"
)


@dataclass(frozen=True)
class LabelledItem:
    """An answer, or two, and what each person said: 1 yes (the first is better), 0 no (the second), 0.5 a tie.

    `key` is a hash of prompt, answers and rule; `ids` are those of its rows, each with whether the row has the answers
    the other way round. `sources` wrote the answers, where that is known.
    """

    key: str
    prompt: str
    answers: tuple[str, ...]
    sources: tuple[str | None, ...]
    said: Mapping[str, float]
    rule: str | None = None
    kind: str | None = None
    ids: tuple[tuple[str, bool], ...] = ()

    @property
    def label(self) -> float:
        """The share of people who say yes, or prefer the first."""
        return sum(self.said.values()) / len(self.said)


@dataclass(frozen=True)
class PeopleLabels:
    """The items of a source of `read` rows, all pairs or none of them, and the rows that say nothing of one."""

    name: str
    items: tuple[LabelledItem, ...]
    rejected: tuple[Reject, ...]
    read: int

    @property
    def pairs(self) -> bool:
        """Whether an item is two answers."""
        return len(self.items[0].answers) == 2

    @property
    def people(self) -> int:
        """How many persons speak; rows that name nobody count as one person an item."""
        return len({person for item in self.items for person in item.said})


@dataclass
class _Row:
    id: str
    prompt: str
    answers: tuple[str, ...]
    sources: tuple[str | None, ...]
    label: float
    person: str | None
    rule: str | None
    kind: str | None


@dataclass
class _Gathered:
    row: _Row
    said: dict[str, float] = field(default_factory=dict)
    ids: list[tuple[str, bool]] = field(default_factory=list)


def read_labels(source: Source) -> PeopleLabels:
    """Reads rows of `answer` and `label`, of `first`, `second` and `preference` (docs/judges.md), or comparisons,
    thumbs and ratings in any form that feedback has.

    Raises UserError where the source cannot be read, holds no label, or holds labels of answers and of pairs.
    """
    name = title_of(source)
    rejected: list[Reject] = []

    def rows() -> Iterator[tuple[str, _Row]]:
        for piece in unfolded(rows_of(source), NOTHING):
            try:
                raw = piece.row
                if isinstance(raw, dict) and {"item", "reviewer", "said"} <= raw.keys():
                    raise RowError(JOURNAL)
                yield piece.place, _own(raw, piece.place) if _is_own(raw) else _of(row_of(raw, name, piece.place))
            except RowError as error:
                rejected.append(reject_of(piece.raw, name, piece.place, str(error)))

    return _labels(name, rows(), rejected)


def labels_of(name: str, rows: Sequence[Supervision], rejected: Sequence[Reject] = ()) -> PeopleLabels:
    """Labels of feedback that was read before. Raises UserError as `read_labels` does."""
    left = list(rejected)

    def given() -> Iterator[tuple[str, _Row]]:
        for row in rows:
            try:
                yield row.id, _of(row)
            except RowError as error:
                left.append(Reject(source=name, row=row.id, reason=str(error)))

    return _labels(name, given(), left)


def _labels(name: str, rows: Iterator[tuple[str, _Row]], rejected: list[Reject]) -> PeopleLabels:
    found: dict[str, _Gathered] = {}
    read = again = 0
    for place, row in rows:
        read += 1
        turned = len(row.answers) == 2 and digest(row.answers[0]) > digest(row.answers[1])
        if turned:
            row.answers, row.sources, row.label = row.answers[::-1], row.sources[::-1], 1 - row.label
        key = digest([row.prompt, row.answers, row.rule])[:20]
        held = found.setdefault(key, _Gathered(row))
        person = row.person if row.person is not None else f"somebody {len(held.said) + 1}"
        if person in held.said:
            again += 1
            why = f"{person} has labelled the same item before"
            rejected.append(Reject(source=name, row=place, reason=why, excerpt=row.answers[0][:120]))
            continue
        held.said[person] = row.label
        held.ids.append((row.id, turned))
    read += len(rejected) - again
    items = tuple(
        LabelledItem(
            key, one.row.prompt, one.row.answers, one.row.sources, one.said, one.row.rule, one.row.kind, tuple(one.ids)
        )
        for key, one in found.items()
    )
    if not items:
        first = f"; the first: {rejected[0].reason}" if rejected else ""
        raise UserError(
            f"{name} was given as people's labels.",
            f"None of its {read:,} rows is a label{first}." if read else "It holds no row.",
            "Give rows with `prompt`, `answer` and `label`, or `prompt`, `first`, `second` and `preference` "
            "(docs/judges.md).",
        )
    singles = sum(len(item.answers) == 1 for item in items)
    if 0 < singles < len(items):
        raise UserError(
            f"{name} was given as people's labels.",
            f"{singles:,} of its {len(items):,} items are single answers and the others are pairs.",
            "Give a file of each: a judge is asked another question of pairs.",
        )
    return PeopleLabels(name, items, tuple(rejected), read)


def _is_own(raw: Any) -> bool:
    return isinstance(raw, dict) and ("preference" in raw or ("label" in raw and "answer" in raw))


def _own(raw: dict[str, Any], place: str) -> _Row:
    pair = "preference" in raw
    strange = sorted(map(str, raw.keys() - (_PAIR if pair else _ANSWER)))
    if strange:
        raise RowError(f"a column that labels do not have: {', '.join(strange)}")
    names = ("first", "second") if pair else ("answer",)
    answers = tuple(_answer(raw.get(name), name) for name in names)
    if pair and answers[0].strip() == answers[1].strip():
        raise RowError("both answers are equal")
    column, known = ("preference", _PREFERRED) if pair else ("label", _SAID)
    sources = tuple(name_of(raw.get(name)) for name in (("first_source", "second_source") if pair else ("source",)))
    given = raw.get("prompt")
    return _Row(
        name_of(raw.get("id")) or place,
        asked_of(prompt_of(given)) if given else "",
        answers,
        sources,
        _value(raw[column], column, known),
        name_of(raw.get("person")) or name_of(raw.get("annotator")),
        name_of(raw.get("rule")),
        name_of(raw.get("kind")),
    )


def _value(given: Any, column: str, known: Mapping[str, float]) -> float:
    said = "" if given is None else str(given).strip().casefold()
    if said in _CANNOT:
        raise RowError("the person could not tell")
    if said not in known:
        raise RowError(f"{column} is {given!r:.40}, and not one of {', '.join(known)}")
    return known[said]


def _answer(given: Any, name: str) -> str:
    if given is None:
        raise RowError(f"no {name}")
    return _said(last_of(messages(given, name)), name)


def _said(text: str, name: str) -> str:
    thought, said = split_thought(text)
    if thought is not None and said is None:
        raise RowError(f"{name} holds a thought and no answer behind it")
    if not (said or "").strip():
        raise RowError(f"the {name} is empty")
    return said or ""


def _of(row: Supervision) -> _Row:
    told, prompt = row.provenance, asked_of(row.prompt)
    if isinstance(row, Comparison):
        answers = (_said(row.chosen_text, "chosen"), _said(row.rejected_text, "rejected"))
        sources = (row.chosen_model, row.rejected_model)
        return _Row(row.id, prompt, answers, sources, 1.0, _person(told), told.rule, row.kind)
    if isinstance(row, Thumb):
        label = float(row.label)
    elif isinstance(row, Rating):
        if row.share == 0.5:
            raise RowError("rated in the middle of the scale, which is neither yes nor no")
        label = float(row.share > 0.5)
    else:
        raise RowError(f"{kind_of(row)}s are no labels that a judge can be held against")
    person = (row.annotator if isinstance(row, Rating) else None) or _person(told)
    return _Row(row.id, prompt, (_said(last_of(row.completion), "answer"),), (None,), label, person, told.rule, None)


def _person(told: Provenance) -> str | None:
    if told.annotator is not None:
        return told.annotator
    return None if told.judge in (UNKNOWN, "people") else told.judge
