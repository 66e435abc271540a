"""What every section of a spec shares."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Fraction = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[int, Field(ge=1)]
Reviewers = Annotated[int, Field(ge=1, le=1000)]
"""How many people judge an item."""


class Section(BaseModel):
    """A part of a spec: frozen, closed to unknown keys, finite numbers only."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
