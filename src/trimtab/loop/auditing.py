"""The audit of a run's comparisons, with all that the run knows of how they were judged."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..audit import Audit, CheckProgress, audit, builtin_items
from ..data import frame_of
from ..records import Comparison
from ..spec import LoadedSpec

if TYPE_CHECKING:
    from ..models import LoadedModel


def audit_run(
    compared: Sequence[Comparison], loaded: LoadedSpec, told: CheckProgress, *,
    against: Sequence[tuple[str, str]] = (), model: "LoadedModel | None" = None,
) -> Audit:  # fmt: skip
    """Audits comparisons that the spec's feedback came to, against our own sets and more; a `model` is asked too."""
    sample = loaded.spec.feedback.sample
    return audit(
        frame_of(compared),
        against=[*builtin_items(), *against],
        model=model.model if model else None,
        tokenizer=model.tokenizer if model else None,
        max_length=loaded.spec.training.max_length,
        policy=loaded.policy,
        rubric=sample.rubric if sample is not None else (),
        scores=[row.provenance.scores for row in compared],
        points=loaded.points,
        seed=loaded.spec.seed,
        told=told,
    )
