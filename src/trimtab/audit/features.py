"""Cheap figures of an answer for shallow classifiers: its form alone, or its form, length and words."""

import re
from collections.abc import Sequence
from string import ascii_uppercase
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..scorers import UNSPACED, is_unspaced

_UPPER = ascii_uppercase.encode()
_BULLET = re.compile(r"^[^\S\n]*[-*•]\s", re.MULTILINE)
_NUMBER = re.compile(r"^[^\S\n]*\d+[.)]\s", re.MULTILINE)
_HEADING = re.compile(r"^#+ ", re.MULTILINE)
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")
_POLITE = re.compile(r"\W*(?:sure|certainly|of course|absolutely|great question|happy to|hello|hi)\b", re.IGNORECASE)
_AS_AI = re.compile(r"\bas an? (?:ai|language model|assistant)\b", re.IGNORECASE)
_CLOSER = re.compile(r"(?:let me know|feel free|hope (?:this|that) helps|anything else)[^\n]*$", re.IGNORECASE)

FORM = (
    "starts blank", "ends blank", "ends a sentence", "starts upper-case", "double spaces", "line breaks",
    "blank lines", "bullets", "numbers", "headings", "bold", "code", "emoji", "exclamation marks", "question marks",
    "curly quotes", "straight quotes", "non-ASCII", "upper-case", "polite opening", "speaks as an AI", "offers more",
)  # fmt: skip
"""The figures of an answer's form, each 0 or 1 or a density; none is its length."""

WORD = rf"{UNSPACED}|(?:(?!{UNSPACED})\w){{2,}}"
"""A word of two letters or more; of scripts without spaces each character, so that pairs of them are counted."""
HASHED = 2**13
"""Places for words and pairs of words."""


def form(text: str) -> list[float]:
    """The figures of FORM."""
    size = max(1, len(text))
    bare = text.strip()
    per = 100 / size
    raw = bare.encode("ascii", "ignore")
    beyond = 0 if bare.isascii() else sum(letter.isupper() for letter in bare if letter > "\x7f")
    return [
        float(text[:1].isspace()),
        float(text[-1:].isspace()),
        float(bare[-1:] in '.!?…")”'),
        float(bare[:1].isupper()),
        float("  " in bare),
        bare.count("\n") * per,
        float("\n\n" in bare),
        float(bool(_BULLET.search(bare))),
        float(bool(_NUMBER.search(bare))),
        float(bool(_HEADING.search(bare))),
        float("**" in bare),
        float("`" in bare),
        float(bool(_EMOJI.search(bare))),
        bare.count("!") * per,
        bare.count("?") * per,
        float(any(mark in bare for mark in "’“”")),
        float("'" in bare or '"' in bare),
        (len(bare) - len(raw)) * per,
        (len(raw) - len(raw.translate(None, _UPPER)) + beyond) / size,
        float(bool(_POLITE.match(bare))),
        float(bool(_AS_AI.search(bare))),
        float(bool(_CLOSER.search(bare))),
    ]


def form_difference(chosen: Sequence[str], rejected: Sequence[str]) -> NDArray[np.float64]:
    """Chosen less rejected, in standard deviations, at most three: shape (n, len(FORM))."""
    return _scaled(np.array([form(text) for text in chosen]) - np.array([form(text) for text in rejected]))


def all_difference(formed: NDArray[np.float64], chosen: Sequence[str], rejected: Sequence[str]) -> Any:
    """Form (`form_difference`), log length and hashed words, chosen less rejected: (n, len(FORM) + 1 + HASHED)."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import HashingVectorizer

    unspaced = any(is_unspaced(text) for side in (chosen, rejected) for text in side)
    pattern = WORD if unspaced else r"\w{2,}"
    hashing = HashingVectorizer(
        n_features=HASHED,
        ngram_range=(1, 2),
        token_pattern=pattern,
        norm="l2",
        alternate_sign=True,
    )
    words = hashing.transform(chosen) - hashing.transform(rejected)
    lengths = np.log1p([[len(a), len(b)] for a, b in zip(chosen, rejected, strict=True)])
    length = _scaled(lengths[:, :1] - lengths[:, 1:])
    return hstack([csr_matrix(0.5 * formed), csr_matrix(0.5 * length), 3 * words]).tocsr()


def origins(chosen: Sequence[str], rejected: Sequence[str]) -> NDArray[np.float64]:
    """1 for the origin of the chosen side, -1 for that of the rejected, 0 where they are one: (n, origins)."""
    names = sorted({*chosen, *rejected})
    place = {name: number for number, name in enumerate(names)}
    found = np.zeros((len(chosen), len(names)))
    for row, (a, b) in enumerate(zip(chosen, rejected, strict=True)):
        found[row, place[a]] += 1
        found[row, place[b]] -= 1
    return found


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = np.sqrt((values**2).mean(axis=0))
    return np.asarray(np.clip(values / np.where(spread > 0, spread, 1), -3, 3))
