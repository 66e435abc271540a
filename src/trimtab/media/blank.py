"""Video and audio without what stands beside the content: metadata is blanked in place, so that every offset holds.

Each container has a way to say "nothing here": a `free` box (ISO/IEC 14496-12, 8.1.2), a JUNK chunk (RIFF), a PADDING
block (RFC 9639, 8.3), a Void element (RFC 8794, 11.3.3), padding of an ID3v2 tag. What an encoder writes into the
stream itself (an SEI of H.264, a Xing frame) stays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True)
class Blank:
    """A part of a file that is sent as `head` and then zeros: bytes `start` to before `end`."""

    start: int
    end: int
    head: bytes = b""


_PIECE = 1 << 16
_DEEPEST, _MOST = 8, 200_000
"""How deep boxes are looked into, and how many parts of a file: more than any file that is one needs."""
_BOXES = {b"moov", b"trak", b"mdia", b"minf", b"moof", b"traf"}
"""Boxes that hold boxes which may be metadata."""
_SAYING = {b"udta", b"meta", b"uuid", b"free", b"skip", b"jumb"}
_CHUNKS = {b"fmt ", b"data", b"fact", b"idx1", b"cue "}
_LISTS = {b"hdrl", b"movi"}
_FLAC_NEEDED = {0, 3, 5}
"""Blocks of FLAC that are not metadata: STREAMINFO, SEEKTABLE, CUESHEET."""
_MASTERS = {0x18538067, 0x1549A966, 0x1654AE6B, 0xAE}
"""Segment, Info, Tracks and TrackEntry of Matroska (RFC 9559)."""
_STRINGS = {0x4D80, 0x5741, 0x7BA9, 0x536E, 0x7384, 0x3C83AB, 0x3E83BB}
"""MuxingApp, WritingApp, Title, a track's Name, and names of segments' files."""
_VOIDED = {0x1254C367, 0x1941A469}
"""Tags and Attachments."""


def blanks(path: Path, kind: str) -> tuple[Blank, ...] | None:
    """Where the metadata of a file of that media type stands, in order; None where it cannot be blanked."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        match kind:
            case "video/mp4" | "video/quicktime" | "audio/mp4":
                found = _in_boxes(file, 0, size, 0)
            case "audio/wav" | "video/avi":
                found = _in_chunks(file, size)
            case "audio/mpeg":
                found = _in_tags(file, size)
            case "audio/flac":
                found = _in_blocks(file, size)
            case "video/webm" | "video/x-matroska":
                found = _in_elements(file, 0, size, 0)
            case _:
                return None
        parts = list(islice(found, _MOST))
    return None if len(parts) == _MOST else tuple(each for each in parts if each.start < each.end)


def read_blanked(path: Path, blanked: Sequence[Blank], start: int, end: int) -> Iterator[bytes]:
    """Bytes `start` to before `end` of a file, in pieces, with its metadata blanked."""
    with path.open("rb") as file:
        file.seek(start)
        while start < end and (read := file.read(min(_PIECE, end - start))):
            part = bytearray(read)
            for each in blanked:
                first, last = max(each.start, start), min(each.end, start + len(part))
                if first < last:
                    shown = each.head[first - each.start : last - each.start]
                    part[first - start : last - start] = shown.ljust(last - first, b"\0")
            yield bytes(part)
            start += len(read)


def _at(file: BinaryIO, place: int, count: int) -> bytes:
    file.seek(place)
    return file.read(count)


def _in_boxes(file: BinaryIO, start: int, end: int, depth: int) -> Iterator[Blank]:
    while start + 8 <= end:
        head = _at(file, start, 16)
        size, name, header = int.from_bytes(head[:4]), head[4:8], 8
        if size == 1:
            size, header = int.from_bytes(head[8:16]), 16
        stop = end if size == 0 else min(start + size, end)
        if stop < start + header:
            return
        if name in _BOXES and depth < _DEEPEST:
            yield from _in_boxes(file, start + header, stop, depth + 1)
        elif name in _SAYING:
            yield Blank(start + 4, start + 8, b"free")
            yield Blank(start + header, stop)
        start = stop


def _in_chunks(file: BinaryIO, size: int) -> Iterator[Blank]:
    start, end = 12, min(size, 8 + int.from_bytes(_at(file, 4, 4), "little"))
    while start + 8 <= end:
        head = _at(file, start, 12)
        name, length = head[:4], int.from_bytes(head[4:8], "little")
        stop = min(start + 8 + length, end)
        if name not in _CHUNKS and not (name == b"LIST" and head[8:12] in _LISTS):
            yield Blank(start, start + 4, b"JUNK")
            yield Blank(start + 8, stop)
        start = stop + length % 2
    yield Blank(max(start, 12), size)


def _in_tags(file: BinaryIO, size: int) -> Iterator[Blank]:
    head = _at(file, 0, 10)
    if head[:3] == b"ID3" and len(head) == 10:
        length = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        yield Blank(5, 6)
        yield Blank(10, min(10 + length, size))
    last = size - 128 if size >= 128 and _at(file, size - 128, 3) == b"TAG" else size
    foot = _at(file, last - 32, 32) if last >= 32 else b""
    if foot[:8] == b"APETAGEX":
        yield Blank(max(0, last - 32 - int.from_bytes(foot[12:16], "little")), last)
    yield Blank(last + 3, size)


def _in_blocks(file: BinaryIO, size: int) -> Iterator[Blank]:
    start, last = 4, False
    while not last and start + 4 <= size:
        head = _at(file, start, 4)
        last, stop = bool(head[0] & 0x80), min(start + 4 + int.from_bytes(head[1:4]), size)
        if head[0] & 0x7F not in _FLAC_NEEDED:
            yield Blank(start, start + 1, bytes([head[0] & 0x80 | 1]))
            yield Blank(start + 4, stop)
        start = stop


def _in_elements(file: BinaryIO, start: int, end: int, depth: int) -> Iterator[Blank]:
    while start < end:
        name, name_bytes = _number(_at(file, start, 4), keep=True)
        length, length_bytes = _number(_at(file, start + name_bytes, 8), keep=False)
        if not name_bytes or not length_bytes:
            return
        body = start + name_bytes + length_bytes
        stop = end if length == (1 << 7 * length_bytes) - 1 else min(body + length, end)
        if name in _MASTERS and depth < _DEEPEST:
            yield from _in_elements(file, body, stop, depth + 1)
        elif name in _STRINGS:
            yield Blank(body, stop)
        elif name in _VOIDED and stop - start >= 9:
            yield Blank(start, stop, b"\xec\x01" + (stop - start - 9).to_bytes(7))
        start = stop


def _number(given: bytes, *, keep: bool) -> tuple[int, int]:
    """A number of EBML's and how many bytes it takes (RFC 8794, 4); with `keep` as an element's name is written."""
    if not given or not given[0]:
        return 0, 0
    count = 9 - given[0].bit_length()
    if count > len(given):
        return 0, 0
    value = int.from_bytes(given[:count])
    return (value if keep else value & ((1 << 7 * count) - 1)), count
