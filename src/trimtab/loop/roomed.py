"""What people said, in a room that others filled, of the answers in two folders: of scores, or of runs."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..metrics import PEOPLE, PREFERRED, AskedOfPeople
from ..records import MeasuredSide, PeopleMeasure
from ..store import FileName, Run, StageName, digest
from .asking import AskedItems, Asking, measures_of, room_read

if TYPE_CHECKING:
    from ..review import Gathered, NewItem, Task


def people_in_room(room: str, places: Sequence[str]) -> dict[MeasuredSide, tuple[PeopleMeasure, ...]]:
    """The figures of each side, of every task in the room that asks for one; `places` are the folder of the answers
    after, behind that of those before if there is one. Of several tasks that ask for the same, that counts which holds
    most of the answers.

    Answers are known by their texts and prompts, however the folders were named when they were put in; those that are
    not there count as not judged. Raises UserError where there is no such room or folder of answers.
    """
    with room_read(room):
        from ..review import known_as, read_items, read_task, reading_room, room_name, said_of, task_numbers
    sides: tuple[MeasuredSide, ...] = ("before", "after") if len(places) > 1 else ("after",)
    told = [_one_side(place) for place in places]
    single = [(side, read_items([place], 1)) for side, place in zip(sides, told, strict=True)]
    pairs = read_items(told, 2) if len(told) > 1 else None
    found: dict[tuple[str, MeasuredSide], tuple[int, PeopleMeasure]] = {}
    with reading_room(room) as session:
        for number in task_numbers(session):
            read = read_task(session, number)
            assert read is not None
            task, plan = read
            metrics = metrics_of_task(task)
            if not metrics or (task.sides == 2 and pairs is None):
                continue
            some: list[tuple[MeasuredSide, Gathered]] = single
            if task.sides == 2 and pairs is not None:
                some = [("before", pairs)]
            items = [(item, side) for side, gathered in some for item in gathered.items]
            known = known_as(session, number, [item for item, _ in items])
            there = [(item, side, name) for (item, side), name in zip(items, known, strict=True) if name is not None]
            about = AskedItems(
                tuple(item for item, _, _ in there),
                tuple(name for _, _, name in there),
                tuple(_prompt(item) for item, _, _ in there),
                tuple(side for _, side, _ in there),
                {side: _asked(gathered) for side, gathered in some},
                {"before": _alike(pairs.left_out)} if task.sides == 2 and pairs is not None else {},
            )
            said = said_of(session, number, about.digests, plan.per_item)
            asking = Asking(task, metrics, frozenset(side for side, _ in some))
            for measure in measures_of(asking, about, said, room_name(room)):
                key = measure.metric, measure.of
                if key not in found or found[key][0] < len(there):
                    found[key] = len(there), measure
    return {side: tuple(one for (_, of), (_, one) in found.items() if of == side) for side in sides}


def metrics_of_task(task: "Task") -> dict[str, AskedOfPeople]:
    """What a task gives figures of; thumbs only where they ask whether an answer helps."""
    from ..review import HELPS, rubric_called

    match task.kind:
        case "pair":
            return {PREFERRED: AskedOfPeople("pair", beside="before")}
        case "claims":
            return {f"{PEOPLE}false": AskedOfPeople("claims")}
        case "rating":
            return {f"{PEOPLE}rating": AskedOfPeople("rating")}
        case "thumb":
            return {f"{PEOPLE}helps": AskedOfPeople("thumb")} if task.question == HELPS.question else {}
        case "rubric":
            assert task.rubric is not None
            name = rubric_called(task.rubric)
            return {f"{PEOPLE}{name}.{axis.id}": AskedOfPeople("rubric", name, axis.id) for axis in task.rubric.axes}
        case _:
            return {}


def _alike(left_out: dict[str, int]) -> int:
    from ..review import ALIKE

    return left_out.get(ALIKE, 0)


def _asked(gathered: "Gathered") -> int:
    """How many answers or pairs there are, those that nobody can judge among them."""
    return len(gathered.items) + sum(gathered.left_out.values())


def _one_side(place: str) -> str:
    """A folder of answers by one model: a run's own name stands for its trained model."""
    folder = Path(place)
    if not (folder / FileName.RUN).is_file() or StageName.EVALUATION in Run.read(folder).info.stages:
        return place
    return f"{place}:after"


def _prompt(item: "NewItem") -> str:
    """What a prompt is called on both sides."""
    return digest([turn.model_dump(mode="json") for turn in item.prompt])[:16]
