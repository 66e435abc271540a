"""Metadata of video and audio is blanked where it stands: same length, same content, and nothing is said."""

import struct
import wave
from pathlib import Path

import pytest

from trimtab.media import blanks, read_blanked

SECRET = b"by secret-model"


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), name) + body


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def element(name: str, body: bytes) -> bytes:
    return bytes.fromhex(name) + (len(body) | 1 << 56).to_bytes(8) + body


def riff(form: bytes, *chunks: bytes) -> bytes:
    return chunk(b"RIFF", form + b"".join(chunks))


CONTENT = bytes(range(7, 77))
LARGE = struct.pack(">I4sQ", 1, b"uuid", 16 + len(SECRET)) + SECRET
MADE = {
    "video/mp4": box(b"ftyp", b"isom\0\0\2\0") + box(b"moov", box(b"trak", box(b"meta", SECRET)) + box(b"udta", SECRET))
    + LARGE + box(b"free", SECRET) + struct.pack(">I4s", 0, b"mdat") + CONTENT,
    "audio/mpeg": b"ID3\4\0\x40\0\0\0\x0f" + SECRET + CONTENT + b"TAG" + SECRET.ljust(125, b" "),
    "audio/flac": b"fLaC\0\0\0\x04info\4\0\0\x0f" + SECRET + b"\x86\0\0\x0f" + SECRET + CONTENT,
    "video/avi": riff(b"AVI ", chunk(b"LIST", b"INFO" + SECRET), chunk(b"LIST", b"movi" + CONTENT)) + SECRET,
    "video/webm": element("1a45dfa3", b"webm") + element(
        "18538067", element("1549a966", element("5741", SECRET) + element("4d80", SECRET))
        + element("1254c367", element("7373", SECRET)) + element("1f43b675", CONTENT),
    ),
}  # fmt: skip


def sent(path: Path, kind: str, start: int = 0, end: int | None = None) -> bytes:
    found = blanks(path, kind)
    assert found is not None
    return b"".join(read_blanked(path, found, start, path.stat().st_size if end is None else end))


@pytest.mark.parametrize("kind", MADE)
def test_what_is_said_beside_the_content_is_gone_and_every_byte_of_content_in_its_place(
    tmp_path: Path, kind: str
) -> None:
    made = MADE[kind]
    path = tmp_path / "file"
    path.write_bytes(made)
    shown = sent(path, kind)
    assert SECRET in made
    assert SECRET not in shown
    assert len(shown) == len(made)
    assert shown.index(CONTENT) == made.index(CONTENT)
    assert sent(path, kind, 3, len(made) - 5) == shown[3:-5]
    if kind != "audio/mpeg":
        path.write_bytes(shown)  # what is blank is read as blank
        assert sent(path, kind) == shown


def test_a_void_and_a_padding_are_as_long_as_what_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(MADE["video/webm"])
    shown, at = sent(path, "video/webm"), MADE["video/webm"].index(bytes.fromhex("1254c367"))
    whole = 4 + 8 + len(element("7373", SECRET))
    assert shown[at : at + 9] == b"\xec\x01" + (whole - 9).to_bytes(7)
    path.write_bytes(MADE["audio/flac"])
    shown = sent(path, "audio/flac")
    assert [shown[12], shown[12 + 19]] == [1, 0x81]  # PADDING, and the last


def test_a_sound_with_much_said_in_it_still_plays(tmp_path: Path) -> None:
    path, clean = tmp_path / "a.wav", tmp_path / "b.wav"
    body = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16))
    path.write_bytes(riff(b"WAVE", chunk(b"bext", SECRET), body, chunk(b"id3 ", SECRET), chunk(b"data", CONTENT)))
    clean.write_bytes(sent(path, "audio/wav"))
    assert SECRET not in clean.read_bytes()
    with wave.open(str(clean)) as file:
        assert file.readframes(99) == CONTENT


@pytest.mark.parametrize("kind", MADE)
def test_what_is_cut_off_anywhere_is_read_to_its_end(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "file"
    for end in range(0, len(MADE[kind]), 7):
        path.write_bytes(MADE[kind][:end])
        assert len(sent(path, kind)) == end


def test_where_it_cannot_be_blanked_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.ogg"
    path.write_bytes(b"OggS")
    assert blanks(path, "audio/ogg") is None
