"""What is known of a model for several regions, and whether one adapter or one a region suits it, with each reason."""

from typing import Literal

from pydantic import Field

from .advice import Force
from .base import Record
from .pack import PackFinding

Layout = Literal["one", "several", "collect"]
"""One adapter for all regions, one a region, or data first."""


class RegionFacts(Record):
    """A region: its own comparisons, its training prompts, the rules that bind a model there."""

    name: str
    comparisons: int = Field(ge=0)
    prompts: int = Field(ge=0)
    rules: int = Field(ge=0)


class RegionsCase(Record):
    """The facts of several regions. None is "not known".

    `conflicts` are what the checker of packs finds between two of them that one model cannot keep both of, `permitted`
    how often one permits what another forbids. `shared` counts comparisons of no region. `routes` is whether what
    serves the model can choose an adapter by the region of a request.
    """

    regions: tuple[RegionFacts, ...] = Field(min_length=2)
    conflicts: tuple[PackFinding, ...] = ()
    permitted: int = Field(default=0, ge=0)
    shared: int = Field(default=0, ge=0)
    routes: bool | None = None
    parameters: int | None = Field(default=None, gt=0)


class RegionReason(Record):
    """One reason: the fact, its figure, the layout it speaks for, where that was found."""

    fact: str
    figure: float
    favours: Layout
    source: str
    force: Force = "supports"
    against: tuple[Layout, ...] = ()


class RegionsAdvice(Record):
    """The layout, and why; the first reason decided. `would_change` are facts that, were they otherwise, would change
    it, each in a sentence."""

    layout: Layout
    reasons: tuple[RegionReason, ...] = Field(min_length=1)
    would_change: tuple[str, ...] = ()
