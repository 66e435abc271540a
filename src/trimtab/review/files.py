"""Files that are judged: found again where they lie, and shown without what stands beside their content."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from ..media import Blank, blanks, picture
from .records import MediaFile, Side

LONGEST = 1600
"""Pixels of an image's longer side as it is shown first."""
_CHUNK = 1 << 20
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Gone(LookupError):
    """A file is not there any more, or holds something else."""


class OutOfRange(ValueError):
    """What is asked for lies behind the end of the file."""


@dataclass(frozen=True)
class Found:
    """A file that still is what it was when it came into the room."""

    path: Path
    blanked: tuple[Blank, ...]


def find(file: MediaFile) -> Found:
    """Where a file lies. Raises Gone where its bytes are others by now, or its name leads out of its folder."""
    folder = Path(file.folder)
    path = folder / file.name
    try:
        inside = path.resolve(strict=True).is_relative_to(folder.resolve(strict=True))
        if not inside or not path.is_file() or path.stat().st_size != file.size:
            raise Gone
        seen = path.stat()
        if _digest(path, seen.st_mtime_ns, seen.st_size, seen.st_ino) != file.digest:
            raise Gone
        return Found(path, _blanks(path, file.kind, file.digest))
    except OSError:
        raise Gone from None


@lru_cache(maxsize=4096)
def _digest(path: Path, *_: int) -> str:
    """The SHA-256 of a file's bytes, read anew when it was written to."""
    found = sha256()
    with path.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


@lru_cache(maxsize=4096)
def _blanks(path: Path, kind: str, _: str) -> tuple[Blank, ...]:
    return blanks(path, kind) or ()


@lru_cache(maxsize=64)
def small(path: Path, _: str) -> tuple[bytes, str]:
    """An image of at most LONGEST pixels a side, and its media type; by the digest of its file."""
    return picture(path, longest=LONGEST)


def part_of(header: str | None, size: int) -> tuple[int, int] | None:
    """The bytes that a `Range` asks for, the first and one behind the last; None for the whole file.

    One range is served; what asks for several, or is not understood, gets everything (RFC 9110, 14.2). Raises
    OutOfRange where none of it is there.
    """
    found = _RANGE.fullmatch((header or "").replace(" ", ""))
    if found is None or found[1] == found[2] == "" or (found[1] and found[2] and int(found[1]) > int(found[2])):
        return None
    if not found[1]:
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
    if start >= end:
        raise OutOfRange
    return start, end


def why_told(sides: Sequence[Side]) -> str:
    """Why files are not shown blind: what made one may stand in its metadata, and cannot be taken off; "" otherwise."""
    for side in sides:
        file = side.media
        if file is None or file.modality == "image":
            continue
        if (file.says or file.provenance != "none") and blanks(Path(file.folder) / file.name, file.kind) is None:
            what = ", ".join(file.says) or f"a provenance mark ({file.provenance})"
            return f"the metadata of a {file.kind} may say what made it ({what}), and cannot be taken off"
    return ""
