"""Whether two rules speak of one subject, so that a prompt made for both is one that somebody might write."""

import re
from functools import lru_cache

from ..records import PackRule
from ..scorers import content_words

_OF_RULES = content_words(
    """ask asked asks answer answers answered question questions tell tells told give gives given say says said name
    names named naming whoever whatever nobody anybody somebody everybody nothing something anything everything people
    person people customer customers user users visitor visitors word words thing things time times day days month year
    hour number numbers first least sorry help helped cannot know knows need needs always never today please one two
    three four five six seven eight nine ten twenty hundred thousand yes good bad right new old long short many few only
    refuse refused decline declined recommend recommended read call called send sent come comes go goes take taken make
    made find found look keep kept bring start begin use used work works learn short talk speak"""
)
"""What rules on any subject say, by content words."""
LETTERS = 6
"""Letters by which two words count as of one family: poisonous, poisoned."""
SAID = 0.6
"""Share of the words of a subject in the one text that says less, from which the other says them too: both speak of
one thing, and not of two to do with it (who is told of a poison line, and what is told of mixing poison)."""


def kin(one: PackRule, other: PackRule) -> frozenset[str]:
    """The words of a subject that both rules have, in what they say and in their examples of what they are about."""
    return _subject(_said(one)) & _subject(_said(other))


def one_subject(one: PackRule, other: PackRule) -> bool:
    """Whether what two rules say, their examples left aside, is of one thing."""
    first, second = _subject(one.text), _subject(other.text)
    return bool(first and second) and len(first & second) >= SAID * min(len(first), len(second))


def _said(rule: PackRule) -> str:
    shown = (text for each in (*rule.examples.good, *rule.examples.bad) for text in (each.prompt or "", each.answer))
    return "\n".join((rule.text, rule.why, rule.act.replace("-", " "), *rule.examples.about, *shown))


@lru_cache(maxsize=4096)
def _subject(text: str) -> frozenset[str]:
    return frozenset(word[:LETTERS] for word in content_words(text) - _OF_RULES if not re.search(r"\d", word))
