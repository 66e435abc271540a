"""Languages of a pack's users that the patterns of a rule know no word of."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from ..records import PackRule
from ..scorers import leaning, tongue_of
from .meeting import Held

Unseen = tuple[str, str, tuple[str, ...], str, str, str]
UNSEEN = "language-unchecked"
_SCRIPTS = {"ja": ("HIRAGANA", "KATAKANA", "CJK"), "zh": ("CJK",), "ko": ("HANGUL",), "hi": ("DEVANAGARI",)}
_SCRIPTS |= {"ru": ("CYRILLIC",), "uk": ("CYRILLIC",), "bg": ("CYRILLIC",), "ar": ("ARABIC",), "fa": ("ARABIC",)}
_SCRIPTS |= {"el": ("GREEK",), "he": ("HEBREW",), "th": ("THAI",)}
"""What a pattern for a language is written in, where that is not Latin."""
SURE, MAY = 4.0, 2.0
"""Nats by which a word has to lean to one language for the pattern to be written in it, and to another for the pattern
to know that one too. Of the rules that are shipped, and of those of two people who wrote packs in two languages, none
with words of both had its best word of the second below 2.5, but for words that both languages have."""
_GRAMMAR = re.compile(r"\\[a-zA-Z]|\(\?(?:P?<?\w*[=!:>]|[a-z-]+[:)])")
_WORD = re.compile(r"[^\W\d_]{3,}")


def unseen_languages(held: Sequence[Held]) -> Iterator[Unseen]:
    """Rules that no check tells of in a language of the pack's users, but for those that the pack itself wrote for some
    of its languages; rules whose patterns are said to know a language and have no word of it."""
    for each in held:
        rule, spoken = each.bound.rule, each.lineage.languages
        if rule.permits or rule.by != "model" or not rule.checks or _on_purpose(each):
            continue
        asked = [code for code in spoken if not rule.answers_in or code in rule.answers_in]
        claimed = [code for code in asked if code in rule.languages and not _knows(rule, code, spoken)]
        missing = [code for code in asked if code not in rule.languages or code in claimed]
        patterns = any(check.contains or check.lacks for check in rule.checks)
        if missing and (patterns or claimed):
            seen = ", ".join(code for code in asked if code not in missing) or "none of them"
            unseen = ", ".join(missing)
            told = f"{each.lineage.name} is for {', '.join(spoken)}; its patterns tell of {seen}, not of {unseen}."
            judged = (
                "Until then answers in others are held against words of other languages."
                if claimed
                else "Until then answers in others are not judged."
            )
            remedy = (
                f"Add patterns for {unseen}, or a judge; or say under `languages` that it is for {seen} alone. {judged}"
            )
            yield UNSEEN, "info", (each.bound.name,), told, unseen, remedy


def _on_purpose(held: Held) -> bool:
    """Whether the pack that is asked about wrote under the rule which of its languages the rule is for."""
    rule, spoken = held.bound.rule, held.lineage.languages
    return (
        held.bound.pack == held.lineage.name
        and any(
            each.id == rule.id and "languages" in each.model_fields_set and bool({*each.languages} & {*spoken})
            for each in held.lineage.pack.rules
        )
        and all(_knows(rule, code, spoken) for code in rule.languages)
    )


def _knows(rule: PackRule, code: str, spoken: Sequence[str]) -> bool:
    """Whether a rule's patterns can be of a language: those of its checks, and those of its `when`. Figures, signs and
    scorers are of any; so are words that lean to no language of the pack. An example in the language shows it."""
    shown = (*rule.examples.about, *(one.answer for one in (*rule.examples.good, *rule.examples.bad)))
    if any(tongue_of(text) == code for text in shown):
        return True
    checks = [pattern for check in rule.checks for pattern in (check.contains, check.lacks) if pattern]
    return all(_of_language(patterns, code, spoken) for patterns in (checks, rule.when))


def _of_language(patterns: Sequence[str], code: str, spoken: Sequence[str]) -> bool:
    """Whether one of some patterns has letters of a language's script and, where the pack's others share it, a word
    that leans to it, or none that leans to one of them."""
    bare = " ".join(_GRAMMAR.sub(" ", pattern) for pattern in patterns)
    letters = {letter for letter in bare if letter.isalpha()}
    if letters and not any(_script(letter, code) for letter in letters):
        return False
    others = tuple(other for other in spoken if other != code and other not in _SCRIPTS)
    if code in _SCRIPTS or not others:
        return True
    words = list(dict.fromkeys(word.lower() for word in _WORD.findall(bare) if _script(word[0], code)))
    if any((lean := leaning(word, code, others)) is None or lean >= MAY for word in words):
        return True
    return not any(_leans(word, code, others) >= SURE for word in words)


def _leans(word: str, code: str, others: tuple[str, ...]) -> float:
    """By how much a word leans away from a language, to the likeliest of the others."""
    return -(leaning(word, code, others) or 0.0)


def _script(letter: str, code: str) -> bool:
    return unicodedata.name(letter, "").startswith(_SCRIPTS.get(code, ("LATIN", "FULLWIDTH LATIN")))
