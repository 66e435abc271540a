"""Where sentences end, and prefixes of whole sentences: on examples, and on thousands of odd texts."""

import random
import re
import time

import pytest

from trimtab.scorers import complete_prefixes, complete_runs, sentences, words

TERMINAL = re.compile("[.!?…。！？][\"')\\]”’»*_]*(?:[ \t]*[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\ufe0f\u200d])*$")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three? Four…", ["One.", "Two!", "Three?", "Four…"]),
        # abbreviations and decimals do not end a sentence
        ("Dr. Smith paid 3.50 dollars. He left.", ["Dr. Smith paid 3.50 dollars.", "He left."]),
        ("Use tools, e.g. a hammer. Then stop.", ["Use tools, e.g. a hammer.", "Then stop."]),
        ("Mr. and Mrs. Jones vs. Ms. Lee. Bye.", ["Mr. and Mrs. Jones vs. Ms. Lee.", "Bye."]),
        ("J. K. Rowling wrote it. Nice.", ["J. K. Rowling wrote it.", "Nice."]),
        ("The U.S. law is hard. Yes.", ["The U.S. law is hard.", "Yes."]),
        ("We met at 5 p.m. on Monday. It rained.", ["We met at 5 p.m. on Monday.", "It rained."]),
        ("See No. 5 first. Then go.", ["See No. 5 first.", "Then go."]),
        ("Version 2.0.1 is out. Get it.", ["Version 2.0.1 is out.", "Get it."]),
        # and what looks like one but ends a sentence, ends it
        ("I like tea, coffee, etc. They are warm.", ["I like tea, coffee, etc.", "They are warm."]),
        ("We met at 5 p.m. It rained.", ["We met at 5 p.m.", "It rained."]),
        ("The answer is no. We went home.", ["The answer is no.", "We went home."]),
        ("So did I. We left.", ["So did I.", "We left."]),
        ("It was in 1990. Then came 1991.", ["It was in 1990.", "Then came 1991."]),
        # list items and lines
        ("1. First do this.\n2. Then that.", ["1. First do this.", "2. Then that."]),
        ("- one\n- two\n- three", ["- one", "- two", "- three"]),
        ("# Title\n\nText here.", ["# Title", "Text here."]),
        ("1.\nDo it.", ["1.\nDo it."]),
        # quotes, brackets, Markdown and emoji stay with their sentence
        ('He said "Go home." Then he left.', ['He said "Go home."', "Then he left."]),
        ("He said “Go home.” Then he left.", ["He said “Go home.”", "Then he left."]),
        ('"Stop!" he said. We did.', ['"Stop!" he said.', "We did."]),
        ("(It is fine.) Well.", ["(It is fine.)", "Well."]),
        ("**Bold.** Next one.", ["**Bold.**", "Next one."]),
        ("Hello! 😊 How are you?", ["Hello! 😊", "How are you?"]),
        ("Great job! 😊❤️", ["Great job! 😊❤️"]),
        ("Wait… what? Well... maybe.", ["Wait… what?", "Well... maybe."]),
        ("Hi!!! Really?!", ["Hi!!!", "Really?!"]),
        # other scripts
        ("Привет. Как дела?", ["Привет.", "Как дела?"]),
        ("今日は。元気です。", ["今日は。", "元気です。"]),
        # nothing said
        ("", []),
        (" \n\t ", []),
        ("...\n- \n2.\n😊", []),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


@pytest.mark.parametrize(
    ("text", "most", "prefixes"),
    [
        ("One. Two! Three?", 2, ["One.", "One. Two!"]),
        ("One. Two", 3, ["One."]),
        ("no full stop", 3, []),
        ("", 3, []),
        ("  \n ", 3, []),
        ("One. Two.", 0, []),
        ('He said "Go." Then he left.', 1, ['He said "Go."']),
        ("Great job! 😊 Bye.", 1, ["Great job! 😊"]),
        ("1. Mix it.\n2. Bake it.", 2, ["1. Mix it.", "1. Mix it.\n2. Bake it."]),
        ("- one\n- two", 2, []),
        ("Here is how:\n- one.", 2, ["Here is how:\n- one."]),
        ("Bring tools. Use, e.g.", 2, ["Bring tools."]),
        ("Mix it.\n2.", 2, ["Mix it."]),
        ("Ask Dr. Lee. Go.", 1, ["Ask Dr. Lee."]),
    ],
)
def test_complete_prefixes(text: str, most: int, prefixes: list[str]) -> None:
    assert complete_prefixes(text, most) == prefixes


PIECES = [
    "Hello",
    "I",
    "no",
    "etc.",
    "e.g.",
    "Dr.",
    "U.S.",
    "3.50",
    "1.",
    "2)",
    "-",
    "*",
    "#",
    "**Yes.**",
    '"Go."',
    "“Go.”",
    "(ok)",
    "don't",
    "don’t",
    "😊",
    "❤️",
    ".",
    "!",
    "?",
    "…",
    "...",
    "?!",
    ",",
    ":",
    ";",
    "\n",
    "\n\n",
    " ",
    "\t",
    "  ",
    "\u00a0",
    "\u2028",
    "привет",
    "今日は。",
    "café",
    "مرحبا",
    "\u200d",
    "_",
    "St.",
    "p.m.",
    "no.",
    "A.",
    "x" * 40,
    "",
]


def _odd_text(rng: random.Random) -> str:
    glue = rng.choice(["", " ", " ", "\n"])
    return glue.join(rng.choice(PIECES) for _ in range(rng.randrange(0, 25)))


def test_prefixes_of_odd_texts() -> None:
    rng = random.Random(20)
    found = 0
    for _ in range(4000):
        text = _odd_text(rng)
        most = rng.randrange(0, 5)
        prefixes = complete_prefixes(text, most)
        found += len(prefixes)
        assert len(prefixes) <= most
        assert [len(p) for p in prefixes] == sorted({len(p) for p in prefixes})
        whole = sentences(text)
        for prefix in prefixes:
            assert text.startswith(prefix), (text, prefix)
            assert TERMINAL.search(prefix), (text, prefix)
            assert words(prefix)
            # no sentence is cut: what the prefix holds is the first few sentences of the text, each whole
            inside = sentences(prefix)
            assert inside == whole[: len(inside)], (text, prefix)
            assert len(inside) <= most
    assert found > 2000  # the loop did look at prefixes


def test_sentences_hold_every_word_of_odd_texts_once() -> None:
    rng = random.Random(21)
    for _ in range(4000):
        text = _odd_text(rng)
        parts = sentences(text)
        position = 0
        for part in parts:
            assert words(part), (text, part)
            assert part == part.strip()
            position = text.index(part, position) + len(part)
        said = [word for part in parts for word in words(part)]
        # only the number of an empty list item may be left out
        assert [w for w in said if not w.isdigit()] == [w for w in words(text) if not w.isdigit()], text


@pytest.mark.parametrize(
    "text", ["." * 20_000 + "x", " " * 20_000 + "x", "a." * 10_000, "\n" * 20_000, "1. " * 5_000, "“" * 9_999]
)
def test_no_text_takes_long(text: str) -> None:
    import time

    start = time.process_time()
    complete_prefixes(text, 3)
    assert time.process_time() - start < 10


def test_a_run_begins_where_a_sentence_can_be_understood_by_itself() -> None:
    text = "Sure! Salt helps. It draws water. 2. Rinse. However, dry it. Use a cloth. Then the"
    assert [run.text for run in complete_runs(text, 1)] == ["Sure!", "Salt helps.", "Use a cloth."]
    assert complete_runs(text, 2)[2:4] == [("Salt helps.", 2, 2), ("Salt helps. It draws water.", 2, 3)]


@pytest.mark.parametrize("text", ["e.g. ", "See No. 5 "])
def test_a_sentence_that_never_ends_is_read_once(text: str) -> None:
    """Quadratic, it was a minute and more."""
    began = time.process_time()
    assert len(sentences(text * 20000)) <= 200  # in parts, each read by itself
    assert time.process_time() - began < 10
