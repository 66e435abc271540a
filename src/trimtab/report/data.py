"""What a report is made from: finished records and nothing else. The report computes no figure of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..records import (
    Answer,
    Difference,
    Evaluation,
    FeedbackSummary,
    Finding,
    Overoptimization,
    Prompt,
    TrainingSummary,
    Trust,
    Verdict,
)
from ..store import Manifest, RunInfo


@dataclass(frozen=True)
class ReportData:
    """A finished run, read from its folder. `answers_*` run parallel to `prompts`; `sft` went before `training`.

    `baseline` is the start model under the spec's system message, None where the spec has none, and
    `differences_baseline` are those of the trained model from it. `reasons` say of "before", "baseline" and "after" why
    items have the values they have, by metric and item. `trust` says of each judge whether it may decide what it does,
    and `corrected` what its rates come to by people's labels.
    `overoptimization` is None where training had no reward whose checkpoints were measured.
    """

    info: RunInfo
    verdict: Verdict
    before: Evaluation
    after: Evaluation
    differences: tuple[Difference, ...]
    feedback: FeedbackSummary
    training: TrainingSummary
    prompts: tuple[Prompt, ...]
    answers_before: tuple[Answer, ...]
    answers_after: tuple[Answer, ...]
    manifests: Mapping[str, Manifest]
    overoptimization: Overoptimization | None = None
    sft: TrainingSummary | None = None
    findings: tuple[Finding, ...] = ()
    baseline: Evaluation | None = None
    differences_baseline: tuple[Difference, ...] = ()
    answers_baseline: tuple[Answer, ...] = ()
    trust: tuple[Trust, ...] = ()
    corrected: tuple[str, ...] = ()
    reasons: Mapping[str, Mapping[tuple[str, str], str]] = field(default_factory=dict)
