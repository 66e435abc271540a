"""Encodings that decode as UTF-8 without an error, and to nonsense: told by a file's first bytes."""

import codecs
import re
import warnings
from pathlib import Path

from ..errors import UserError, UserNote

HEAD = 2**16
"""Bytes in which they are looked for."""
_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
    b"+/v8": "UTF-7",
    b"+/v9": "UTF-7",
}
_WIDE = 0.05
"""The share of zero bytes from which a text is in two or four bytes a letter; below, the file is no text."""
_ISO_2022 = re.compile(rb"\x1b(?:\$[@ABC]|\([BIJ]|\$[()]\w|%G)")
_HZ = re.compile(rb"~\{(?:[!-}][!-~])+~\}")
_UTF_7 = re.compile(rb"\+[A-Za-z0-9/]{2,}-")
_TWICE = re.compile("[ÃÂÐÑÎ][\x80-\xbf\u0152-\u2122]|â€[\x80-\xbf\u0152-\u2122]?|ã[\x80-\x83]")
_SEVERAL = 3
"""Times that a spelling must come that plain text could hold by chance."""


def refuse_coded(path: Path, head: bytes, fix: str, *, marked: bool = False) -> None:
    """Raises UserError, with `fix` as the remedy, where a file's first HEAD bytes are not UTF-8 though they may decode
    as if they were.

    UTF-16 and UTF-32 have zero bytes in every plain letter; ISO 2022, HZ and UTF-7 spell other letters out in ASCII.
    With `marked`, UTF-16 with its mark is the caller's to read. What was in UTF-8 and was read as cp1252 and saved
    again is told by a UserNote alone, because it is in UTF-8.
    """
    mark = next((name for mark, name in _MARKS.items() if head.startswith(mark)), "")
    if mark == "UTF-16" and marked:
        return
    coded = mark or _spelled(head)
    if coded:
        raise UserError(f"{path} cannot be read.", f"Its text is in {coded} and not in UTF-8.", fix)
    if b"\0" in head:
        raise UserError(f"{path} cannot be read.", "It holds zero bytes, which no text has.", fix)
    twice = _TWICE.findall(head.decode("utf-8", "ignore")) if not head.isascii() else []
    if len(twice) >= _SEVERAL and len(twice) * 4 > sum(byte >= 0xC0 for byte in head):
        warnings.warn(
            f"{path.name} holds “{twice[0]}” and the like: UTF-8 that was read as cp1252 and saved again; it is read "
            "as it stands, so save it anew from its source",
            UserNote,
            stacklevel=2,
        )


def _spelled(head: bytes) -> str:
    zeros = head.count(0)
    if zeros > _WIDE * len(head):
        return "UTF-32 without a byte-order mark" if b"\0\0\0" in head else "UTF-16 without a byte-order mark"
    if _ISO_2022.search(head):
        return "ISO 2022 (as ISO-2022-JP)"
    if len(_HZ.findall(head)) >= _SEVERAL:
        return "HZ"
    pieces = _UTF_7.findall(head)
    return "UTF-7" if len(pieces) >= _SEVERAL and len({*pieces}) > 1 and all(map(_of_utf_7, pieces)) else ""


def _of_utf_7(piece: bytes) -> bool:
    try:
        text = piece.decode("utf-7")
    except UnicodeDecodeError:
        return False
    return text.isprintable() and len(text) * 4 < len(piece) * 3
