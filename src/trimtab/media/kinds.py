"""What a file is by its content, never by its name."""

from pathlib import Path
from typing import Literal

Modality = Literal["image", "video", "audio"]

SUFFIXES: dict[str, frozenset[str]] = {
    "image/jpeg": frozenset({".jpg", ".jpeg", ".jfif", ".jpe"}),
    "image/png": frozenset({".png", ".apng"}),
    "image/gif": frozenset({".gif"}),
    "image/webp": frozenset({".webp"}),
    "image/bmp": frozenset({".bmp", ".dib"}),
    "image/tiff": frozenset({".tif", ".tiff"}),
    "image/avif": frozenset({".avif"}),
    "image/heic": frozenset({".heic", ".heif"}),
    "video/mp4": frozenset({".mp4", ".m4v"}),
    "video/quicktime": frozenset({".mov", ".qt"}),
    "video/webm": frozenset({".webm"}),
    "video/x-matroska": frozenset({".mkv"}),
    "video/avi": frozenset({".avi"}),
    "audio/wav": frozenset({".wav", ".wave"}),
    "audio/mpeg": frozenset({".mp3"}),
    "audio/flac": frozenset({".flac"}),
    "audio/ogg": frozenset({".ogg", ".oga", ".opus"}),
    "audio/mp4": frozenset({".m4a"}),
}
"""The types that are looked into, and the endings that fit each."""

HEAD = 4096
"""Bytes at a file's beginning by which its type is told."""


def modality_by_name(path: Path) -> Modality | None:
    """What a file's ending claims that it is; None where it claims none of the kinds."""
    ending = path.suffix.lower()
    return next((modality_of(kind) for kind, endings in SUFFIXES.items() if ending in endings), None)


def type_of(head: bytes) -> str | None:
    """The media type of what begins so (at most HEAD bytes are needed); None for everything else.

    Containers are told apart by what they say of themselves: the brand of ISO media files (ISO/IEC 14496-12, `ftyp`),
    the form of RIFF files, and the DocType of Matroska.
    """
    if head[4:8] == b"ftyp":
        return _brand(head[8:12])
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/avi"}.get(head[8:12])
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    for mark, kind in _MARKS:
        if head.startswith(mark):
            return kind
    return "audio/mpeg" if _mpeg_frame(head) else None


def _mpeg_frame(head: bytes) -> bool:
    """Whether an MPEG audio frame of layer II or III begins (ISO/IEC 11172-3, 2.4.1.3)."""
    return len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06 in (2, 4)


def modality_of(kind: str) -> Modality:
    """Image, video or audio, of a type of SUFFIXES."""
    return _MODALITIES[kind.partition("/")[0]]


def _brand(brand: bytes) -> str:
    if brand in (b"avif", b"avis"):
        return "image/avif"
    if brand in (b"heic", b"heix", b"mif1", b"msf1", b"hevc"):
        return "image/heic"
    if brand in (b"M4A ", b"M4B "):
        return "audio/mp4"
    return "video/quicktime" if brand == b"qt  " else "video/mp4"


_MODALITIES: dict[str, Modality] = {"image": "image", "video": "video", "audio": "audio"}
_MARKS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
)
