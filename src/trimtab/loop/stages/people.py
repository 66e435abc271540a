"""The stage that keeps what people said of the answers before and after, once enough of them were judged."""

from ...records import Judgement, MeasuredSide, PeopleMeasure, Prompt, to_jsonl
from ...spec import people_measures
from ...store import FileName, Stage, StageName
from ..asking import askings, items_of, measures_of, nobody_said, place_of, room_read, short_of, used
from ..parts import said_in
from ..waiting import WaitingForPeople
from .session import Session

VERSION = "2"
"""Changes whenever the same judgements give other figures."""


def people(session: Session, before: Stage, after: Stage, baseline: Stage | None = None) -> Stage | None:
    """What people said of the held-out answers of both models, and of the `baseline` where they are asked about it.

    None where the spec asks them nothing. The answers are put into the room. What was said when enough was is kept,
    until the answers are others or it is to be read anew. Raises WaitingForPeople while too little is judged.
    """
    wanted, settings = people_measures(session.spec), session.spec.evaluation.people
    if not wanted or settings is None:
        return None
    tasks = askings(session.loaded, session.run.folder.resolve().name)
    asked = {
        "measures": {name: sorted(beside) for name, beside in wanted.items()},
        "tasks": [each.task.model_dump(mode="json", exclude={"origin"}) for each in tasks],
        **settings.model_dump(include={"need", "per_item", "room"}),
        "version": VERSION,
    }
    sides: dict[MeasuredSide, Stage] = {"before": before, "after": after}
    if any("baseline" in each.sides for each in tasks):
        assert baseline is not None  # the spec was checked
        sides["baseline"] = baseline
    answers: dict[str, str] = {side: stage.output(FileName.ANSWERS) for side, stage in sides.items()}
    kept = session.kept_of_people(StageName.PEOPLE, asked, answers)
    if kept is not None:
        return kept
    with room_read(settings.called):
        from ...review import Plan, put_in, reading_room, said_of
    place = place_of(session.loaded, settings.room, session.run.folder)
    plan = Plan(per_item=settings.per_item, by_chance=1.0)
    ids = {prompt.messages: prompt.id for prompt in before.read_lines(FileName.PROMPTS, Prompt)}
    # of pairs so many as there are on the side beside that after
    expected = {side: len(said_in(stage)) for side, stage in sides.items()}
    measures: list[PeopleMeasure] = []
    judgements: list[Judgement] = []
    have = need = 0
    for each in tasks:
        about, found = items_of(each, session.run.folder, ids, expected)
        said = nobody_said()
        if about.items:
            number = put_in(place, each.task, plan, found)
            with reading_room(place) as room:
                said = said_of(room, number, about.digests, settings.per_item)
        here, wants = short_of(said, settings, len(about.expected))
        have, need = have + min(here, wants), need + wants
        measures += measures_of(each, about, said, settings.called)
        judgements += used(said)
    if have < need:
        raise WaitingForPeople(settings.called, have, need, need, place)
    stage = session.stage(StageName.PEOPLE, asked, answers | {"judgements": session.digest_of(judgements)})

    def work() -> None:
        stage.write(FileName.PEOPLE, to_jsonl(measures))
        stage.write(FileName.JUDGEMENTS, to_jsonl(judgements))
        for each in measures:
            session.progress.say(f"{each.title}, {each.of}: {each.told}")

    return session.do(stage, work)
