"""What people and a judge say of the same pairs, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..errors import UserError
from ..loop import answers_judged
from ..records import PairSide, PeopleLabel
from .results import Result, frame_of

if TYPE_CHECKING:
    import polars


@dataclass(frozen=True)
class JudgedPair:
    """A pair that people judged, and the judge's verdict; None where the judge gave none."""

    label: PeopleLabel
    judge: PairSide | None

    @property
    def agrees(self) -> bool | None:
        """Whether the judge says what most people say; None where one of them says nothing clear."""
        people = self.label.people.majority
        return None if people is None or self.judge is None else people == self.judge


@dataclass(frozen=True, repr=False)
class PairedResult(Result):
    """Pairs with people's votes and a judge's verdicts; a row of the frame is a pair."""

    pairs: tuple[JudgedPair, ...]

    @property
    def summary(self) -> str:
        """How often they agree. How far that can be relied on is for a calibration to say."""
        known = [each.agrees for each in self.pairs if each.agrees is not None]
        return f"{len(self.pairs)} pairs, {len(known)} with a verdict of both; alike on {sum(known)}"

    def to_frame(self) -> "polars.DataFrame":
        """A row a pair: item, judge, people (the most frequent, None where two are), a, b, tie, both_bad."""
        import polars as pl

        rows = [
            {
                "item": each.label.item,
                "judge": each.judge,
                "people": each.label.people.majority,
                **each.label.people.model_dump(),
            }
            for each in self.pairs
        ]
        schema = dict.fromkeys(("item", "judge", "people"), pl.String)
        return frame_of(rows, {**schema, **dict.fromkeys(("a", "b", "tie", "both_bad"), pl.Int64)})


def people_labels(room: str, *, task: int | None = None, per_item: int = 1) -> tuple[PeopleLabel, ...]:
    """What people said of each pair in a room, as votes. Raises UserError where there is none."""
    from ..review import heard, labels_of, only_task, reading_room

    with reading_room(room) as session:
        return labels_of(heard(session, only_task(session, room, task), per_item), per_item)


def paired_with_judge(
    room: str,
    judge: Mapping[str, Literal["a", "b", "tie"]] | str | Path,
    *,
    metric: str | None = None,
    task: int | None = None,
    per_item: int = 1,
) -> PairedResult:
    """Every pair that people judged, with what a judge says of it.

    `judge` are verdicts by the pair's item, or a run's folder: there the rubric that judged its sampled answers says
    which of the two it marked higher, and with `metric` the scorer behind that says it of the answers before and after.
    Raises UserError where the room, the run or the metric is not there, or the room is on other answers altogether.
    """
    labels = people_labels(room, task=task, per_item=per_item)
    if isinstance(judge, Mapping):
        return PairedResult(tuple(JudgedPair(each, judge.get(each.item)) for each in labels))
    marks = answers_judged(Path(judge), metric)
    found = tuple(JudgedPair(each, _verdict(each, marks)) for each in labels)
    if labels and all(each.judge is None for each in found):
        raise UserError(
            f"The room is {room}, and the judge that of {judge}.",
            "It has judged none of the pairs in the room.",
            "Name the run whose answers were reviewed" + (", or its `metric`." if metric is None else "."),
        )
    return PairedResult(found)


def _verdict(label: PeopleLabel, marks: Mapping[tuple[str, str], float]) -> PairSide | None:
    asked = label.prompt if isinstance(label.prompt, str) else "\n".join(turn.content for turn in label.prompt)
    one, other = (marks.get((asked, text)) for text in (label.answer_a, label.answer_b))
    if one is None or other is None:
        return None
    return "a" if one > other else "b" if other > one else "tie"
