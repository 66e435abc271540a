"""Words of many texts as 64-bit hashes, by array operations only: a million comparisons in seconds.

A word is a run of letters, digits and non-ASCII bytes, folded to lower case (ASCII); of a script without spaces each
character is one. Its hash reads its first and last
eight bytes and its length, so two long words that differ in the middle alone are one; that is rare, and costs a check
nothing but a second look.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..scorers import LETTER, MARK, SIGN, letter_kinds

if TYPE_CHECKING:
    import polars

_AROUND = bytes(8)
"""Stands before and behind all texts, so that eight bytes can be read wherever a word begins or ends."""
Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]

_MIX, _MIX2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_MASKS = np.array([(1 << (8 * length)) - 1 for length in range(9)], dtype=np.uint64)
_FOLDED = bytes(byte if byte >= 128 else ord(chr(byte).lower()) if chr(byte).isalnum() else 0 for byte in range(256))


def word_hashes(texts: Sequence[str]) -> tuple[Hashes, Places]:
    """The hashes of all words, one text after the other, and where each text's begin: shape (len(texts) + 1,)."""
    sizes = (len(text) if text.isascii() else len(text.encode()) for text in texts)
    whole = "".join(f"{text}\0" for text in texts).encode()
    return joined_hashes(whole, np.fromiter(sizes, np.int64, len(texts)))


def joined(texts: "polars.DataFrame") -> tuple[bytes, Places]:
    """The texts of a table, row by row, as `joined_hashes` takes them: no text of them becomes an object."""
    import polars as pl

    sizes = texts.select(pl.all().str.len_bytes().cast(pl.Int64)).to_numpy().ravel()
    whole = texts.select((pl.concat_str(pl.all(), separator="\0").str.join("\0") + "\0").cast(pl.Binary)).item()
    return whole, sizes


def joined_hashes(whole: bytes, sizes: Places) -> tuple[Hashes, Places]:
    """The same of texts that stand in one as UTF-8, a null character behind each, whose `sizes` in bytes are known."""
    said = b"".join((_AROUND, whole, _AROUND))
    if _has_unspaced(np.frombuffer(said, np.uint8)):
        said, sizes = _apart(whole.decode(), sizes)
    folded = np.frombuffer(said.translate(_FOLDED), np.uint8)
    inside = folded != 0
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    starts, ends = edges[::2], edges[1::2]
    eight: NDArray[np.uint64] = np.ndarray((len(folded) - 7,), dtype="<u8", buffer=folded, strides=(1,))
    size = ends - starts
    hashes = (eight[starts] & _MASKS[np.minimum(size, 8)]) * _MIX
    long = np.flatnonzero(size > 8)
    hashes[long] ^= eight[ends[long] - 8] * _MIX2
    hashes += size.astype(np.uint64)
    hashes ^= hashes >> np.uint64(29)
    hashes *= _MIX2
    begins = len(_AROUND) + np.concatenate(([0], np.cumsum(sizes + 1)))
    return hashes, np.searchsorted(starts, begins).astype(np.int64)


def _apart(whole: str, sizes: Places) -> tuple[bytes, Places]:
    """Such texts with _AROUND, and their sizes, where blanks stand around every character of a script without spaces,
    and for the signs of texts that have one."""
    codes = np.frombuffer(whole.encode("utf-32-le"), "<u4")
    kinds = np.append(np.frombuffer(letter_kinds(), np.uint8), np.uint8(0))
    kind = kinds[np.minimum(codes, len(kinds) - 1)]
    bytes_ = 1 + (codes >= 0x80) + (codes >= 0x800) + (codes >= 0x10000)
    firsts = np.append(0, np.searchsorted(np.cumsum(bytes_), np.cumsum(sizes + 1)[:-1]) + 1)
    letter, mark = kind & LETTER != 0, kind & MARK != 0
    has = np.logical_or.reduceat(letter, firsts)
    sign = (kind & SIGN != 0) & np.repeat(has, np.diff(firsts, append=len(codes)))
    letter &= ~sign
    last = np.maximum.accumulate(np.where(mark, 0, np.arange(len(codes))))  # the character that a mark may belong to
    held = letter | mark & letter[last]
    blank = letter | np.append(False, held[:-1]) & ~(mark & held)
    spaced = np.full(len(codes) + int(blank.sum()), ord(" "), np.uint32)
    spaced[np.arange(len(codes)) + np.cumsum(blank)] = np.where(sign, ord(" "), codes)
    said = spaced.tobytes().decode("utf-32-le").encode()
    return b"".join((_AROUND, said, _AROUND)), np.add.reduceat(np.where(sign, 1, bytes_) + blank, firsts) - 1


def _has_unspaced(raw: NDArray[np.uint8]) -> bool:
    """Whether UTF-8 holds a letter of a script without spaces: E0 B8 to BB Thai and Lao, E1 80 to 82 Burmese, E1 9E and
    9F Khmer, E3 to E9 and F0 A0 upwards Chinese and Japanese."""
    at = np.flatnonzero(raw >= 0xE0)
    lead, then = raw[at], raw[at + 1]
    thai = (lead == 0xE0) & (then >= 0xB8) & (then <= 0xBB)
    burmese = (lead == 0xE1) & ((then <= 0x82) | (then == 0x9E) | (then == 0x9F))
    chinese = ((lead >= 0xE3) & (lead <= 0xE9)) | ((lead == 0xF0) & (then >= 0xA0))
    return bool((thai | burmese | chinese).any())


def runs(hashes: Hashes, size: int) -> Hashes:
    """The hash of each run of `size` words; entry i begins at word i. The last `size` - 1 entries run out of words."""
    return next((found for _, found in runs_of_sizes(hashes, (size,))), hashes)  # or all of them run out


def runs_of_sizes(hashes: Hashes, sizes: Collection[int]) -> Iterator[tuple[int, Hashes]]:
    """Each size, the smallest first, with the hashes of its runs, which go on from those of the size before; without
    the sizes that are above the number of words."""
    total = hashes.copy()
    for size in range(1, min(len(hashes), max(sizes, default=0)) + 1):
        if size > 1:
            total *= _MIX
            total[: len(hashes) - size + 1] += hashes[size - 1 :]
            total ^= total >> np.uint64(31)
        if size in sizes:
            yield size, total * _MIX2
