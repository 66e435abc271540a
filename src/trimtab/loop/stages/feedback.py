"""The stages that get feedback: sampled and judged, or read from files; and its audit."""

from collections.abc import Sequence

from ...audit import VERSION as AUDIT_VERSION
from ...audit import audit as audit_comparisons
from ...audit import builtin_items, other_versions
from ...data import read_frame
from ...feedback import JUDGE, compare, judged_candidates, rank, strongest, summarise
from ...records import Answer, Comparison, FeedbackSummary, Finding, Reject, to_jsonl
from ...spec import SamplingSpec
from ...store import Stage
from ..blocked import FINDINGS, AuditBlocked
from ..gather import demand_something, gather
from ..names import round_name
from ..supervision import COMPARISONS, DEMONSTRATIONS, RANKINGS, rows_name
from .session import Session, scored_by

_MORE_THAN_MARGIN = "has a narrower margin than the ones kept (feedback.sample.max_comparisons)"


def feedback(session: Session) -> Stage:
    """What is trained on first: from files, or from the model's own answers, as the spec says."""
    return import_files(session) if session.inputs.files else judge(session, sample(session))


def sample(session: Session) -> Stage:
    """Several answers of the model's own to each training prompt."""
    settings = _sampling(session)
    decoding = settings.model_dump(include={"max_new_tokens", "temperature", "top_p"})
    stage = session.stage(
        round_name("feedback.sample", session.round),
        {**decoding, "samples": settings.samples_per_prompt, "rows": session.spec.decode_batch_size},
        {"train": session.inputs.hashes["train"], **session.started_from(session.before)},
    )

    def work() -> None:
        from ...models import Decoding

        answers = session.answers(
            stage,
            session.model() if session.before is None else session.trained(session.before),
            session.inputs.train,
            settings.samples_per_prompt,
            Decoding(**decoding),
            "sampling answers",
        )
        stage.write("answers.jsonl", to_jsonl(answers))

    return session.do(stage, work)


def judge(session: Session, sample: Stage) -> Stage:
    """The answers judged by the rubric: comparisons, the reject log, and a summary of what they teach."""
    settings = _sampling(session)
    stage = session.stage(
        round_name("feedback.judge", session.round),
        {
            "scorers": scored_by(["style"], (each.scorer for each in settings.rubric), session.scorers),
            **settings.model_dump(include={"rubric", "margin", "trim_to_sentences", "max_comparisons"}),
            **({"ranked": True} if session.spec.training.method_row.on_policy else {}),
            **session.ruled(),
        },
        {"answers": sample.output("answers.jsonl"), "train": session.inputs.hashes["train"]},
    )

    def work() -> None:
        answers: dict[str, list[Answer]] = {}
        for answer in sample.read_lines("answers.jsonl", Answer):
            answers.setdefault(answer.prompt_id, []).append(answer)
        source = str(session.start)
        train, opened = session.inputs.train, session.kept(stage)
        found = judged_candidates(train, answers, settings, session.policy, opened)
        made = [compare(prompt, some, settings, source) for prompt, some in zip(train, found, strict=True)]
        kept, narrower = strongest([item for item in made if isinstance(item, Comparison)], settings.max_comparisons)
        rejected = [item for item in made if isinstance(item, Reject)]
        rejected += [
            Reject(source=source, row=item.id, reason=_MORE_THAN_MARGIN, excerpt=item.chosen_text[:120])
            for item in narrower
        ]
        _write_feedback(session, stage, kept, rejected, source, JUDGE)
        if session.spec.training.method_row.on_policy:
            ranked = [rank(prompt, some, source) for prompt, some in zip(train, found, strict=True)]
            stage.write(RANKINGS, to_jsonl([item for item in ranked if item is not None]))

    return session.do(stage, work)


def import_files(session: Session) -> Stage:
    """Feedback of any type from files, as what the method trains on, with the reject log.

    Raises UserError where nothing can be made of it that the method takes.
    """
    training = session.spec.training
    files = [{**settings.model_dump(), "path": path.name} for settings, path in session.inputs.files]
    stage = session.stage(
        "feedback.import",
        {
            "scorers": scored_by(["style"]),
            "files": files,
            "method": training.method,
            "sft_first": training.first is not None,
            **session.ruled(),
        },
        {name: sha for name, sha in session.inputs.hashes.items() if name.startswith("feedback.")},
    )

    def work() -> None:
        found = gather(session.inputs.files, training, session.spec.seed, session.policy, session.kept(stage))
        stage.write("rejected.jsonl", to_jsonl((*found.rejected, *found.left_out)))
        demand_something(found, training)
        names = ", ".join(path.name for _, path in session.inputs.files)
        summary = summarise(
            found.taught,
            found.rejected,
            source=names,
            judge=found.judge,
            read=found.read,
            left_out=found.left_out,
            notes=found.notes,
        )
        _tell(session, summary)
        stage.write(rows_name(training.method), to_jsonl(found.taught))
        if training.method_row.rows == "demonstration" and found.compared:
            stage.write(COMPARISONS, to_jsonl(found.compared))  # for the audit and a diagnosis
        if found.shown:
            stage.write(DEMONSTRATIONS, to_jsonl(found.shown))
        stage.write("summary.json", summary.to_json())

    return session.do(stage, work)


def audit(session: Session, feedback: Stage) -> Stage | None:
    """The audit of the comparisons; None where the feedback is none. A finding that blocks stops the run.

    Raises AuditBlocked with what was found, unless the spec accepts it.
    """
    if not (feedback.folder / COMPARISONS).is_file():
        return None
    others = other_versions()
    stage = session.stage(
        round_name("audit", session.round),
        {"version": AUDIT_VERSION, **session.ruled(), **({"checks": others} if others else {})},
        {"comparisons": feedback.output(COMPARISONS)},
    )

    def work() -> None:
        framed = read_frame(feedback.folder / COMPARISONS)
        with session.progress.track("auditing the comparisons", 1) as tracker:
            done = audit_comparisons(
                framed.table,
                against=builtin_items(),
                policy=session.policy,
                seed=session.spec.seed,
                told=lambda check, at, total: tracker.step(at, check, total),
            )
        stage.write(FINDINGS, to_jsonl(done.findings))

    session.do(stage, work)
    found = stage.read_lines(FINDINGS, Finding)
    for finding in found:
        session.progress.say(f"audit: {finding.severity}  {finding.id}: {finding.summary}")
    blocking = [item for item in found if item.severity == "block" and item.id not in session.spec.audit.accept]
    if blocking:
        raise AuditBlocked(blocking)
    return stage


def _write_feedback(
    session: Session, stage: Stage, kept: Sequence[Comparison], rejected: Sequence[Reject], source: str, judge: str
) -> None:
    summary = summarise(kept, rejected, source=source, judge=judge)
    _tell(session, summary)
    stage.write(COMPARISONS, to_jsonl(kept))
    stage.write("rejected.jsonl", to_jsonl(rejected))
    stage.write("summary.json", summary.to_json())


def _tell(session: Session, summary: FeedbackSummary) -> None:
    made = {name: getattr(summary, name) for name in ("comparisons", "demonstrations", "thumbs")}
    told = ", ".join(f"{count} {name}" for name, count in made.items() if count) or "0 comparisons"
    session.progress.say(f"{told} of {summary.read}, {summary.rejected} rejected")
    for note in summary.notes:
        session.progress.say(f"note: {note}")


def _sampling(session: Session) -> SamplingSpec:
    settings = session.spec.feedback.sample
    assert settings is not None
    return settings
