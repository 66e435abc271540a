"""The source `review`: what people said in a review room, once enough is said, and from then on as it was then."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from ...errors import UserError
from ...records import FeedbackSource, Reject, SourcedRow, kind_of, to_jsonl
from ...spec import LoadedSpec, ReviewSpec
from ...store import FileName, Stage, StageName, digest
from ..gather import Part
from ..waiting import WaitingForPeople
from .base import Source, SourceKind

if TYPE_CHECKING:
    from ...review import Heard
    from ..stages.session import Session

VERSION = "1"
"""Changes whenever the same judgements make other rows."""


def _opened(session: "Session", settings: Sequence[ReviewSpec]) -> list[Source]:
    """Every room; where several are too short, the first says so."""
    stages = [_frozen(session, each, place) for place, each in enumerate(settings)]
    return [
        Source(
            {"review": stage.name, **each.model_dump(include={"weight", "margin"})},
            {stage.name: stage.output(FileName.SUPERVISION), f"{stage.name}.log": stage.output(FileName.REJECTED)},
            partial(_read, stage, each),
        )
        for stage, each in zip(stages, settings, strict=True)
    ]


REVIEW = SourceKind("review", _opened)


def _frozen(session: "Session", settings: ReviewSpec, place: int) -> Stage:
    """The stage that keeps what was said when enough was: the run's own, whatever is said later, unless it is asked to
    be read anew.

    Raises WaitingForPeople while there is not enough, and UserError where there is no such room.
    """
    name = StageName.REVIEW if place == 0 else f"{StageName.REVIEW}-{place + 1}"
    asked = {**settings.model_dump(exclude={"weight", "margin"}), "version": VERSION}
    done = session.run.current(name)
    kept = done.manifest if done is not None else None
    if kept is not None and not session.fresh and asked.items() <= kept.settings.items():
        session.used.add(name)
        return session.do(session.run.stage(name, settings=kept.settings, inputs=kept.inputs), _nothing)
    found = hear(session.loaded, settings)
    from ...review import taught

    if found.judged < settings.need:
        raise WaitingForPeople(settings.called, found.judged, settings.need, found.shown)
    said = digest([each.judgement.model_dump(mode="json") for each in found.reviewed])
    stage = session.stage(name, asked, {"judgements": said})

    def work() -> None:
        made = taught(found, settings.called, per_item=settings.per_item, axis=settings.axis)
        rows = [SourcedRow(source=0, kind=kind_of(row), row=row) for row in made.rows]
        stage.write(FileName.SUPERVISION, to_jsonl(rows))
        stage.write(FileName.REJECTED, to_jsonl(made.rejected))
        stage.write(FileName.JUDGEMENTS, to_jsonl([each.judgement for each in found.reviewed]))
        session.progress.say(f"{settings.called}: {found.judged} items judged, at least {settings.need} asked for")

    return session.do(stage, work)


def hear(loaded: LoadedSpec, settings: ReviewSpec) -> "Heard":
    """What stands in a source's room now. Raises UserError where there is no such room, or no such task in it."""
    try:
        from ...review import heard, only_task, reading_room
    except ModuleNotFoundError as error:
        raise UserError(
            f"A source of the feedback is the review room {settings.called}.",
            f"The package {error.name} is not installed.",
            "pip install 'trimtab[review]'",
        ) from None
    place = settings.room if "://" in settings.room else str(loaded.path(settings.room))
    with reading_room(place) as session:
        return heard(session, only_task(session, settings.called, settings.task), settings.per_item)


def read_now(loaded: LoadedSpec, settings: ReviewSpec) -> Part:
    """The rows that a room would give now, however few they are."""
    found = hear(loaded, settings)
    from ...review import taught

    made = taught(found, settings.called, per_item=settings.per_item, axis=settings.axis)
    return Part(_source(settings), made.rows, made.rejected)


def _source(settings: ReviewSpec) -> FeedbackSource:
    return FeedbackSource(name=settings.called, weight=settings.weight, margin=settings.margin)


def _nothing() -> None:
    raise AssertionError("a stage that is finished is not done again")


def _read(stage: Stage, settings: ReviewSpec) -> Part:
    rows = [each.row for each in stage.read_lines(FileName.SUPERVISION, SourcedRow)]
    return Part(_source(settings), rows, stage.read_lines(FileName.REJECTED, Reject))
