"""A policy pack: rules of a region, each with its source and its dates, on top of those of the packs it extends."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, StrictFloat, StrictInt, StrictStr, model_validator

from .base import Record
from .finding import Finding
from .policy import Language, Pattern, Rule

Modality = Literal["text", "image", "audio", "video"]
Audience = Literal["minor", "adult"]
Actor = Literal["model", "server", "people"]
"""Whose work a rule is: what can be trained, what software around the model does, what people do."""
Combine = Literal["min", "max", "union"]
Reading = Literal["high", "medium", "low"]
"""How far its reading can be relied on: the text of the law read, what others say of it read, neither."""
Standing = Literal["own", "read", "secondary", "unverified"]
OWN = "own"
"""The source of a rule that is the company's own and claims no law."""

Value = StrictInt | StrictFloat | StrictStr | tuple[StrictStr, ...]
"""A parameter: a number, a word, or a list of words."""
Names = Annotated[tuple[str, ...], BeforeValidator(lambda given: (given,) if isinstance(given, str) else given)]
_Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
_Text = Annotated[str, BeforeValidator(lambda given: str(given) if isinstance(given, int | float) else given)]


class PackRule(Rule):
    """A rule of a pack. In one that extends another, what is not written is that of the rule of the same id above.

    `act` is what an answer does, by which rules of several packs are held against each other; the id where nothing is
    said. With `permits` it allows the act and demands nothing. `priority` is 1 where nothing is said, so that one of 0
    yields to all. `every`: minutes after which it is done again. `parameters` are what packs may set differently. `by`:
    whose work it is. `narrows`: the written reason why it is weaker than the rule of that id above. It binds from
    `applies_from` to `until`, both days included. `source` is where its text stands (`own`: the company's), `read_on`
    the day on which somebody read it there.
    """

    text: str = ""
    priority: int = Field(default=1, ge=0)
    act: str = Field(default="", pattern=r"^([a-z0-9][a-z0-9-]*)?$")
    permits: bool = False
    source: str = ""
    article: str = ""
    read_on: date | None = None
    confidence: Reading | None = None
    modality: tuple[Modality, ...] = Field(default=("text",), min_length=1)
    audience: Audience | None = None
    every: int | None = Field(default=None, gt=0)
    parameters: dict[_Name, Value] = Field(default_factory=dict)
    by: Actor = "model"
    narrows: str = ""
    applies_from: date | None = None
    until: date | None = None

    @property
    def done(self) -> str:
        """The act that it is about."""
        return self.act or self.id

    @property
    def settings(self) -> dict[str, Value]:
        """Its parameters, `every` among them."""
        return {**self.parameters, **({"every": self.every} if self.every is not None else {})}

    @property
    def standing(self) -> Standing:
        """What it stands on: a source that nobody is known to have read is unverified."""
        if self.source == OWN:
            return "own"
        if not self.source or self.read_on is None or self.confidence == "low" or self.unverified:
            return "unverified"
        return "secondary" if self.confidence == "medium" else "read"

    def binds_on(self, day: date) -> bool:
        """Whether it binds on a day, whatever its pack."""
        return (self.applies_from is None or self.applies_from <= day) and (self.until is None or day <= self.until)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.applies_from is not None and self.until is not None and self.until < self.applies_from:
            raise ValueError(f"the rule {self.id} ends ({self.until}) before it begins ({self.applies_from})")
        return self


class Pack(Record):
    """Rules of a region (or of a company in it), on top of those of the packs that it `extends`.

    `extends` are names of shipped packs, or files beside its own. `languages` are those its users speak, and those its
    rules' patterns were written for unless a rule says otherwise; without it they are those of what it extends.
    `combine` says how a parameter of one act is put together where several packs set it. `as_of` and `audience` pin
    the day and the people that its policy is for: without them today, and people of whom nothing is known. `notice` is
    printed wherever it is shown.
    """

    name: _Name
    region: str = ""
    version: _Text = "1"
    extends: Names = ()
    notice: str = ""
    preamble: str = ""
    applies_from: date | None = None
    until: date | None = None
    as_of: date | None = None
    audience: Audience | None = None
    languages: tuple[Language, ...] = ()
    combine: dict[str, Combine] = Field(default_factory=dict)
    terms: dict[str, Annotated[tuple[Pattern, ...], Field(min_length=1)]] = Field(default_factory=dict)
    rules: tuple[PackRule, ...] = ()

    def to_json(self) -> str:
        """One line of JSON, without what was not written: that is the pack's above."""
        return self.model_dump_json(exclude_unset=True)

    def binds_on(self, day: date) -> bool:
        """Whether the pack is in force on a day."""
        return (self.applies_from is None or self.applies_from <= day) and (self.until is None or day <= self.until)

    @model_validator(mode="after")
    def _one_version_a_day(self) -> Self:
        if self.applies_from is not None and self.until is not None and self.until < self.applies_from:
            raise ValueError(f"the pack ends ({self.until}) before it begins ({self.applies_from})")
        if not self.rules and not self.extends:
            raise ValueError("a pack has `rules`, or `extends` one that has")
        for place, rule in enumerate(self.rules):
            for other in self.rules[:place]:
                if other.id == rule.id and _overlap(rule, other):
                    raise ValueError(f"the rule {rule.id} stands in it more than once for the same days")
        return self


class PackFinding(Finding):
    """One thing found in packs: `rows` are the rules as PACK/RULE, `witness` a prompt, answer or day that shows it."""

    witness: str = ""


def _overlap(one: PackRule, other: PackRule) -> bool:
    first, last = date.min, date.max
    return (one.applies_from or first) <= (other.until or last) and (other.applies_from or first) <= (one.until or last)
