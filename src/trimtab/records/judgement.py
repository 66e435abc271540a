"""What a person said of two answers to a prompt. It is kept for good: whoever thinks again says so in another one."""

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from .base import Record
from .supervision import Completion

Choice = Literal["first", "second", "tie", "both bad", "cannot tell", "withdrawn"]
"""Which of the item's answers is better; that they are alike; that neither will do; that this person cannot judge it;
or that an earlier judgement no longer stands and nothing takes its place."""


class Judgement(Record):
    """One judgement by one person.

    `id` is its own; `item` that of what was judged; `reviewer` who judged it, `when` with its time zone. `axes` are
    marks from 0 to 1 by the rubric's axes, `flags` what somebody should look at ("personal data"), `edit` is the answer
    as the person would have it, `why` their words. `supersedes` is the id of the judgement that this one replaces.
    """

    id: str = Field(min_length=1)
    item: str = Field(min_length=1)
    reviewer: str = Field(min_length=1)
    when: AwareDatetime
    value: Choice
    axes: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)
    flags: tuple[str, ...] = ()
    edit: Completion | None = None
    why: str = ""
    supersedes: str | None = None

    @model_validator(mode="after")
    def _replaces_another(self) -> Self:
        if self.supersedes == self.id:
            raise ValueError("a judgement cannot replace itself")
        if self.value == "withdrawn" and self.supersedes is None:
            raise ValueError("`withdrawn` takes back another judgement: name it in `supersedes`")
        return self


def standing(judgements: Iterable[Judgement]) -> list[Judgement]:
    """Those that no later one replaces and that were not withdrawn, in their order."""
    given = list(judgements)
    replaced = {each.supersedes for each in given}
    return [each for each in given if each.id not in replaced and each.value != "withdrawn"]
