"""A policy: rules that say what an assistant may not answer, or must, and how each is checked."""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from .base import Record
from .scorer_ref import TRAINED, ScorerRef

Severity = Literal["block", "warn", "info"]
_NAME = re.compile(r"\{([A-Za-z]\w*)\}")
"""What stands for a list of words; a count of a regular expression begins with a figure."""


def spelled_out(pattern: str, terms: Callable[[str], Sequence[str]]) -> str:
    """A pattern with each list of words that it names in its place."""
    return _NAME.sub(lambda match: rf"\b(?:{'|'.join(terms(match[1]))})\b", pattern)


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]
Patterns = Annotated[tuple[Pattern, ...], BeforeValidator(lambda given: (given,) if isinstance(given, str) else given)]
"""One pattern, or several."""

Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
"""An ISO 639 code."""

Requires = Literal["refuse", "redirect", "disclose", "answer", "avoid"]
"""What a rule asks for: a refusal, a pointer to somebody else, something that must be said, an answer, or silence."""


class Check(Record):
    """How one sees that an answer breaks a rule; exactly one of three.

    `contains`: a pattern is found in the answer. `lacks`: a pattern is not found. `scorer`: its value is at least
    `at_least`, or at most `at_most`. Patterns are regular expressions of Python, whatever the case of letters; a
    word's edge is Unicode's (docs/policy.md).
    """

    contains: Pattern | None = None
    lacks: Pattern | None = None
    scorer: ScorerRef | None = None
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = [name for name in ("contains", "lacks", "scorer") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of contains, lacks and scorer; it has {', '.join(given) or 'none'}")
        limits = [name for name in ("at_least", "at_most") if getattr(self, name) is not None]
        if len(limits) != (1 if self.scorer else 0):
            raise ValueError("`scorer` goes with one of at_least and at_most, and a pattern with neither")
        if self.scorer is not None and (self.scorer.rule is not None or self.scorer.reward == TRAINED):
            raise ValueError(f"no rule can be checked by {self.scorer.name}, which hangs on the run or on a policy")
        return self


class Shown(Record):
    """An answer that shows a rule at work: to `prompt`, or to whatever the rule is about. As text: the answer alone."""

    answer: str = Field(min_length=1)
    prompt: str | None = Field(default=None, min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: Any) -> Any:
        return {"answer": given} if isinstance(given, str) else given


class Mark(Record):
    """What an answer that goes a rule's way shows: a pattern, and the languages it was written for, those of the rule
    where none is given. As text: the pattern alone."""

    pattern: Pattern
    languages: tuple[Language, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: Any) -> Any:
        return {"pattern": given} if isinstance(given, str) else given


class Examples(Record):
    """Both sides of the line: prompts that the rule is about, and near ones that it is not about (`beside`); answers
    that keep it (`good`), and that break it (`bad`)."""

    about: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    good: tuple[Shown, ...] = ()
    bad: tuple[Shown, ...] = ()

    @property
    def prompts(self) -> tuple[str, ...]:
        """Every prompt that it names, each once."""
        shown = (each.prompt for each in (*self.good, *self.bad) if each.prompt is not None)
        return tuple(dict.fromkeys((*self.about, *self.beside, *shown)))


class Rule(Record):
    """One rule; any check that fires breaks it. Of one without checks a judge or people tell: it is never seen as kept.

    It is about the prompts in which every pattern of `when` is found and none of `unless`, save those that a rule named
    in `except_rules` is about. Without the three it is about all prompts; where it has no check either, no pattern
    tells what it is about. `why` is its reason, for whoever is asked to judge by it; where two rules want what cannot
    both be had, that of the higher `priority` is followed.

    `languages` are those that its patterns were written for, the policy's where none is given. `answers_in` are the
    only languages whose answers it is about (the spelling of English, the address of German). `mark` is found in an
    answer that goes its way: metres for a rule that forbids feet, a disclosure in languages that its checks do not
    know. It decides nothing of the rule itself; what a region's way looks like in another is told by it.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    severity: Severity = "block"
    text: str = Field(min_length=1)
    why: str = ""
    priority: int = Field(default=0, ge=0)
    requires: Requires = "avoid"
    when: Patterns = ()
    unless: Patterns = ()
    except_rules: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    examples: Examples = Examples()
    languages: tuple[Language, ...] = Field(default=(), exclude_if=lambda given: not given)
    answers_in: tuple[Language, ...] = Field(default=(), exclude_if=lambda given: not given)
    mark: Mark | None = Field(default=None, exclude_if=lambda given: given is None)
    unverified: bool = Field(default=False, exclude_if=lambda given: not given)

    @property
    def told_by_words(self) -> bool:
        """Whether its patterns or checks tell what it is about; else whoever reads it does."""
        return bool(self.when or self.unless or self.except_rules or self.checks)

    @property
    def patterns(self) -> tuple[str, ...]:
        """Every pattern that it has, as written."""
        checked = (each for c in self.checks for each in (c.contains, c.lacks) if each)
        return (*self.when, *self.unless, *checked, *((self.mark.pattern,) if self.mark else ()))


class Policy(Record):
    """A named list of rules with ids of their own.

    `terms` names lists of patterns; `{name}` in a rule's pattern is any of them, as whole words. `languages` are
    those that the patterns were written for, by ISO 639-1 code; what is not found in a text in another is not known.
    `preamble` is what stands before the rules, for whoever is asked to judge by them.
    """

    name: str = Field(min_length=1)
    preamble: str = ""
    terms: dict[str, Annotated[tuple[Pattern, ...], Field(min_length=1)]] = Field(default_factory=dict)
    languages: tuple[Language, ...] = Field(default=("en",), min_length=1)
    rules: tuple[Rule, ...] = Field(min_length=1)

    def spelled(self, pattern: str) -> str:
        """A pattern of a rule with the words that it names."""
        return spelled_out(pattern, lambda name: self.terms[name])

    def rule(self, name: str) -> Rule:
        """The rule of that id."""
        return next(rule for rule in self.rules if rule.id == name)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        ids = [rule.id for rule in self.rules]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"the rule {', '.join(twice)} stands in it more than once")
        return self

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        for rule in self.rules:
            for pattern in rule.patterns:
                for name in _NAME.findall(pattern):
                    if name not in self.terms:
                        raise ValueError(f"the rule {rule.id} names {{{name}}}, and `terms` has no such list")
                _compiles(self.spelled(pattern))  # a flag may stand at the start alone, and is inside now
            for other in rule.except_rules:
                if other not in (each.id for each in self.rules if not each.except_rules):
                    raise ValueError(
                        f"the rule {rule.id} has {other!r} in except_rules: there is no such rule, "
                        "or it has except_rules of its own"
                    )
        return self
