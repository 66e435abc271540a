"""What a diagnosis of a run says: symptoms, causes with their evidence, and what would mend them."""

from typing import Literal

from pydantic import Field, JsonValue

from .base import Record
from .scores import Difference
from .verdict import Decision, Verdict

_ID = r"^[a-z0-9][a-z0-9-]*$"
BY_HAND = "collect:"
"""What begins `Intervention.data` where people have to do it."""


class Symptom(Record):
    """What went wrong, in figures: `figure` with the bounds of its 95 % interval, None where it has none."""

    id: str = Field(pattern=_ID)
    summary: str
    figure: float
    low: float | None
    high: float | None


class Evidence(Record):
    """One thing seen that speaks for a cause or against it, and the figure it rests on.

    `weight` is how much of the cause's score it gives, or takes where it speaks against; a cause's score is the sum,
    held between 0 and 1.
    """

    summary: str
    figure: float | None
    speaks: Literal["for", "against"]
    weight: float = Field(ge=0)


class Intervention(Record):
    """What would mend a cause.

    `changes` are dotted keys of the spec with their new values, as `--set` takes them. `data` is what is done to the
    comparisons, as KIND:FINDING: fix (as `trimtab audit --fix` does), drop (the rows behind it are left out), turn
    (their sides change places), balance, strip (thoughts are taken off), contrast (pairs of the models' own answers
    come in), or collect, which people must do; None where the data stays.
    """

    id: str = Field(pattern=_ID)
    summary: str
    changes: dict[str, JsonValue] = Field(default_factory=dict)
    data: str | None = None

    @property
    def automatic(self) -> bool:
        """Whether trimtab can do it without people."""
        return not (self.data or "").startswith(BY_HAND) and bool(self.changes or self.data)


class Cause(Record):
    """One possible cause, its score (0 to 1) and what it is made of; the first intervention is the one to try first."""

    id: str = Field(pattern=_ID)
    title: str
    score: float = Field(ge=0, le=1)
    evidence: tuple[Evidence, ...]
    interventions: tuple[Intervention, ...]


class Validation(Record):
    """What an applied intervention came to.

    `verdict` is the new run's own. `safety` compares the two trained models, the old one standing for "before", as
    `differences` do; None where they were measured differently, and `notes` tell in what.
    """

    intervention: str
    run: str
    verdict: Verdict
    safety: Verdict | None
    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()

    @property
    def decision(self) -> Decision:
        """The new run's verdict; regress also where safety regressed."""
        return "regress" if self.safety is not None and self.safety.verdict == "regress" else self.verdict.verdict


class Diagnosis(Record):
    """Symptoms, and causes likeliest first; `notes` tell what could not be looked at."""

    symptoms: tuple[Symptom, ...]
    causes: tuple[Cause, ...]
    notes: tuple[str, ...] = ()
