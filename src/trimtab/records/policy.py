"""A policy: rules that say what an assistant may not answer, or must, and how each is checked."""

import re
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from .base import Record

Severity = Literal["block", "warn", "info"]
Requires = Literal["refuse", "redirect", "disclose", "answer", "avoid"]
"""What a rule asks for: a refusal, a pointer to somebody else, something that must be said, an answer, or silence."""


class Check(Record):
    """How one sees that an answer breaks a rule; exactly one of three.

    `found`: a pattern is found in the answer. `missing`: a pattern is not found. `scorer`: its value is at least
    `at_least`, or at most `at_most`. Patterns are regular expressions of Python, whatever the case of letters.
    """

    found: str | None = None
    missing: str | None = None
    scorer: str | None = None
    at_least: float | None = None
    at_most: float | None = None

    @field_validator("found", "missing")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        return _pattern(pattern)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = [name for name in ("found", "missing", "scorer") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of found, missing and scorer; it has {', '.join(given) or 'none'}")
        limits = [name for name in ("at_least", "at_most") if getattr(self, name) is not None]
        if len(limits) != (1 if self.scorer else 0):
            raise ValueError("`scorer` goes with one of at_least and at_most, and a pattern with neither")
        return self


class Examples(Record):
    """Prompts on both sides of the line: those that the rule is about, and near ones that it is not about."""

    about: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


class Rule(Record):
    """One rule. It applies to prompts in which `when` is found, or to all; any check that fires breaks it."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    severity: Severity = "block"
    text: str = Field(min_length=1)
    requires: Requires = "avoid"
    when: str | None = None
    checks: tuple[Check, ...] = Field(min_length=1)
    examples: Examples = Examples()

    @field_validator("when")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        return _pattern(pattern)


class Policy(Record):
    """A named list of rules with ids of their own."""

    name: str = Field(min_length=1)
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        ids = [rule.id for rule in self.rules]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"the rule {', '.join(twice)} stands in it more than once")
        return self


def _pattern(pattern: str | None) -> str | None:
    if pattern is not None:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
    return pattern
