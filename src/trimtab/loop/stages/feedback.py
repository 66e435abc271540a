"""The stages that get feedback: answers sampled and judged, all sources gathered as they came; and its audit."""

from ...audit import VERSION as AUDIT_VERSION
from ...audit import other_versions
from ...records import FeedbackSummary, Finding, to_jsonl
from ...store import FileName, Stage, StageName, round_name
from ..auditing import audit_run
from ..blocked import AuditBlocked
from ..gather import Gathered, gather
from ..kept_scorers import scored_by
from ..sources import SOURCES
from ..supervision import (
    comparisons_of,
    pairs_thumbs,
    supervision_inputs,
    write_gathered,
)
from .session import Session


def feedback(session: Session) -> Stage:
    """The rows of all sources as they came, whatever trains on them; in later rounds of those that have new ones."""
    asked = [
        one for one in session.spec.feedback.sources if session.round == 1 or SOURCES[one.kind].each_round or one.draws
    ]
    of_kind = {
        kind: iter(SOURCES[kind].open(session, [one.settings for one in asked if one.kind == kind]))
        for kind in dict.fromkeys(one.kind for one in asked)
    }
    sources = [next(of_kind[one.kind]) for one in asked]
    stage = session.stage(
        round_name(StageName.FEEDBACK, session.round),
        {
            "sources": [source.settings for source in sources],
            "scorers": scored_by(["style"]),
            **session.ruled(),
        },
        {name: value for source in sources for name, value in source.inputs.items()},
    )

    def work() -> None:
        found = gather([source.read() for source in sources], session.policy, session.kept(stage))
        summary = write_gathered(stage, found)
        if any(source.ranked is not None for source in sources):
            ranked = [row for source in sources if source.ranked is not None for row in source.ranked()]
            stage.write(FileName.RANKINGS, to_jsonl(ranked))
        _tell(session, summary)

    return session.do(stage, work)


def audit(session: Session, feedback: Stage, found: Gathered) -> Stage | None:
    """The audit of the comparisons that the feedback holds or makes; None where there is none. A finding that blocks
    stops the run.

    Raises AuditBlocked with what was found, unless the spec accepts it.
    """
    compared = comparisons_of(found, session.spec.training)
    if not compared:
        return None
    others = other_versions()
    stage = session.stage(
        round_name(StageName.AUDIT, session.round),
        {
            "version": AUDIT_VERSION,
            "thumbs": pairs_thumbs(session.spec.training),
            "rubric": session.spec.feedback.sample.rubric if session.spec.feedback.sample is not None else (),
            "scorers": scored_by(["style", "help", "echo", "empty"]),
            **session.ruled(),
            **({"checks": others} if others else {}),
        },
        supervision_inputs(feedback),
    )

    def work() -> None:
        with session.progress.track("auditing the comparisons", 1) as tracker:
            done = audit_run(compared, session.loaded, lambda check, at, total: tracker.step(at, check, total))
        stage.write(FileName.FINDINGS, to_jsonl(done.findings))

    session.do(stage, work)
    findings = stage.read_lines(FileName.FINDINGS, Finding)
    for finding in findings:
        session.progress.say(f"audit: {finding.severity}  {finding.id}: {finding.summary}")
    blocking = [item for item in findings if item.severity == "block" and item.id not in session.spec.audit.accept]
    if blocking:
        raise AuditBlocked(blocking)
    return stage


def _tell(session: Session, summary: FeedbackSummary) -> None:
    made = {name: getattr(summary, name) for name in ("comparisons", "demonstrations", "thumbs")}
    told = ", ".join(f"{count} {name}" for name, count in made.items() if count) or "0 comparisons"
    session.progress.say(f"{told} of {summary.read}, {summary.rejected} rejected")
    for note in summary.notes:
        session.progress.say(f"note: {note}")
