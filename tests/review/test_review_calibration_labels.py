"""What people said in a room is what a judge is held against."""

from pathlib import Path

from rooms import judge, pair_said, pairs, room_with

from trimtab.api import calibrate
from trimtab.scorers import FunctionScorer

OLDER = FunctionScorer("older", "1", lambda prompt, answer: float("old" in answer))


def test_a_room_is_labels_of_a_judge(tmp_path: Path) -> None:
    room, _ = room_with(tmp_path / "a.review.db", pairs(4))
    room.database.close()
    judge(tmp_path / "a.review.db", "eva", [pair_said("first")] * 3 + [pair_said("tie")])
    found = calibrate(OLDER, tmp_path / "a.review.db")
    assert found.record.people == 1
    assert found.record.overall.accuracy.estimate == 1
    assert (found.record.overall.items, len(found.rejected)) == (3, 1)  # a tie makes no row
