"""The stages that get feedback: answers sampled and judged, all sources gathered as they came; and its audit."""

from collections.abc import Sequence
from pathlib import Path

from ...audit import VERSION as AUDIT_VERSION
from ...audit import audit as audit_comparisons
from ...audit import builtin_items, other_versions
from ...data import frame_of
from ...feedback import compare, judged_candidates, rank, strongest
from ...records import Answer, Comparison, FeedbackSource, FeedbackSummary, Finding, Ranking, Reject, to_jsonl
from ...spec import SamplingSpec
from ...store import FileName, Stage, StageName, round_name
from ..blocked import AuditBlocked
from ..gather import Gathered, Part, gather, read_part
from ..supervision import (
    comparisons_of,
    pairs_thumbs,
    supervision_inputs,
    write_gathered,
)
from .session import Session, scored_by

_MORE_THAN_MARGIN = "has a narrower margin than the ones kept (feedback.sample.max_comparisons)"


def feedback(session: Session) -> Stage:
    """The rows of all sources as they came, whatever trains on them; in later rounds of those that are sampled."""
    sources = [one for one in session.spec.feedback.sources if session.round == 1 or one.sample is not None]
    settings = [one.sample for one in sources if one.sample is not None]
    judged = [judge(session, each, place, sample(session, each, settings)) for place, each in enumerate(settings)]
    files = session.inputs.files if session.round == 1 else ()
    stage = session.stage(
        round_name(StageName.FEEDBACK, session.round),
        {
            "sources": [
                {"sampled": True} if one.file is None else one.file.model_dump() | {"path": Path(one.file.path).name}
                for one in sources
            ],
            "scorers": scored_by(["style"]),
            **session.ruled(),
        },
        {
            **{name: sha for name, sha in session.inputs.hashes.items() if files and name.startswith("feedback.")},
            **{one.name: one.outputs_under("") for one in judged},
        },
    )

    def work() -> None:
        own, given = iter(judged), iter(files)
        found = gather(
            [_judged(session, next(own)) if one.file is None else read_part(*next(given)) for one in sources],
            session.policy,
            session.kept(stage),
        )
        summary = write_gathered(stage, found)
        ranked = [row for one in judged for row in one.read_lines(FileName.RANKINGS, Ranking)]
        if judged:
            stage.write(FileName.RANKINGS, to_jsonl(ranked))
        _tell(session, summary)

    return session.do(stage, work)


def answered_by(session: Session) -> str:
    """The model whose answers a round samples: the run's own, or that with what the round before trained."""
    before = session.before
    return str(session.start) + (f" + {before.name}/{before.key}" if before is not None else "")


def sample(session: Session, settings: SamplingSpec, every: Sequence[SamplingSpec]) -> Stage:
    """Several answers of the model's own to each training prompt; sources that draw alike share them."""
    draws = ("samples_per_prompt", "max_new_tokens", "temperature", "top_p")
    kinds = list(dict.fromkeys(tuple(getattr(one, name) for name in draws) for one in every))
    place = kinds.index(tuple(getattr(settings, name) for name in draws))
    decoding = settings.model_dump(include={"max_new_tokens", "temperature", "top_p"})
    stage = session.stage(
        round_name(_numbered(StageName.SAMPLE, place), session.round),
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
        stage.write(FileName.ANSWERS, to_jsonl(answers))

    return session.do(stage, work)


def judge(session: Session, settings: SamplingSpec, place: int, sample: Stage) -> Stage:
    """The answers judged by the rubric: comparisons, all candidates ranked, and the reject log."""
    stage = session.stage(
        round_name(_numbered(StageName.JUDGE, place), session.round),
        {
            "scorers": scored_by([], (each.scorer for each in settings.rubric), session.scorers),
            **settings.model_dump(include={"rubric", "margin", "trim_to_sentences", "max_comparisons"}),
            **session.ruled(),
        },
        {"answers": sample.output(FileName.ANSWERS), "train": session.inputs.hashes["train"]},
    )

    def work() -> None:
        answers: dict[str, list[Answer]] = {}
        for answer in sample.read_lines(FileName.ANSWERS, Answer):
            answers.setdefault(answer.prompt_id, []).append(answer)
        source = answered_by(session)
        train, opened = session.inputs.train, session.kept(stage)
        found = judged_candidates(train, answers, settings, session.policy, opened)
        made = [compare(prompt, some, settings, source) for prompt, some in zip(train, found, strict=True)]
        kept, narrower = strongest([item for item in made if isinstance(item, Comparison)], settings.max_comparisons)
        rejected = [item for item in made if isinstance(item, Reject)]
        rejected += [
            Reject(source=source, row=item.id, reason=_MORE_THAN_MARGIN, excerpt=item.chosen_text[:120])
            for item in narrower
        ]
        stage.write(FileName.COMPARISONS, to_jsonl(kept))
        stage.write(FileName.REJECTED, to_jsonl(rejected))
        ranked = [rank(prompt, some, source) for prompt, some in zip(train, found, strict=True)]
        stage.write(FileName.RANKINGS, to_jsonl([item for item in ranked if item is not None]))

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
            **session.ruled(),
            **({"checks": others} if others else {}),
        },
        supervision_inputs(feedback),
    )

    def work() -> None:
        with session.progress.track("auditing the comparisons", 1) as tracker:
            done = audit_comparisons(
                frame_of(compared),
                against=builtin_items(),
                policy=session.policy,
                seed=session.spec.seed,
                told=lambda check, at, total: tracker.step(at, check, total),
            )
        stage.write(FileName.FINDINGS, to_jsonl(done.findings))

    session.do(stage, work)
    findings = stage.read_lines(FileName.FINDINGS, Finding)
    for finding in findings:
        session.progress.say(f"audit: {finding.severity}  {finding.id}: {finding.summary}")
    blocking = [item for item in findings if item.severity == "block" and item.id not in session.spec.audit.accept]
    if blocking:
        raise AuditBlocked(blocking)
    return stage


def _judged(session: Session, stage: Stage) -> Part:
    """The comparisons of a stage that judged answers."""
    source = FeedbackSource(name=answered_by(session), sampled=True)
    return Part(source, stage.read_lines(FileName.COMPARISONS, Comparison), stage.read_lines(FileName.REJECTED, Reject))


def _numbered(stage: str, place: int) -> str:
    """The name of a stage that a run has several of in a round; the first has no number."""
    return stage if place == 0 else f"{stage}-{place + 1}"


def _tell(session: Session, summary: FeedbackSummary) -> None:
    made = {name: getattr(summary, name) for name in ("comparisons", "demonstrations", "thumbs")}
    told = ", ".join(f"{count} {name}" for name, count in made.items() if count) or "0 comparisons"
    session.progress.say(f"{told} of {summary.read}, {summary.rejected} rejected")
    for note in summary.notes:
        session.progress.say(f"note: {note}")
