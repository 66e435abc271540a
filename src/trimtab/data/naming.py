"""Columns under other names: headings of any case, synonyms, who judged, and sides that name other columns."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from .columns import READ, empty
from .comparisons import KINDS
from .harmless import words_of
from .parts import RowError, name_of

SYNONYMS = {
    "answer": "completion",
    "answers": "completions",
    "response": "completion",
    "responses": "completions",
    "up": "label",
}
"""Other names of columns, taken where the column itself is not there."""

_KNOWN = frozenset(name for kind in READ.values() for name in kind).union(KINDS, SYNONYMS, ("messages", "ratings"))
_SOURCED = {"source", "kind", "row", "breaks"}
_PERSONS = frozenset(
    (
        "annotator assessor coder contributor crowdworker evaluator expert grader labeler labeller participant rater "
        "respondent reviewer user username voter worker"
    ).split()
)
_PERSON = _PERSONS.union("by code email human id key mail name nr number the uuid".split())
_NAME = 80
"""Letters that the name of somebody has at most: a column `user` may hold what the user said."""
_DID = frozenset("annotated assessed completed evaluated graded judged labeled labelled rated reviewed voted".split())


def unwrapped(raw: dict[str, Any]) -> dict[str, Any]:
    """The row within a line of `supervision.jsonl`; any other row as it is."""
    inner = raw.get("row")
    return inner if isinstance(inner, dict) and raw.keys() <= _SOURCED else raw


def with_headings(row: dict[Any, Any]) -> dict[Any, Any]:
    """The row, its known columns named as we name them: "Prompt" and " RESPONSE " as spreadsheets have them."""
    names = _renamed(tuple(row))
    return {names.get(name, name): value for name, value in row.items()} if names else row


def named(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What a row holds under our names, without what is empty. Raises RowError.

    Who judged stands under `annotator`, whatever its column is called; `chosen` and `rejected` that are names of other
    columns are what these hold.
    """
    row = {name: value for name, value in raw.items() if value is not None}
    for other, name in SYNONYMS.items() if "chosen" not in row and "rejected" not in row else ():
        if name not in row and other in row:
            row[name] = row.pop(other)
    persons = [name for name in persons_in(tuple(row)) if _names_one(row[name])]
    if persons and "annotator" not in row:
        row["annotator"] = "/".join(dict.fromkeys(filter(None, (name_of(row[name]) for name in persons))))
    for name in persons:
        del row[name]
    for name in ("annotator", "judge"):
        if name in row and (who := name_of(row.pop(name))) is not None:  # 0 is somebody
            row[name] = who
    return _sides(row)


def _sides(row: dict[str, Any]) -> dict[str, Any]:
    """`chosen` and `rejected` as the columns that they name, if both do."""
    chosen, rejected = row.get("chosen"), row.get("rejected")
    if not isinstance(chosen, str) or not isinstance(rejected, str) or len(chosen) + len(rejected) > 200:
        return row
    names = {name.casefold(): name for name in row if isinstance(name, str)}
    found = [names.get(side.strip().casefold()) for side in (chosen, rejected)]
    if None in found:
        return row
    if found[0] == found[1]:
        raise RowError(f"chosen and rejected are both the name of the column `{found[0]}`")
    held = {side: row[name] for side, name in zip(("chosen", "rejected"), found, strict=True) if name is not None}
    if any(not isinstance(value, str | list) for value in held.values()):
        raise RowError("chosen and rejected are names of columns, and these hold no answers")
    return {name: value for name, value in row.items() if name not in found} | held


@lru_cache(maxsize=1024)
def _renamed(columns: tuple[Any, ...]) -> dict[Any, str]:
    found: dict[Any, str] = {}
    for name in columns:
        if isinstance(name, str) and name not in _KNOWN:
            plain = "_".join(name.casefold().replace("-", " ").split())
            if plain in _KNOWN and plain not in columns and plain not in found.values():
                found[name] = plain
    return found


@lru_cache(maxsize=1024, typed=True)
def nameless_in(columns: tuple[Any, ...]) -> str:
    """What is wrong with names of columns that are no text, as of frames without headings; "" for nothing."""
    odd = [name for name in columns if not isinstance(name, str)]
    if not odd:
        return ""
    told = ", ".join(repr(name) for name in odd[:4]) + (", …" if len(odd) > 4 else "")
    names = "a column's name is" if len(odd) == 1 else "names of columns are"
    return f"{names} no text ({told}): give each column a name that says what it holds"


@lru_cache(maxsize=1024)
def persons_in(columns: tuple[Any, ...]) -> tuple[str, ...]:
    """The columns that tell who judged, by the words of their names: "worker_id", "ratedBy", "_annotator_id"."""
    return tuple(
        name
        for name in columns
        if isinstance(name, str) and name not in ("annotator", "judge") and _is_person(frozenset(words_of(name)))
    )


def _names_one(value: Any) -> bool:
    return not empty(value) and (isinstance(value, int | float) or (isinstance(value, str) and len(value) <= _NAME))


def _is_person(words: frozenset[str]) -> bool:
    named = bool(words & _PERSONS) and words <= _PERSON
    return named or ("by" in words and bool(words & _DID) and words <= _DID | {"by"})
