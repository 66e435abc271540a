"""What two rules want of an answer's words that cannot both be had: phrases, figures, lengths, edges, denials."""

import re
from collections.abc import Iterator

from ..policy import RanOver, breaks_checks, search
from ..records import PackRule, Policy, Requires
from ..scorers import content_words, sentences
from .figures import of_figures
from .kinship import one_subject
from .lengths import of_least_and_most, of_length
from .meeting import Held, found_in
from .resolve import PROHIBITIONS
from .said import DUTY_AND_BAN, REQUIREMENTS, Found
from .strings import strings_of

DUTIES: frozenset[Requires] = frozenset({"disclose", "answer"})
NOT = frozenset("never no not nobody nothing none nor neither without cannot don't doesn't avoid".split())
_DENIES = re.compile(
    r"\b(?:never|no|not|nobody|nothing|none|nor|neither|without|avoid\w*|leaves? out|kept back)\b", re.I
)
_EXCEPT = re.compile(r"\b(?:unless|except|but|save|other than|besides|apart from)\b", re.I)
_SHOWN = 160
"""Letters of an answer that a finding shows."""


def of_words(one: Held, other: Held) -> Found | None:
    """Where every way to keep one, by its patterns or its good answers, breaks the other."""
    if (found := of_least_and_most(one, other) or of_figures(one, other)) is not None:
        return found
    for duty, ban in ((one, other), (other, one)):
        does, leaves = duty.bound.rule, ban.bound.rule
        if does.permits or leaves.permits:
            continue
        demanded = [texts for texts in _demanded(does) if texts]
        found = of_length(duty, ban, demanded) or _of_phrases(duty, ban) or _of_denial(duty, ban)
        if found is not None:
            return found
        if does.requires not in PROHIBITIONS and (shown := _all_broken(duty, ban)) is not None:
            told = f"“{_short(shown)}” is a good answer by {duty.told}, and {ban.told} forbids it."
            return Found(DUTY_AND_BAN, told, always=False)
    first, second = _all_broken(one, other), _all_broken(other, one)
    if first is not None and second is not None:
        told = (
            f"What is good by one is bad by the other: “{_short(first)}” by {one.told}, “{_short(second)}” by "
            f"{other.told}."
        )
        return Found(REQUIREMENTS, told, always=False)
    return _of_bounds(one, other) or _of_edges(one, other)


def without_check(one: Held, other: Held) -> str | None:
    """Where one demands and the other forbids: the one that has no check, by its name; None where there is none."""
    for duty, ban in ((one, other), (other, one)):
        does, leaves = duty.bound.rule, ban.bound.rule
        if does.requires in DUTIES and leaves.requires == "avoid" and not (does.permits or leaves.permits):
            return ban.bound.name if not leaves.checks else duty.bound.name if not does.checks else None
    return None


def _of_phrases(duty: Held, ban: Held) -> Found | None:
    """Where one forbids each of the phrases by which the other is kept."""
    bans = _bans(ban.bound.rule)
    for texts in _demanded(duty.bound.rule):
        if texts and bans and all(any(found_in(ban_, text) for ban_ in bans) for text in texts):
            told = f"{duty.told} demands {_kept_by(duty.bound.rule, texts)} or the like, which {ban.told} forbids."
            return Found(DUTY_AND_BAN, told)
    return None


def _of_denial(duty: Held, ban: Held) -> Found | None:
    """Where one that no check tells of denies, by its text, each thing that the other's phrases name."""
    leaves = ban.bound.rule
    if leaves.checks or leaves.requires not in PROHIBITIONS:
        return None
    denied = _denied(leaves.text)
    for texts in _demanded(duty.bound.rule):
        named = [_things(text) for text in texts]
        if texts and all(each & denied for each in named) and any(each <= denied for each in named):
            shown = _kept_by(duty.bound.rule, texts)
            told = f"{duty.told} demands {shown} or the like, and {ban.told} says: “{leaves.text}”"
            return Found(DUTY_AND_BAN, told)
    return None


def _things(text: str) -> frozenset[str]:
    """A text's content words without figures and numbers."""
    return frozenset(word for word in content_words(text) - _NUMBERS if word.isalpha())


_NUMBERS = content_words(
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred"
)


def _denied(text: str) -> frozenset[str]:
    """What a sentence with a negation speaks of after it, up to an exception; before it where nothing follows."""
    found: set[str] = set()
    for sentence in sentences(text):
        if (no := _DENIES.search(sentence)) is None:
            continue
        after = _EXCEPT.split(sentence[no.end() :])[0]
        for part in (after, sentence[: no.start()] if len(content_words(after)) < 2 else ""):
            found |= _things(part)
    return frozenset(found)


def _of_bounds(one: Held, other: Held) -> Found | None:
    """Where one wants a scorer's figure below what the other wants it above."""
    for low, high in ((one, other), (other, one)):
        for below in low.bound.rule.checks:
            for above in high.bound.rule.checks:
                if below.scorer is None or below.scorer != above.scorer:
                    continue
                if below.at_least is not None and above.at_most is not None and below.at_least <= above.at_most:
                    told = (
                        f"{low.told} wants it answered, and {high.told} wants it refused."
                        if below.scorer.name == "refusal"
                        else f"{low.told} wants `{below.scorer.name}` below {below.at_least:g}, and {high.told} above "
                        f"{above.at_most:g}."
                    )
                    return Found(REQUIREMENTS, told)
    return None


def _of_edges(one: Held, other: Held) -> Found | None:
    """Where both say with what an answer begins, or ends, and no text does both."""
    for begins, marks in ((True, ("\\A", "^")), (False, ("\\Z", "$"))):
        ways: list[list[tuple[str, str]]] = []
        for held in (one, other):
            lacks = [check.lacks for check in held.bound.rule.checks if check.lacks]
            fixed = [each for each in lacks if (each.startswith(marks) if begins else each.endswith(marks))]
            ways.append([(each, text.lower()) for each in fixed for text in strings_of(each)])
        first, second = ways
        if first and second and not any(_fit(a, b) for a in first for b in second):
            told = (
                f"{one.told} wants an answer to {'begin' if begins else 'end'} with “{first[0][1]}”, and "
                f"{other.told} with “{second[0][1]}”."
            )
            return Found(REQUIREMENTS, told)
    return None


def _all_broken(shows: Held, ban: Held) -> str | None:
    """The first good answer of a rule where another forbids all of them on prompts that it is about; None where one
    stays, or there is none. What the other demands beside is left out: it could be added; so could a refusal, but
    where both texts speak of one thing, which one rule wants told and the other not."""
    rule = ban.among.rule(ban.bound.rule.id)
    kept_back = rule.requires == "refuse" and shows.bound.rule.requires in DUTIES
    heard = rule.requires == "avoid" or (kept_back and one_subject(shows.bound.rule, ban.bound.rule))
    checks = tuple(check for check in rule.checks if check.contains or (check.scorer is not None and heard))
    good = shows.bound.rule.examples.good
    if not checks or not good or shows.bound.rule.permits or ban.bound.rule.permits:
        return None
    alone = Policy(
        name="one",
        languages=ban.among.languages,
        rules=(rule.model_copy(update={"checks": checks, "except_rules": ()}),),
    )
    for shown in good:
        about = shown.prompt is None or ban.about(shown.prompt)
        if not about or breaks_checks(alone, alone.rules[0], shown.prompt or "", shown.answer).value != 1.0:
            return None
    return good[0].answer


def _demanded(rule: PackRule) -> Iterator[tuple[str, ...]]:
    """The shortest texts by which each of a rule's demands is kept."""
    return (strings_of(check.lacks) for check in rule.checks if check.lacks)


def _kept_by(rule: PackRule, texts: tuple[str, ...]) -> str:
    """How one of a rule's demands is kept: in the words of a good answer, else by the shortest text."""
    for lacks in (check.lacks for check in rule.checks if check.lacks and strings_of(check.lacks) == texts):
        for shown in rule.examples.good:
            try:
                if found := search(lacks, shown.answer):
                    return f"“{_short(found)}”"
            except RanOver:
                continue
    return f"“{_short(texts[0])}”"


def _bans(rule: PackRule) -> list[str]:
    return [check.contains for check in rule.checks if check.contains]


def _fit(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether one of two texts, or both on end, is found by the patterns of both."""
    (first, a), (second, b) = one, other
    return any(
        found_in(first, text) and found_in(second, text) for text in (a, b, f"{a} {b}", f"{b} {a}", a + b, b + a)
    )


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
