"""CSV as spreadsheets write it: commas, semicolons, tabs or bars; UTF-8, UTF-16 or Windows' Western European.

Read strictly: a quote that is never closed, a heading that comes twice, a row with too many cells are told.
"""

import csv
import gzip
import io
import re
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import UserError, UserNote
from .encoding import HEAD, refuse_coded
from .read import NoRow

_BETWEEN = ",;\t|"
"""What may stand between cells."""
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_WESTERN = "cp1252"
_FOREIGN = 1 / 3
"""The share of letters beyond ASCII above which a text is in no Western European language, and so not in cp1252."""
_HEAD = 2**20
"""Letters among which the headings are."""
_FIX = "Save the table again as CSV in UTF-8, or give JSON Lines."


def csv_text(path: Path) -> str:
    """A CSV's text, gunzipped where its name ends in `.gz`; a `UserNote` says where it is not in UTF-8.

    Raises UserError where it cannot be read.
    """
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(
            f"{path} cannot be read.", f"{getattr(error, 'strerror', '') or error}.", "Give a CSV, plain or gzipped."
        ) from None
    refuse_coded(path, data[:HEAD], _FIX, marked=True)
    marked = next((name for mark, name in _MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        return data.decode(marked)
    except UnicodeDecodeError as error:
        if marked == "utf-8":
            return _western(path, data)
        raise UserError(f"{path} cannot be read.", f"It is not {marked}: {error.reason}.", _FIX) from None


def _western(path: Path, data: bytes) -> str:
    why = "It is neither UTF-8 text nor what spreadsheets write in Western Europe (cp1252)."
    try:
        text = data.decode(_WESTERN)
    except UnicodeDecodeError:
        raise UserError(f"{path} cannot be read.", why, _FIX) from None
    letters = [letter for letter in text if letter.isalpha() or letter > "\x7f"]
    word = next(iter(re.findall(r"[\w']*[^\W\x00-\x7f][\w']*", text)), "")
    if not word or sum(letter > "\x7f" for letter in letters) > _FOREIGN * len(letters):
        raise UserError(f"{path} cannot be read.", why, _FIX)
    warnings.warn(
        f"{path.name} is not in UTF-8 and was read as cp1252, which spreadsheets write; see if “{word[:40]}” is right",
        UserNote,
        stacklevel=2,
    )
    return text


def csv_rows(text: str, name: str) -> Iterator[Any]:
    """Each row as a mapping of its headings, or as the exception that says why it is none. Empty rows are no rows.

    Raises UserError where the headings tell no table, or a quote is never closed: no row after it can be known.
    """
    csv.field_size_limit(2**31 - 1)
    text, told = _told(text)
    between, start = told or _between(text, name), 1
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    heads: list[str] | None = None
    try:
        for cells in rows:
            line, start = start, rows.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if heads is None:
                heads = _headings(cells, name)
                continue
            if not heads[0] and cells[0].strip().isdigit():
                cells[0] = ""  # the row's number, as pandas writes it
            named = max((n for n, head in enumerate(heads, 1) if head), default=0)
            if len(cells) > len(heads) and any(cell.strip() for cell in cells[named:]):
                yield NoRow(
                    f"It has {len(cells)} cells and the heading {sum(map(bool, heads))} (line {line}): a text with "
                    f"{'a comma' if between == ',' else 'the mark between cells'} in it must stand in quotes."
                )
            elif unnamed := [
                n for n, (head, cell) in enumerate(zip(heads, cells, strict=False), 1) if cell.strip() and not head
            ]:
                yield NoRow(
                    f"Its column {unnamed[0]} has a text (line {line}) and no heading: give it a name, or put a text "
                    "with the mark between cells in it into quotes."
                )
            else:
                cells += [""] * (len(heads) - len(cells))
                yield {head: cell for head, cell in zip(heads, cells, strict=False) if head}
    except csv.Error as error:
        closed = "unexpected end" not in str(error)
        why = (
            f"A quote within the row that begins in line {start} does not stand at the end of its cell: {error}."
            if closed
            else f"A quote that opens in the row of line {start} is never closed."
        )
        raise UserError(
            f"{name} cannot be read as CSV.",
            f"{why} No row from there on can be known.",
            "Close it, or write a quote within a cell twice.",
        ) from None


def _told(text: str) -> tuple[str, str | None]:
    """The text without the line by which Excel tells what stands between cells (`sep=;`), and that."""
    found = re.match(r'"?sep=(.)"?\r?\n', text)
    return (text[found.end() :], found[1]) if found else (text, None)


def _between(text: str, name: str) -> str:
    """What stands between the headings: what makes most cells of them. Raises UserError where two make as many."""
    counts: dict[str, int] = {}
    for mark in _BETWEEN:
        try:
            counts[mark] = len(
                next(csv.reader(io.StringIO(text[:_HEAD].lstrip("\r\n"), newline=""), delimiter=mark), ())
            )
        except csv.Error:
            counts[mark] = 0
    most = max(counts.values())
    marks = [mark for mark, count in counts.items() if count == most]
    if len(marks) > 1 and most > 1:
        raise UserError(
            f"{name} cannot be read as CSV.",
            f"Its headings can be cut at {' or '.join(repr(mark) for mark in marks)} alike.",
            _FIX,
        )
    return marks[0]


def _headings(cells: list[str], name: str) -> list[str]:
    heads = [cell.strip() for cell in cells]
    seen: dict[str, int] = {}
    for place, head in enumerate(heads, 1):
        if head and head.casefold() in seen:
            raise UserError(
                f"{name} has the heading {head!r} twice.",
                f"Columns {seen[head.casefold()]} and {place} both have it, and which is meant is not known.",
                "Give one of them another name.",
            )
        seen[head.casefold()] = place
    return heads
