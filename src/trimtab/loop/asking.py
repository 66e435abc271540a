"""What a run asks people of its answers before and after: the tasks, their items, and the figures of what they say."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UserError, extra
from ..evaluate import coded, metric_named
from ..metrics import AskedOfPeople, asked_of_people
from ..records import Judgement, MeasuredSide, Message, PeopleMeasure
from ..spec import OWN_ROOM, LoadedSpec, PeopleSpec, people_measures
from ..stats import Clustered, clustered_exact, clustered_mean
from ..store import digest

if TYPE_CHECKING:
    from ..review import Gathered, NewItem, SaidOfItems, Side, Task, TaskFile

SIDES: tuple[MeasuredSide, ...] = ("before", "baseline", "after")
_UNREAD = "could not be shown"
_NO_WORD = "nobody could tell"


@dataclass(frozen=True)
class Asking:
    """A task of people's with the metrics that it gives, and whose answers are judged: of pairs, of those that hold the
    answers before or the baseline's beside those after, which are told of "before" and "baseline"."""

    task: "Task"
    metrics: Mapping[str, AskedOfPeople]
    sides: frozenset[MeasuredSide]

    def side_of(self, metric: str) -> MeasuredSide:
        """Of which pairs a metric is."""
        return self.metrics[metric].beside or "after"


def askings(loaded: LoadedSpec, origin: str) -> list[Asking]:
    """The tasks that a spec's gates and measures come to; `origin` is what is reviewed, which no reviewer is told.

    Raises UserError where a rubric is nowhere, or has no such axis, or the package for rooms is missing.
    """
    wanted = people_measures(loaded.spec)
    settings = loaded.spec.evaluation.people
    if settings is None or not wanted:
        return []
    with room_read(settings.called):
        from ..review import HELPS, HHH, TaskFile, make_task, read_task_file, rubric_called
    files = [read_task_file(loaded.path(name)) for name in settings.tasks]
    groups: dict[tuple[str, str | None], dict[str, AskedOfPeople]] = {}
    for name in wanted:
        asked = asked_of_people(name)
        assert asked is not None  # the spec was checked
        groups.setdefault((asked.kind, asked.rubric), {})[name] = asked
    _check_used(files, settings, groups)
    found = []
    for (kind, rubric), metrics in groups.items():
        told = next((one for one in files if _fits(one, kind, rubric)), None)
        if told is None:
            told = HELPS if kind == "thumb" else TaskFile(rubric=HHH) if rubric == rubric_called(HHH) else TaskFile()
        if rubric is not None:
            _check_rubric(told, metrics, files)
        task = make_task(kind, origin, told)  # type: ignore[arg-type]
        sides: set[MeasuredSide] = {asked.beside for asked in metrics.values() if asked.beside is not None}
        if not sides:
            sides = {"after", *(side for name in metrics for side in wanted[name])}
        found.append(Asking(task, metrics, frozenset(sides)))
    return found


def _fits(told: "TaskFile", kind: str, rubric: str | None) -> bool:
    if rubric is not None:
        from ..review import rubric_called

        return told.rubric is not None and rubric_called(told.rubric) == rubric
    return (told.kind or "pair") == kind


def _check_used(files: Sequence["TaskFile"], settings: PeopleSpec, groups: Iterable[tuple[str, str | None]]) -> None:
    """Raises UserError where a task's file is asked for by nothing."""
    for name, told in zip(settings.tasks, files, strict=True):
        if any(_fits(told, *group) for group in groups):
            continue
        axes = [] if told.rubric is None else [f"people.{told.rubric.name}.{axis.id}" for axis in told.rubric.axes]
        raise UserError(
            f"`evaluation.people.tasks` names {name}.",
            f"No gate and no measure asks for a task of the kind {told.kind or ('rubric' if axes else 'pair')}.",
            f"Add {axes[0]} to `evaluation.people.measures`, or a gate on it." if axes else "Leave it out.",
        )


def _check_rubric(told: "TaskFile", metrics: Mapping[str, AskedOfPeople], files: Sequence["TaskFile"]) -> None:
    for name, asked in metrics.items():
        known = [] if told.rubric is None else [axis.id for axis in told.rubric.axes]
        if asked.axis in known:
            continue
        rubrics = ["hhh", *(one.rubric.name for one in files if one.rubric is not None)]
        raise UserError(
            f"People are asked for {name}.",
            f"The rubric {asked.rubric} has no such axis, but {', '.join(known)}."
            if known
            else f"There is no rubric {asked.rubric!r}, but {', '.join(rubrics)}.",
            "Correct the name, or give the rubric's file in `evaluation.people.tasks`.",
        )


def room_read(called: str) -> AbstractContextManager[None]:
    """Within it a missing package of the review room is a UserError, which says what is to be installed."""
    return extra("review", f"The review room {called} is to be read.")


def place_of(loaded: LoadedSpec, room: str | None, run: Path) -> str:
    """Where a room is: the run's own, a file, or a URL."""
    if room is None:
        return str(run / OWN_ROOM)
    return room if "://" in room else str(loaded.path(room))


@dataclass(frozen=True)
class AskedItems:
    """The items of a task, each with its digest in the room, the id of its prompt and whose answer it is (of a pair,
    whose stands beside that after); `expected` are the answers that there are on each side, and `alike` the pairs of
    one text there."""

    items: tuple["NewItem", ...]
    digests: tuple[str, ...]
    prompts: tuple[str, ...]
    sides: tuple[MeasuredSide, ...]
    expected: Mapping[MeasuredSide, int]
    alike: Mapping[MeasuredSide, int]


def items_of(
    asking: Asking, run: Path, ids: Mapping[tuple[Message, ...], str], expected: Mapping[MeasuredSide, int]
) -> tuple[AskedItems, "Gathered"]:
    """The items of a run's folder that a task is about, and all that was gathered of them; `ids` are of the prompts,
    `expected` how many answers there are of each side."""
    from ..review import ALIKE, Gathered, digests_of, read_items

    items: list[NewItem] = []
    sides: list[MeasuredSide] = []
    alike: dict[MeasuredSide, int] = {}
    names: tuple[str, ...] = ()
    left: Counter[str] = Counter()
    pairs = asking.task.sides == 2
    for side in SIDES:
        if side not in asking.sides:
            continue
        found = read_items([f"{run}:{side}", *([f"{run}:after"] if pairs else [])], asking.task.sides)
        told = (side, "after")  # whatever the folder is called
        named = [replace(one, sides=tuple(map(_said_by, one.sides, told))) for one in found.items]
        items, sides = items + named, sides + [side] * len(named)
        names, left = names + found.names, left + Counter(found.left_out)
        alike[side] = found.left_out.get(ALIKE, 0) if pairs else 0
    about = AskedItems(
        tuple(items),
        tuple(digests_of(items)),
        tuple(ids[item.prompt] for item in items),
        tuple(sides),
        {side: expected[side] for side in SIDES if side in asking.sides},
        alike,
    )
    return about, Gathered(run.resolve().name, tuple(items), dict(left), tuple(dict.fromkeys(names)))


def _said_by(side: "Side", source: str) -> "Side":
    return replace(side, source=source)


def short_of(said: "SaidOfItems", people: PeopleSpec, sides: int) -> tuple[int, int]:
    """How many items are judged, and how many are needed: no more than can be judged."""
    return len(said.taken), min(people.need * sides, len(said.shown))


def measures_of(asking: Asking, about: AskedItems, said: "SaidOfItems", room: str) -> list[PeopleMeasure]:
    """The figures of each metric and side, with 95 % intervals."""
    return [
        _measure(asking, name, side, about, said, room)
        for name, asked in asking.metrics.items()
        for side in ([asking.side_of(name)] if asked.compares else about.expected)
    ]


def _measure(
    asking: Asking, name: str, side: MeasuredSide, about: AskedItems, said: "SaidOfItems", room: str
) -> PeopleMeasure:
    from ..review import value_of

    asked, metric = asking.metrics[name], metric_named(name)
    own = {one: prompt for one, prompt, of in zip(about.digests, about.prompts, about.sides, strict=True) if of == side}
    rows = [
        (own[each.item], each.reviewer, value)
        for each in said.judgements
        if each.item in own and each.item in said.taken
        if (value := value_of(asking.task, each.said, asked.axis)) is not None
    ]
    taken = {own[item] for item in said.taken if item in own}
    unjudged: dict[str, int] = {}
    for item, why in said.open.items():
        if item in own:
            unjudged[why] = unjudged.get(why, 0) + 1
    more = {
        _UNREAD: about.expected[side] - about.alike.get(side, 0) - about.sides.count(side),
        _NO_WORD: len(taken - {prompt for prompt, _, _ in rows}),
    }
    made = PeopleMeasure(
        metric=name,
        title=metric.title,
        unit=metric.unit,
        better=metric.better,
        of="after" if asked.compares else side,
        room=room,
        asked=digest(asking.task.model_dump(mode="json", exclude={"origin"})),
        items=tuple(prompt for prompt, _, _ in rows),
        reviewers=tuple(reviewer for _, reviewer, _ in rows),
        values=tuple(value for _, _, value in rows),
        taken=len(taken),
        shown=len({own[item] for item in said.shown if item in own}),
        unjudged=unjudged | {why: count for why, count in more.items() if count > 0},
        alike=about.alike.get(side, 0),
        compares=asked.compares,
    )
    return with_interval(made)


def with_interval(said: PeopleMeasure) -> PeopleMeasure:
    """The same with its mean and 95 % interval, where there is one."""
    found = clustered_mean(*coded(said)[0])
    if not isinstance(found, Clustered):
        return said
    bounds = clustered_exact(found)
    told = {"mean": bounds.estimate, "low": bounds.low, "high": bounds.high, "over": found.over}
    return said.model_copy(update=told)


def nobody_said() -> "SaidOfItems":
    """What is said of no items."""
    from ..review import SaidOfItems

    return SaidOfItems((), frozenset(), frozenset(), {}, waiting=False)


def used(said: "SaidOfItems") -> list[Judgement]:
    """The judgements that figures are taken from."""
    return [each for each in said.judgements if each.item in said.taken]
