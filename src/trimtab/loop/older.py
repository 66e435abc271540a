"""Where runs of format 1 keep their feedback, so that they can be reported and diagnosed."""

from ..records import Comparison, FeedbackSource, FeedbackSummary, Reject, SourcedRow
from ..store import FileName, Run, Stage
from .gather import Gathered

_IMPORTED = "feedback.import"


def older_feedback(run: Run, judged: str) -> Stage | None:
    """The stage that judged answers or read files in a run of format 1; None in a later one."""
    stage = run.current(judged) or run.current(_IMPORTED)
    return stage if stage is not None and stage.manifest is not None and stage.manifest.format == 1 else None


def older_gathered(feedback: Stage) -> Gathered:
    """The comparisons of such a stage as the rows of one source."""
    summary, path = feedback.read(FileName.SUMMARY, FeedbackSummary), feedback.folder / FileName.COMPARISONS
    rows = feedback.read_lines(FileName.COMPARISONS, Comparison) if path.is_file() else []
    return Gathered(
        (FeedbackSource(name=summary.source),),
        tuple(SourcedRow(source=0, kind="comparison", row=row) for row in rows),
        tuple(feedback.read_lines(FileName.REJECTED, Reject)),
        summary.read,
    )
