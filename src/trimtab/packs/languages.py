"""Languages of a pack's users that the patterns of a rule know no word of."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from ..records import PackRule
from ..scorers import leaning
from .lines import Told
from .meeting import Held

UNSEEN = "language-unchecked"
_SCRIPTS = {"ja": ("HIRAGANA", "KATAKANA", "CJK"), "zh": ("CJK",), "ko": ("HANGUL",), "hi": ("DEVANAGARI",)}
_SCRIPTS |= {"ru": ("CYRILLIC",), "uk": ("CYRILLIC",), "bg": ("CYRILLIC",), "ar": ("ARABIC",), "fa": ("ARABIC",)}
_SCRIPTS |= {"el": ("GREEK",), "he": ("HEBREW",), "th": ("THAI",)}
"""What a pattern for a language is written in, where that is not Latin."""
MAY, SURE = 0.5, 6.0
"""Nats by which a word of a pattern has to lean to a language for the pattern to know it, and by which its words
together have to lean away for it to be said that it does not. A word by itself is often mistaken, so that patterns are
rather let pass (`tests/packs/test_pack_languages.py` has how often, for words of four languages)."""
SHOWN = 4.0
"""The same of an example, a whole sentence."""
_GRAMMAR = re.compile(r"\\[a-zA-Z]|\(\?(?:P?<?\w*[=!:>]|[a-z-]+[:)])")
_WORD = re.compile(r"[^\W\d_]{3,}")


def unseen_languages(held: Sequence[Held]) -> Iterator[Told]:
    """Rules that no check tells of in a language of the pack's users, but for those that the pack itself wrote for some
    of its languages; rules whose patterns are said to know a language and have no word of it."""
    for each in held:
        rule, spoken = each.bound.rule, each.lineage.languages
        if rule.permits or rule.by != "model" or not rule.checks or _on_purpose(each):
            continue
        asked = [code for code in spoken if not rule.answers_in or code in rule.answers_in]
        claimed = {code: where for code in asked if code in rule.languages and (where := _wordless(rule, code, spoken))}
        missing = [code for code in asked if code not in rule.languages or code in claimed]
        if missing and (claimed or any(check.contains or check.lacks for check in rule.checks)):
            seen = ", ".join(code for code in asked if code not in missing) or "none of them"
            unseen = ", ".join(missing)
            told = f"{each.lineage.name} is for {', '.join(spoken)}; its patterns tell of {seen}, not of {unseen}"
            by = sorted(set(claimed.values()))
            told += f" (by {' and '.join(f'`{one}`' for one in by)})." if by else "."
            judged = "held against words of other languages" if claimed else "not judged"
            remedy = (
                f"Add patterns for {unseen}, or a judge; or say under `languages` that it is for {seen} alone. Until "
                f"then answers in others are {judged}."
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
        and not any(_wordless(rule, code, spoken) for code in rule.languages)
    )


def _wordless(rule: PackRule, code: str, spoken: Sequence[str]) -> str:
    """Which of a rule's patterns, `checks` or `when`, cannot be of a language; empty where both can, or where an
    example of the rule is in it."""
    others = tuple(other for other in spoken if other != code and other not in _SCRIPTS)
    checks = [pattern for check in rule.checks for pattern in (check.contains, check.lacks) if pattern]
    for name, patterns in (("checks", checks), ("when", rule.when)):
        if not may_know(patterns, code, others):
            return "" if _shown(rule, code, others) else name
    return ""


def may_know(patterns: Sequence[str], code: str, others: tuple[str, ...]) -> bool:
    """Whether patterns can be of a language: one of them has letters of its script and, where others are written in
    that too, a word that leans to it, or none that clearly leans to them. Figures, signs and scorers are of any."""
    bare = " ".join(_GRAMMAR.sub(" ", pattern) for pattern in patterns)
    letters = {letter for letter in bare if letter.isalpha()}
    if letters and not any(_script(letter, code) for letter in letters):
        return False
    if code in _SCRIPTS or not others:
        return True
    away = 0.0
    for word in dict.fromkeys(word.lower() for word in _WORD.findall(bare) if _script(word[0], code)):
        leans = leaning(word, code, others)
        if leans is None or leans >= MAY:
            return True
        away -= min(leans, 0.0)
    return away < SURE


def _shown(rule: PackRule, code: str, others: tuple[str, ...]) -> bool:
    """Whether one of its examples of what it is about, or of answers, is in a language."""
    shown = (*rule.examples.about, *(one.answer for one in (*rule.examples.good, *rule.examples.bad)))
    if code in _SCRIPTS or not others:
        return any(_script(letter, code) for text in shown for letter in text if letter.isalpha())
    return any((leaning(text, code, others) or 0.0) >= SHOWN for text in shown)


def _script(letter: str, code: str) -> bool:
    return unicodedata.name(letter, "").startswith(_SCRIPTS.get(code, ("LATIN", "FULLWIDTH LATIN")))
