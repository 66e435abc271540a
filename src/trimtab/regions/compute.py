"""From answers by subject and prompt to the matrix. Pure: no model is asked, nothing is read or written."""

from collections.abc import Mapping, Sequence

from ..records import Answer, Matrix
from .given import Asked, RegionRules

Facts = Mapping[str, Mapping[str, Sequence[float | None]]]
"""By subject and region: whether each fact is right, in one order for all subjects."""


def matrix_of(
    prompts: Sequence[Asked],
    answers: Mapping[str, Mapping[str, Answer]],
    regions: Sequence[RegionRules],
    *,
    before: str,
    facts: Facts | None = None,
    confidence: float = 0.95,
    seed: int = 0,
) -> Matrix:
    """The matrix of these answers.

    `answers` are by subject and prompt id; each subject answers every prompt. A subject of a region's name is that
    region's adapter, `before` the one that the adapters started from (the start, or the shared one), with which all
    others are paired. `confidence` is one-sided, as in gates: intervals are two-sided at 2 x confidence - 1. Raises
    ValueError where a subject has no answer to a prompt, a region has no adapter among the subjects, a prompt's region
    is not one of these, or two prompts have one id.
    """
    raise NotImplementedError
