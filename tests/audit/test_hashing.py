"""Words as hashes: as many as there are, equal where the words are, whatever the script and whatever stands around."""

from itertools import pairwise

import numpy as np
import pytest

from trimtab.audit.hashing import word_hashes
from trimtab.scorers import words


def hashes(text: str) -> list[int]:
    return word_hashes([text])[0].tolist()


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("plain words here", "plain words here"),
        ("天空,蓝", "天 空 蓝"),
        ("ไทยมาก", "ไ ท ย ม า ก"),
        ("カタカナ、ひらがな。", "カ タ カ ナ ひ ら が な"),  # a mark above stays with its letter, a sign parts
        ("か\u3099く", "か\u3099 く"),
        ("a茶b水c", "a 茶 b 水 c"),
        ("茶“b”水", "茶 b 水"),
        ("हिन्दी भाषा", "हिन्दी भाषा"),
        ("\U00020001\U0003134f", "\U00020001 \U0003134f"),
        ("々茶", "茶"),
    ],
)
def test_a_character_without_spaces_is_a_word(text: str, apart: str) -> None:
    assert hashes(text) == [hashes(word)[0] for word in apart.split(" ")]


def test_a_text_is_hashed_alike_whatever_stands_beside_it() -> None:
    texts = ["“Tea” is hot", "", "茶。", "\0null\0", "!", "“茶” é", "ends in茶", "\u3099b", "last"]
    found, at = word_hashes(texts)
    parts = [found[first:last].tolist() for first, last in pairwise(at)]
    assert parts == [hashes(text) for text in texts]
    assert parts[1] == parts[4] == []


def test_signs_part_words_only_beside_letters_without_spaces() -> None:
    assert len(hashes("now—then")) == 1  # bytes beyond ASCII are letters
    assert len(hashes("now—then茶")) == 3


def test_there_are_as_many_as_words() -> None:
    for text in ("How do I brew tea", "怎么泡茶呢", "Как испечь хлеб", ""):
        assert len(hashes(text)) == len(words(text))
    assert np.array_equal(word_hashes([])[1], [0])
