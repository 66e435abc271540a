"""Prompts that two rules of packs are both about: an example of theirs or the user's, else one made for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..policy import RanOver, may_apply, search
from ..records import Pack, PackRule, Policy
from .joint import made_for
from .lineage import Bound, Lineage
from .resolve import plain
from .strings import strings_of

ANY = "Hello, I have a question."
"""What stands for whatever is asked, where two rules are about all prompts and nobody gives one."""


@dataclass(frozen=True)
class Held:
    """A rule that binds, among those that bind with it (for its exceptions); `lineage`: of the pack asked about."""

    bound: Bound
    among: Policy
    lineage: Lineage

    @property
    def told(self) -> str:
        """PACK/RULE, and by which pack it is inherited."""
        inherits = "" if self.bound.pack == self.lineage.name else f" (inherited by {self.lineage.name})"
        return f"{self.bound.name}{inherits}"

    def about(self, prompt: str) -> bool:
        """Whether it is about a prompt: as its examples say, else as its patterns do. One that has neither patterns nor
        an example of what it is about is about everything."""
        rule = self.bound.rule
        if prompt in rule.examples.beside:
            return False
        if prompt in rule.examples.about:
            return True
        if not (rule.when or rule.unless or rule.except_rules) and rule.examples.about and not rule.checks:
            return False
        return may_apply(self.among, self.among.rule(rule.id), prompt)

    @property
    def made(self) -> list[str]:
        """Prompts made of its patterns, that it is about."""
        parts = [strings_of(pattern) for pattern in self.bound.rule.when]
        if not parts or not all(parts):
            return []
        longest = max(map(len, parts))
        made = (" ".join(part[place % len(part)] for part in parts) for place in range(longest))
        return [text for text in dict.fromkeys(made) if self.about(text)]


def held_on(lineage: Lineage, bounds: Sequence[Bound]) -> list[Held]:
    """The rules as they bind together."""
    if not bounds:
        return []
    known = {bound.rule.id for bound in bounds if not bound.rule.except_rules and not bound.rule.permits}
    among = Policy(name=lineage.name, languages=lineage.languages, rules=tuple(plain(one, known) for one in bounds))
    return [Held(bound, among, lineage) for bound in bounds]


def may_meet(one: Held, other: Held) -> bool:
    """Whether two rules can be about one answer at all: same work, medium and people."""
    first, second = one.bound.rule, other.bound.rule
    return (
        first.by == second.by
        and bool(set(first.modality) & set(second.modality))
        and (first.audience is None or second.audience is None or first.audience == second.audience)
    )


@dataclass(frozen=True)
class Witness:
    """A prompt that two rules are both about: `given` by a pack or the user; `overlap`: a text in which the
    patterns of both are found; `made` of examples of both (`joint`)."""

    prompt: str
    how: Literal["given", "overlap", "made"]


def prompt_of_both(one: Held, other: Held, prompts: Sequence[str], *, make: bool) -> Witness | None:
    """A prompt that both are about; with `make` one may be made of their examples. None where none is found."""
    first, second = one.bound.rule, other.bound.rule
    both = (prompt for prompt in _given(first, second, prompts) if one.about(prompt) and other.about(prompt))
    if (prompt := next(both, None)) is not None:
        return Witness(prompt, "given")
    if make:
        for prompt in made_for(first, second):
            if one.about(prompt) and other.about(prompt):
                return Witness(prompt, "made")
    for prompt in dict.fromkeys((*one.made, *other.made)):
        if one.about(prompt) and other.about(prompt):
            return Witness(prompt, "overlap")
    return None


def _given(one: PackRule, other: PackRule, prompts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys((*one.examples.prompts, *other.examples.prompts, *prompts, ANY)))


def apart(one: Held, other: Held) -> bool:
    """Whether a line is drawn between two rules: what one asks for by one of its patterns the other takes out."""
    for asks, leaves in ((one.bound.rule, other.bound.rule), (other.bound.rule, one.bound.rule)):
        for pattern in asks.when:
            texts = strings_of(pattern)
            if texts and leaves.unless and all(_taken_out(leaves, text) for text in texts):
                return True
    return False


def _taken_out(rule: PackRule, text: str) -> bool:
    return any(found_in(pattern, text) for pattern in rule.unless)


def found_in(pattern: str, text: str) -> bool:
    """Whether a pattern is found in a text; not where it cannot be told."""
    try:
        return search(pattern, text) is not None
    except RanOver:
        return False


def prompts_of(packs: Sequence[Pack]) -> list[str]:
    """Every prompt that the packs' examples name."""
    return list(dict.fromkeys(prompt for pack in packs for rule in pack.rules for prompt in rule.examples.prompts))
