"""Prompts that two rules of packs are both about: an example of theirs or the user's, else one made of a pattern."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..policy import may_apply
from ..records import Pack, Policy
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


def prompt_of_both(one: Held, other: Held, prompts: Sequence[str]) -> str | None:
    """A prompt that both are about; None where none is found."""
    own = (*one.bound.rule.examples.prompts, *other.bound.rule.examples.prompts)
    for prompt in dict.fromkeys((*own, *prompts, *one.made, *other.made, ANY)):
        if one.about(prompt) and other.about(prompt):
            return prompt
    return None


def prompts_of(packs: Sequence[Pack]) -> list[str]:
    """Every prompt that the packs' examples name."""
    return list(dict.fromkeys(prompt for pack in packs for rule in pack.rules for prompt in rule.examples.prompts))
