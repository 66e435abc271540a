"""The source `sample`: the model's own answers to the training prompts, judged by a rubric, best over worst."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from ...feedback import compare, judged_candidates, rank, strongest
from ...records import Answer, Comparison, FeedbackSource, Ranking, Reject, thought_version, to_jsonl
from ...spec import SamplingSpec
from ...store import FileName, Stage, StageName, round_name
from ..gather import Part
from ..kept_scorers import scored_by
from ..parts import said_in
from .base import Source, SourceKind
from .drawing import answered_by, distilled, drawn, numbered, unanswered

if TYPE_CHECKING:
    from ..stages.session import Session

_MORE_THAN_MARGIN = "has a narrower margin than the ones kept (feedback.sample.max_comparisons)"


def _opened(session: "Session", settings: Sequence[SamplingSpec]) -> list[Source]:
    stages = [
        _judge(session, each, place, drawn(session, each, settings, StageName.SAMPLE))
        for place, each in enumerate(settings)
    ]
    return [
        Source(
            {"sampled": True},
            {stage.name: stage.outputs_under("")},
            partial(_judged, session, stage, each.told(session.baseline_system)),
            partial(stage.read_lines, FileName.RANKINGS, Ranking),
        )
        for stage, each in zip(stages, settings, strict=True)
    ]


SAMPLE = SourceKind("sample", _opened, each_round=True)


def _judge(session: "Session", settings: SamplingSpec, place: int, sample: Stage) -> Stage:
    """The answers judged by the rubric: comparisons, all candidates ranked, and the reject log."""
    system = settings.told(session.baseline_system)
    stage = session.stage(
        round_name(numbered(StageName.JUDGE, place), session.round),
        {
            **({} if system is None else {"system": system}),
            "thought": thought_version(),
            "scorers": scored_by([], (each.scorer for each in settings.rubric), session.scorers),
            **settings.model_dump(
                include={"rubric", "margin", "trim_to_sentences", "trim_from", "rejected", "max_comparisons"}
            ),
            **session.ruled(),
        },
        {"answers": sample.output(FileName.ANSWERS), "train": session.inputs.hashes["train"]},
    )

    def work() -> None:
        answers: dict[str, list[Answer]] = {}
        for answer in said_in(sample):
            answers.setdefault(answer.prompt_id, []).append(answer)
        if thinking := sum(bool(answer.thought) for some in answers.values() for answer in some):
            session.progress.say(
                f"note: {stage.name}: {thinking} of {sum(map(len, answers.values()))} answers begin with a thought; "
                "what follows it is judged and trained on, so that the model learns to answer without one"
            )
        source = answered_by(session)
        train, opened = session.inputs.train, session.kept(stage)
        found = judged_candidates(train, answers, settings, session.policy, opened)
        made = [
            unanswered(prompt, answers[prompt.id], source) or compare(prompt, some, settings, source)
            for prompt, some in zip(train, found, strict=True)
        ]
        kept, narrower = strongest([item for item in made if isinstance(item, Comparison)], settings.max_comparisons)
        rejected = [item for item in made if isinstance(item, Reject)]
        rejected += [
            Reject(source=source, row=item.id, reason=_MORE_THAN_MARGIN, excerpt=item.chosen_text[:120])
            for item in narrower
        ]
        stage.write(FileName.COMPARISONS, to_jsonl(distilled(item, system) for item in kept))
        stage.write(FileName.REJECTED, to_jsonl(rejected))
        ranked = [rank(prompt, some, source) for prompt, some in zip(train, found, strict=True)]
        stage.write(FileName.RANKINGS, to_jsonl(distilled(item, system) for item in ranked if item is not None))

    return session.do(stage, work)


def _judged(session: "Session", stage: Stage, system: str | None) -> Part:
    """The comparisons of a stage that judged answers, which were sampled under a system message or none."""
    source = FeedbackSource(name=answered_by(session), sampled=True, system=system)
    return Part(source, stage.read_lines(FileName.COMPARISONS, Comparison), stage.read_lines(FileName.REJECTED, Reject))
