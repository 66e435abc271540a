"""What people are asked of a run's answers before and after."""

from pydantic import field_validator

from ..metrics import asked_of_people, people_metrics
from .base import Positive, Reviewers, Section
from .rooms import RoomPlace, called


class PeopleSpec(Section):
    """What people say of the held-out answers, in a review room (docs/review.md): the run's own, review.db in its
    folder, unless `room` names another.

    The run puts its answers there and waits until `per_item` people have judged each of `need` items (as many on each
    side where a gate compares with before), which are drawn by chance. They are asked for what gates look at, and for
    the `measures` besides. `tasks` are files as `trimtab review --task` reads them, each in place of the usual wording
    of its kind: a rubric of one's own is measured as people.RUBRIC.AXIS.
    """

    need: Positive
    per_item: Reviewers = 1
    room: RoomPlace | None = None
    measures: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()

    @field_validator("measures")
    @classmethod
    def _of_people(cls, measures: tuple[str, ...]) -> tuple[str, ...]:
        for name in measures:
            if asked_of_people(name) is None:
                raise ValueError(f"{name!r} is not asked of people; they are asked for {', '.join(people_metrics())}")
        return measures

    @property
    def called(self) -> str:
        """What messages call the room."""
        return called(self.room)
