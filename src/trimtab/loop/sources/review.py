"""The source `review`: what people said in a review room, once enough is said, and from then on as it was then."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ...records import FeedbackSource, Reject, SourcedRow, Supervision, kind_of, to_jsonl
from ...spec import LoadedSpec, ReviewSpec
from ...store import FileName, Stage, StageName, round_name
from ..asking import place_of, room_read
from ..gather import Part
from ..parts import said_in
from ..waiting import WaitingForPeople
from .base import Source, SourceKind
from .drawing import answered_by, drawn, numbered

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
            partial(_read, stage, each, _system(session, each)),
        )
        for stage, each in zip(stages, settings, strict=True)
    ]


REVIEW = SourceKind("review", _opened)


def _frozen(session: "Session", settings: ReviewSpec, place: int) -> Stage:
    """The stage that keeps what was said when enough was: the run's own, whatever is said later, unless it is asked to
    be read anew.

    Raises WaitingForPeople while there is not enough, and UserError where there is no such room.
    """
    name = round_name(numbered(StageName.REVIEW, place), session.round)
    asked = {**settings.model_dump(exclude={"weight", "margin", "sample"}), "version": VERSION}
    inputs: dict[str, str] = {}
    sample: Stage | None = None
    if settings.sample is not None:
        every = [one.review.sample for one in session.spec.feedback.sources if one.review and one.review.sample]
        sample = drawn(session, settings.sample, every, StageName.SHOWN)
        inputs = {"answers": sample.output(FileName.ANSWERS)}
    kept = session.kept_of_people(name, asked, inputs)
    if kept is not None:
        return kept
    found = hear(session.loaded, settings) if sample is None else _ask(session, settings, sample)
    from ...review import taught

    stage = session.stage(
        name, asked, inputs | {"judgements": session.digest_of(each.judgement for each in found.reviewed)}
    )

    def work() -> None:
        made = taught(found, settings.called, per_item=settings.per_item, axis=settings.axis)
        told = [_told_under(row, _system(session, settings)) for row in made.rows]
        rows = [SourcedRow(source=0, kind=kind_of(row), row=row) for row in told]
        stage.write(FileName.SUPERVISION, to_jsonl(rows))
        stage.write(FileName.REJECTED, to_jsonl(made.rejected))
        stage.write(FileName.JUDGEMENTS, to_jsonl([each.judgement for each in found.reviewed]))
        session.progress.say(f"{settings.called}: {found.judged} items judged, at least {settings.need} asked for")

    return session.do(stage, work)


def _ask(session: "Session", settings: ReviewSpec, sample: Stage) -> "Heard":
    """What people said of the round's own answers, which are put before them in pairs. Raises WaitingForPeople."""
    with room_read(settings.called):
        from ...review import Plan, digests_of, heard, make_task, put_in, reading_room, said_of, sampled_pairs
    found = sampled_pairs(session.run.folder, session.inputs.train, said_in(sample))
    place = place_of(session.loaded, settings.room, session.run.folder)
    task = make_task("pair", f"{found.title}, sampled answers")
    number = put_in(place, task, Plan(per_item=settings.per_item), found)
    items = digests_of(found.items)
    with reading_room(place) as room:
        said = said_of(room, number, items, settings.per_item)
        told = heard(room, number, settings.per_item, items)
    need = min(settings.need, len(said.shown))
    if told.judged < need:
        raise WaitingForPeople(settings.called, told.judged, need, need, place)
    if need < settings.need:
        session.progress.say(f"note: {settings.need} pairs were to be judged, and {need} are all that can be")
    who = (answered_by(session),) * 2
    return replace(told, reviewed=tuple(replace(each, sources=who) for each in told.reviewed))


def hear(loaded: LoadedSpec, settings: ReviewSpec) -> "Heard":
    """What stands in a source's room now. Raises UserError where there is no such room, or no such task in it, and
    WaitingForPeople where too little was said."""
    found = heard_now(loaded, settings)
    if found.judged < settings.need:
        raise WaitingForPeople(settings.called, found.judged, settings.need, found.shown)
    return found


def heard_now(loaded: LoadedSpec, settings: ReviewSpec) -> "Heard":
    """The same, however little was said. Raises UserError too where the task has no such axis."""
    with room_read(settings.called):
        from ...review import check_axis, heard, only_task, reading_room
    assert settings.room is not None  # else the run fills it
    place = settings.room if "://" in settings.room else str(loaded.path(settings.room))
    with reading_room(place) as session:
        found = heard(session, only_task(session, settings.called, settings.task), settings.per_item)
    check_axis(found.task, settings.axis)
    return found


def read_now(loaded: LoadedSpec, settings: ReviewSpec) -> Part:
    """The rows that a room would give now, however few they are."""
    found = heard_now(loaded, settings)
    from ...review import taught

    made = taught(found, settings.called, per_item=settings.per_item, axis=settings.axis)
    return Part(_source(settings), made.rows, made.rejected)


def _source(settings: ReviewSpec, system: str | None = None) -> FeedbackSource:
    return FeedbackSource(name=settings.called, weight=settings.weight, margin=settings.margin, system=system)


def _system(session: "Session", settings: ReviewSpec) -> str | None:
    """The system message that the answers were sampled under, where the run sampled them."""
    return settings.sample.told(session.baseline_system) if settings.sample is not None else None


def _told_under(row: Supervision, system: str | None) -> Supervision:
    """The row with that message told in its provenance."""
    if system is None:
        return row
    return row.model_copy(update={"provenance": row.provenance.model_copy(update={"system": system})})


def _read(stage: Stage, settings: ReviewSpec, system: str | None) -> Part:
    rows = [each.row for each in stage.read_lines(FileName.SUPERVISION, SourcedRow)]
    return Part(_source(settings, system), rows, stage.read_lines(FileName.REJECTED, Reject))
