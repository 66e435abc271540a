"""Phrases of a language as readable tables (`tables/*.toml`), and what they compile to.

A phrase is words with a blank between them, in lower case; accents do not count (`tongues.folded`).

| written | stands for |
|---|---|
| `…` | up to GAP words of one clause, or none |
| `(a|b)` | one of these |
| `(a|b)?` | one of these, or nothing |
| `{name}` | one of `terms.name` |
| `help*`, `*help` | a word that begins, or ends, so |
| `^`, `$` | the sentence's begin, or its end |

In a language that is `joined` (written without blanks, or with blanks that people set as they like) blanks are taken
out of text and phrases alike, a phrase may begin within a word, and `…` stands for GAP_JOINED characters.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ..tongues import MARKS, folded

TABLES = Path(__file__).with_name("tables")
GAP, GAP_JOINED = 7, 16
"""Words, or characters of a joined language, that a `…` may stand for; bounded, so that a text costs its length."""
BARE = 80
"""Characters up to which a text may be a refusal as a whole."""

ANSWERS = (
    "me",
    "not",
    "denies",
    "barred",
    "withdraws",
    "limits",
    "offers",
    "refers",
    "regrets",
    "reasons",
    "hedges",
    "sympathy",
    "agrees",
    "gives",
    "others",
    "serves",
    "never",
    "opines",
    "but",
    "sides",
    "disclaims",
    "wills",
)
"""Classes of what an answer's sentences say; `acts.py` tells what each is."""
PROMPTS = ("wants", "asked", "declined", "opens", "why", "means")
"""Of a prompt: a wish for a text of any kind; for a letter or message; a word of declining; more than a yes or no; a
reason; what something means."""
KINDS = (*ANSWERS, *PROMPTS, "greets", "drafts", "translates")
"""All that a table lists, besides what is `bare`: how a letter begins, and how a text or a translation is announced."""
_STOPS = ",;:.!?،؛؟。，；：、！？।"
_NO_STOPS = str.maketrans(_STOPS, " " * len(_STOPS))
_PIECE = re.compile(rf"[\w{MARKS}]+'?|[{_STOPS}–—]")
_MARK = re.compile(f"[{_STOPS}–—]")
_JOINED = re.compile(rf"[\w{MARKS}{_STOPS}]")
_EDGE = {"^": rf"(?<=\A )(?:[{_STOPS}] )*", "$": rf"(?:[{_STOPS}] )*\Z"}
_EDGE_JOINED = {"^": rf"\A[{_STOPS}]*", "$": rf"[{_STOPS}]*\Z"}


@dataclass(frozen=True)
class Phrases:
    """A language's table, spelled out: for each of KINDS one pattern, "" where it lists none."""

    code: str
    name: str
    joined: bool
    kinds: Mapping[str, str]
    bare: frozenset[str]
    same: Mapping[int, str]

    def normal(self, text: str) -> str:
        """A text as the patterns want it: folded, its words and marks each between blanks; joined: none between."""
        return _normal(text.translate(self.same), self.joined)

    def nothing_else(self, text: str) -> bool:
        """Whether a normal text is one of those that refuse as a whole answer."""
        return len(text) <= BARE and _bare(text, self.joined) in self.bare

    def ends_in_no(self, text: str) -> bool:
        """Whether what stands behind the last mark of a normal text refuses by itself, or what stands before the first
        and has two words: "such a poem, never", "out of the question, I explain nothing"."""
        parts = [part for part in _MARK.split(text.strip()) if part.strip()]
        return len(parts) > 1 and (
            self.nothing_else(parts[-1]) or (len(parts[0].split()) > 1 and self.nothing_else(parts[0]))
        )

    def clauses(self, text: str) -> list[str]:
        """The clauses of a normal text."""
        parts = [part.strip() for part in _MARK.split(text)]
        return [part if self.joined else f" {part} " for part in parts if part]

    def found(self, kind: str, text: str) -> bool:
        """Whether a phrase of that kind stands in a text, which is `normal`."""
        return self.kinds[kind] != "" and _compiled(self.kinds[kind]).search(text) is not None

    def without(self, kind: str, text: str) -> str:
        """A normal text without the phrases of that kind."""
        return _compiled(self.kinds[kind]).sub(" ", text) if self.kinds[kind] else text

    def asks_openly(self, question: str) -> bool:
        """Whether a question, normal, wants more than a yes or a no."""
        return self.kinds["opens"] == "" or self.found("opens", question)


@cache
def phrases(code: str) -> Phrases:
    """The table of a language by its ISO 639-1 code. Raises FileNotFoundError where there is none."""
    return compiled(code, tomllib.loads((TABLES / f"{code}.toml").read_text(encoding="utf-8")))


@cache
def known() -> tuple[str, ...]:
    """The languages that have a table."""
    return tuple(sorted(path.stem for path in TABLES.glob("*.toml")))


def compiled(code: str, table: Mapping[str, Any]) -> Phrases:
    """A table's patterns. Raises ValueError where it holds a kind that there is not."""
    strange = table.keys() - {*KINDS, "name", "joined", "terms", "bare", "same"}
    if strange:
        raise ValueError(f"{code}: no such kind of phrase: {', '.join(sorted(strange))}")
    joined = bool(table.get("joined", False))
    terms = {name: _either(some, {}, joined) for name, some in table.get("terms", {}).items()}
    kinds = {kind: _pattern(table.get(kind, ()), terms, joined) for kind in KINDS}
    same = str.maketrans({pair[0]: pair[1] for pair in table.get("same", "").split()})
    bare = frozenset(_bare(_normal(one.translate(same), joined), joined) for one in table.get("bare", ()))
    return Phrases(code, table["name"], joined, kinds, bare, same)


def _bare(normal: str, joined: bool) -> str:
    """A normal text without its marks."""
    words = normal.translate(_NO_STOPS)
    return words.replace(" ", "") if joined else " ".join(words.split())


def _pattern(some: Sequence[str], terms: Mapping[str, str], joined: bool) -> str:
    return _either(some, terms, joined) if some else ""


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A table is compiled as far as it is asked: most runs meet one language or two."""
    return re.compile(pattern)


def _normal(text: str, joined: bool) -> str:
    low = folded(text)
    if joined:
        return "".join(_JOINED.findall(low))
    return f" {' '.join(_PIECE.findall(low))} ".replace("–", ",").replace("—", ",")


def _either(some: Sequence[str], terms: Mapping[str, str], joined: bool) -> str:
    spelled = (_spelled(folded(each).replace("...", "…"), terms, joined) for each in some)
    return f"{'' if joined else '(?<= )'}(?:{'|'.join(spelled)})"


def _spelled(phrase: str, terms: Mapping[str, str], joined: bool) -> str:
    """One phrase as a regular expression; each word of a language that is not joined takes the blank behind it."""
    edge = _EDGE_JOINED if joined else _EDGE
    gap = rf"[^{_STOPS}]{{0,{GAP_JOINED}}}?" if joined else rf"(?:[^ {_STOPS}]+ ){{0,{GAP}}}?"
    made, glue = "", ""
    for token in _cut(phrase, " "):
        if token == "…":
            made, glue = made + gap, ""
            continue
        if token in edge:
            made, glue = made + edge[token], ""
            continue
        if token.startswith("("):
            inner, optional = token.removesuffix("?")[1:-1], "?" if token.endswith("?") else ""
            options = "|".join(_spelled(one, terms, joined) for one in _cut(inner, "|"))
            made += f"(?:{glue}(?:{options})){optional}"
        else:
            made += glue + (terms[token[1:-1]] if token.startswith("{") else _word(token, joined))
        glue = "" if joined else "(?:, )?"
    return made


def _cut(phrase: str, at: str) -> Iterator[str]:
    """The pieces between the marks `at` that stand in no bracket; empty ones are left out."""
    depth, piece = 0, ""
    for letter in phrase + at:
        depth += (letter == "(") - (letter == ")")
        if letter != at or depth:
            piece += letter
        else:
            if piece.strip():
                yield piece.strip()
            piece = ""


def _word(word: str, joined: bool) -> str:
    """One word of a phrase; an apostrophe ends a word, and a hyphen stands between two."""
    if joined:
        return re.escape(word)
    parts = word.replace("-", " ").replace("'", "' ").split()
    return "".join("[^ ]*".join(map(re.escape, part.split("*"))) + " " for part in parts)
