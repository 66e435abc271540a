"""Comparisons by the million: a Polars frame instead of records, with the same rows kept and the same reject log.

A record costs a tenth of a millisecond, a million of them two minutes. Here a comparison in a usual form is read with
plain comparisons of types and text; whatever looks unusual, or is of another type, goes to the one reader of rows.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from pydantic import ValidationError

from ..records import Comparison, Message, Provenance, Reject, Supervision
from .columns import READ, nothing_beside, refuse_unread
from .comparisons import KINDS
from .convert import to_comparisons
from .feedback import Recognised, reject_of, row_of
from .forms import NOTHING, Told, unfolded
from .messages import looks_listed
from .naming import named, persons_in, unwrapped
from .parts import OF_CONVERSATION, UNKNOWN, RowError, name_of
from .plain import PlainRows, said_of
from .plain_block import with_tables
from .rows import parts_of, rows_of
from .scales import Scales
from .sources import Source, title_of
from .supervision import TELLING, with_figures

if TYPE_CHECKING:
    import polars

COLUMNS = (
    "id", "place", "prompt", "before", "prompt_key", "chosen", "rejected", "judge", "source", "kind",
    "chosen_origin", "rejected_origin", "rule", "when", "fingerprint", "chosen_beside", "rejected_beside",
)  # fmt: skip
"""Of a frame; all text but `place`, which counts the rows that were read, from 0 (of a comparison that other rows made:
-1). `prompt` is the user's last message,
`before` what stands before it, `prompt_key` a hash of both with their roles. `kind`, the origins (which model wrote
an answer), the `rule` that decided, `when` it was judged and the `fingerprint` of a model that judged are empty where
the rows do not tell. What stands `beside` an answer's text is named, with blanks between: THOUGHT, CALLS, TURNS."""
THOUGHT, CALLS, TURNS = "thought", "calls", "turns"
"""A thought in a field of its own, calls of tools, and turns of the user's between the answer's own."""
_CHUNK = 20_000
"""Rows that are Python objects at a time."""
_OTHERS = {name for name, kind in TELLING.items() if kind != "comparison"}.union(OF_CONVERSATION)
"""Columns that make a row with two sides ambiguous, or that the reader of rows is to look at."""
_KINDS = frozenset(KINDS)
_PLAIN = READ["comparison"] - OF_CONVERSATION
"""Columns with which there is nothing to look at beside the two sides."""
_ROLES = {"system", "user", "assistant"}
_HH_START = ("\n\nHuman:", "\n\nAssistant:")
_HH_TURN = re.compile(r"\n\n(Human|Assistant):")
_HH_ROLE = {"Human": "user", "Assistant": "assistant"}

Turn = tuple[str, str]
"""Role and content."""
Row = tuple[str, int, str, str, str, str, str, str, str, str, str, str, str, str, str, str, str]


@dataclass(frozen=True)
class Framed:
    """What a source of feedback gave: a table of the comparisons that stand in it, and below them those `made` of its
    other rows; the rows that are none and make none; and how many were read. `said` is what a caller told of the
    rows."""

    source: Source
    table: "polars.DataFrame"
    made: tuple[Comparison, ...]
    rejected: tuple[Reject, ...]
    read: int
    forms: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    said: Told = NOTHING

    @classmethod
    def of(cls, comparisons: Sequence[Comparison]) -> Self:
        """Comparisons that are records already."""
        return cls((), frame_of(comparisons), tuple(comparisons), (), len(comparisons))

    def rows(self) -> Iterator[dict[str, Any]]:
        """The table's rows as they stand in the source, which is read again, and those made of others as records."""
        places = set(self.table["place"].to_list())
        pieces = enumerate(unfolded(rows_of(self.source, self.ignore), self.said))
        yield from (named(unwrapped(piece.row)) for place, piece in pieces if place in places)
        yield from (row.model_dump(mode="json") for row in self.made)


def read_frame(
    source: Source,
    told: Callable[[int], None] = lambda read: None,
    *,
    said: Told = NOTHING,
    ignore: Collection[str] = (),
) -> Framed:
    """The comparisons of a source of feedback as a frame of COLUMNS; `told` hears how many rows are read.

    `said` names the rows' form where it must be named, as `told` does for `read_feedback`. Keeps and rejects what
    `read_comparisons` does. Raises UserError where the source cannot be read at all.
    """
    import polars

    gathered, name = _Gathered(title_of(source)), title_of(source)
    others: list[Supervision] = []
    rejected: list[Reject] = []
    scales, recognised = Scales(), Recognised()

    def unusual() -> Iterator[tuple[str, Any]]:
        plain = said.form is None and not said.columns
        for table, rows in with_tables(parts_of(source, ignore), name, _schema(), plain and not ignore):
            if table is not None:
                gathered.takes_all(table)
                told(gathered.count)
                continue
            for place, raw in rows:
                if not plain or not isinstance(raw, dict) or not gathered.takes(raw, place):
                    yield place, raw
                elif gathered.count % _CHUNK == 0:
                    told(gathered.count)

    for piece in unfolded(unusual(), said):
        if piece.form is not None:
            recognised.add(piece.form, piece.rows)
        place, raw = piece.place, piece.row
        inner = unwrapped(raw) if isinstance(raw, dict) else raw
        made_of: Row | None = None
        try:
            row = _fast(inner, name, place, gathered.count) or row_of(inner, name, place)
            if isinstance(row, tuple):
                made_of = row
            elif isinstance(row, Comparison):
                made_of = _of_record(row, gathered.count)
            else:
                others.append(row)
                scales.kept(raw, place, len(others) - 1)
        except RowError as error:
            rejected.append(reject_of(piece.raw, name, place, str(error)))
            scales.rejected(raw, place)
        if gathered.counted(made_of) % _CHUNK == 0:
            told(gathered.count)
    others, more = scales.sorted_out(others)
    rejected += [reject_of(raw, name, place, reason) for raw, place, reason in more]
    made = to_comparisons(others)
    told(gathered.count)
    table = polars.concat([*gathered.parts(), frame_of(made.made)])
    found = (*rejected, *made.rejected)
    return Framed(source, table, made.made, found, gathered.count, recognised.told(), tuple(ignore), said)


class _Gathered:
    """The comparisons that stand in a source, in its order, a part of the table for each _CHUNK rows that it counts."""

    def __init__(self, name: str) -> None:
        self.count = 0
        self._plain = PlainRows(name)
        self._rows: list[Row] = []
        self._parts: list[polars.DataFrame] = []

    def takes(self, raw: dict[Any, Any], place: str) -> bool:
        """Whether a row is a plain one, and so is in the table."""
        taken = self._plain.take(raw, place, self.count)
        if taken:
            self.counted(None)
        return taken

    def takes_all(self, table: "polars.DataFrame") -> None:
        """Rows that are in a table, their places counted from 0."""
        import polars

        self._part()
        self._parts.append(_keyed(table.with_columns(polars.col("place") + self.count)))
        self.count += table.height

    def counted(self, row: Row | None) -> int:
        """Counts a row, one that is looked at with what it is in the table; gives the count."""
        if row is not None:
            self._rows.append(row)
        self.count += 1
        if self.count % _CHUNK == 0:
            self._part()
        return self.count

    def parts(self) -> list["polars.DataFrame"]:
        """All parts."""
        self._part()
        return self._parts

    def _part(self) -> None:
        made = (self._plain.table(_schema()), _table(self._rows))
        held = [part for part in made if part.height]
        whole = [held[0].vstack(held[1]).sort("place")] if len(held) == 2 else held
        self._parts += map(_keyed, whole)
        self._rows = []


def frame_of(comparisons: Sequence[Comparison]) -> "polars.DataFrame":
    """Records as a frame of COLUMNS."""
    return _keyed(_table([_of_record(row, -1) for row in comparisons]))


def _table(rows: list[Row]) -> "polars.DataFrame":
    import polars

    return polars.DataFrame(rows, schema=_schema(), orient="row")


def _keyed(table: "polars.DataFrame") -> "polars.DataFrame":
    """With the hash of what was asked in its place."""
    import polars

    return table.with_columns(polars.col("prompt_key").hash(0).cast(polars.String))


def _schema() -> dict[str, Any]:
    import polars

    return {name: polars.Int64 if name == "place" else polars.String for name in COLUMNS}


def _fast(raw: Any, source: str, place: str, count: int) -> Row | None:
    """The row, where its form is a usual one and nothing is wrong with it; None where that is not sure."""
    if not isinstance(raw, dict):
        return None
    if not raw.keys() <= _PLAIN and not (_nothing_beside(tuple(raw)) and nothing_beside(raw, "comparison")):
        try:
            raw = with_figures(named(raw))
            refuse_unread(raw, "comparison")
        except RowError:
            return None
        if not _OTHERS.isdisjoint(raw):
            return None
    chosen, rejected = _turns(raw.get("chosen"), "assistant"), _turns(raw.get("rejected"), "assistant")
    if chosen is None or rejected is None:
        return None
    asked = raw.get("prompt")
    if asked:
        prompt = _turns(asked, "user")
        if prompt is None:
            return None
        if isinstance(asked, str) and prompt[-1] == ("assistant", ""):
            prompt = prompt[:-1]
    else:
        prompt, chosen, rejected = _split(chosen, rejected)
    if not prompt or prompt[-1][0] != "user" or not prompt[-1][1].strip():
        return None
    for side in (chosen, rejected):
        if not side or side[0][0] != "assistant" or side[-1][0] != "assistant":
            return None
        if not all(content.strip() for _, content in side):
            return None
    if [content.strip() for _, content in chosen] == [content.strip() for _, content in rejected]:
        return None
    given = raw.get("provenance")
    if isinstance(given, dict):
        try:
            provenance = Provenance.model_validate(given)
        except ValidationError:
            return None
        judge, from_, told = provenance.judge, provenance.source, _told(provenance)
        if judge == UNKNOWN:
            judge = name_of(provenance.annotator) or name_of(raw.get("annotator")) or UNKNOWN
    else:
        judge, from_ = name_of(raw.get("judge")) or name_of(raw.get("annotator")) or UNKNOWN, source
        told = (name_of(raw.get("rule")) or "", name_of(raw.get("when")) or "", "")
    return _row(raw, f"{source}:{place}", count, prompt, chosen, rejected, judge, from_, told)


@lru_cache(maxsize=1024)
def _nothing_beside(columns: tuple[Any, ...]) -> bool:
    """Whether columns neither tell who judged nor are a part of the conversation."""
    return OF_CONVERSATION.isdisjoint(columns) and not persons_in(columns)


def _of_record(row: Comparison, count: int) -> Row:
    told = row.provenance
    judge = (told.annotator or UNKNOWN) if told.judge == UNKNOWN else told.judge
    raw = {name: getattr(row, name) for name in ("id", "kind", "chosen_model", "rejected_model")}
    prompt, chosen, rejected = map(_plain, (row.prompt, row.chosen, row.rejected))
    made = _row(raw, row.id, count, prompt, chosen, rejected, judge, told.source, _told(told))
    return (*made[:-2], _beside(row.chosen), _beside(row.rejected))


def _told(provenance: Provenance) -> tuple[str, str, str]:
    """The rule that decided, when, and the fingerprint of a model that judged."""
    judge = provenance.fingerprint.to_json() if provenance.fingerprint is not None else ""
    return provenance.rule or "", provenance.when or "", judge


def _beside(said: tuple[Message, ...]) -> str:
    """What stands beside the text of a side's messages."""
    has = {
        THOUGHT: any(message.reasoning_content and message.reasoning_content.strip() for message in said),
        CALLS: any(message.tool_calls for message in said),
        TURNS: any(message.role == "user" for message in said),
    }
    return " ".join(name for name, there in has.items() if there)


def _turned(side: list[Turn]) -> str:
    return TURNS if any(role == "user" for role, _ in side) else ""


def _plain(messages: tuple[Message, ...]) -> list[Turn]:
    return [(message.role, message.text) for message in messages]


def _row(
    raw: dict[str, Any], default: str, count: int, prompt: list[Turn], chosen: list[Turn], rejected: list[Turn],
    judge: str, source: str, told: tuple[str, str, str],
) -> Row:  # fmt: skip
    given = raw.get("id")
    asked = "".join([said_of(role, content.strip()) for role, content in prompt])
    last = len(prompt) - 1
    while last > 0 and prompt[last][0] != "user":
        last -= 1
    if prompt[last][0] != "user":
        last = len(prompt) - 1
    return (
        default if given in (None, "") else str(given),
        count,
        prompt[last][1],
        "\n".join([content for place, (_, content) in enumerate(prompt) if place != last]),
        asked,
        _said(chosen),
        _said(rejected),
        judge,
        source,
        "" if _KINDS.isdisjoint(raw) else next((str(raw[name]) for name in KINDS if raw.get(name) is not None), ""),
        name_of(raw.get("chosen_model")) or "",
        name_of(raw.get("rejected_model")) or "",
        *told,
        _turned(chosen),
        _turned(rejected),
    )


def _said(side: list[Turn]) -> str:
    if len(side) == 1 and side[0][0] == "assistant":
        return side[0][1]
    return "\n".join([content for role, content in side if role == "assistant"])


def _turns(value: Any, role: str) -> list[Turn] | None:
    if isinstance(value, str):
        if not value.startswith(_HH_START):
            return None if not value or value.startswith("\r\n") or looks_listed(value) else [(role, value)]
        pieces = _HH_TURN.split(value)[1:]
        return [(_HH_ROLE[who], said.strip()) for who, said in zip(pieces[::2], pieces[1::2], strict=True)]
    if not isinstance(value, list):
        return None
    turns: list[Turn] = []
    for item in value:
        if not isinstance(item, dict) or len(item) != 2:
            return None
        who, content = item.get("role"), item.get("content")
        if not isinstance(who, str) or who not in _ROLES or not isinstance(content, str):
            return None
        turns.append((who, content))
    return turns or None


def _split(chosen: list[Turn], rejected: list[Turn]) -> tuple[list[Turn], list[Turn], list[Turn]]:
    """The turns that both sides begin with are the prompt, up to the last one before an answer."""
    most = min(len(chosen), len(rejected))
    shared = 0
    while shared < most and chosen[shared] == rejected[shared]:
        shared += 1
    while shared > 0 and (shared == most or chosen[shared - 1][0] != "user"):
        shared -= 1
    return chosen[:shared], chosen[shared:], rejected[shared:]
