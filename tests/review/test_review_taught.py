"""From judgements to rows of supervision, and out in the forms of others, with and without names."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from rooms import answers, judge, pairs, room_with

from trimtab.api import export_review
from trimtab.data import read_feedback
from trimtab.errors import UserError
from trimtab.records import Comparison, Judgement, Ranking, Rating, Supervision, Thumb, kind_of, standing
from trimtab.review import TaskFile, Taught, heard, make_task, only_task, reading_room, taught


def room_of(folder: Path, kind: str, said: list[dict[str, Any]], **more: Any) -> Path:
    place = folder / "r.db"
    found = pairs(len(said)) if kind == "pair" else answers(*(f"answer {n}" for n in range(len(said))))
    room_with(place, found, make_task(kind, "t", **more))[0].database.close()
    judge(place, "bo", said)
    return place


def rows_of(place: Path, **more: Any) -> Taught:
    with reading_room(str(place)) as session:
        return taught(heard(session, only_task(session, str(place))), "r.db", **more)


def kinds(rows: tuple[Supervision, ...]) -> list[str]:
    return [kind_of(row) for row in rows]


def test_a_pair_teaches_what_was_said_and_who_said_it_how(tmp_path: Path) -> None:
    choices = ("first", "second", "tie", "both bad", "cannot tell")
    place = room_of(tmp_path, "pair", [{"kind": "pair", "choice": choice} for choice in choices])
    found = rows_of(place)
    first, second, tie, *bad = found.rows
    assert isinstance(first, Comparison)
    assert isinstance(second, Comparison)
    assert isinstance(tie, Ranking)
    assert first.chosen_text.startswith("old")
    assert first.rejected_text.startswith("new")
    assert (first.chosen_model, first.rejected_model) == ("before", "after")
    assert second.chosen_text.startswith("new")
    assert second.chosen_model == "after"
    assert tie.ranks == (1, 1)  # alike, so that no side is trained as the better one
    assert [(row.label, row.completion[0].content[:3]) for row in bad if isinstance(row, Thumb)] == [
        (False, "old"),
        (False, "new"),
    ]
    assert [each.reason for each in found.rejected] == ["the reviewer could not tell"]
    told = first.provenance
    assert (told.annotator, told.judge, told.rule, told.shown_ms) == ("bo", "people", "Which answer is better?", 4200)
    assert sorted(told.order) == [0, 1]
    assert told.when is not None
    assert told.when.endswith("+00:00")


def test_other_kinds_teach_what_their_words_mean(tmp_path: Path) -> None:
    cases: list[tuple[str, list[dict[str, Any]], list[str], int]] = [
        ("thumb", [{"kind": "thumb", "liked": value} for value in (True, False, None)], ["thumb"] * 2, 1),
        ("rating", [{"kind": "rating", "rating": value} for value in (5, None)], ["rating"], 1),
        ("critique", [{"kind": "critique", "critique": "dull"}], ["critique"], 0),
        ("claims", [{"kind": "claims", "claims": []}], [], 1),
    ]
    for name, said, wanted, left in cases:
        (tmp_path / name).mkdir()
        found = rows_of(room_of(tmp_path / name, name, said))
        assert (kinds(found.rows), len(found.rejected)) == (wanted, left), name


def test_an_edit_without_a_change_shows_the_answer_as_it_is(tmp_path: Path) -> None:
    place = tmp_path / "r.db"
    room_with(place, answers("the same"), make_task("edit", "t"))[0].database.close()
    judge(place, "bo", [{"kind": "edit", "text": "the same"}])
    judge_again = rows_of(place)
    assert kinds(judge_again.rows) == ["demonstration"]
    other = tmp_path / "o.db"
    room_with(other, answers("the same"), make_task("edit", "t"))[0].database.close()
    judge(other, "bo", [{"kind": "edit", "text": "better"}])
    assert kinds(rows_of(other).rows) == ["edit"]


def test_a_rubric_is_one_axis_or_the_mean_and_half_a_rubric_is_none(tmp_path: Path) -> None:
    axes = [{"id": name, "title": name, "question": "?", "anchors": ["no", "so", "yes"]} for name in ("warm", "clear")]
    given = TaskFile.model_validate({"kind": "rubric", "rubric": {"name": "tone", "axes": axes}})
    said = [
        {"kind": "rubric", "marks": {"warm": 3, "clear": 2}},
        {"kind": "rubric", "marks": {"warm": 1, "clear": None}},
    ]
    place = room_of(tmp_path, "rubric", said, given=given)
    (mean,) = rows_of(place).rows
    assert isinstance(mean, Rating)
    assert (mean.rating, mean.low, mean.high) == (0.75, 0, 1)
    one, two = rows_of(place, axis="warm").rows
    assert isinstance(one, Rating)
    assert isinstance(two, Rating)
    assert (one.rating, two.rating, one.high) == (3, 1, 3)
    with pytest.raises(UserError, match="warm, clear"):
        rows_of(place, axis="kind")


def test_items_that_too_few_have_judged_teach_nothing_yet(tmp_path: Path) -> None:
    place = room_of(tmp_path, "pair", [{"kind": "pair", "choice": "first"}] * 3)
    assert len(rows_of(place, per_item=2).rejected) == 3
    with reading_room(str(place)) as session:
        assert (heard(session, 1).judged, heard(session, 1, 2).judged, heard(session, 1).shown) == (3, 0, 3)


def test_exports_are_read_back_as_the_same_rows(tmp_path: Path) -> None:
    choices = ("first", "second", "tie", "cannot tell")
    place = room_of(tmp_path, "pair", [{"kind": "pair", "choice": choice, "why": "so"} for choice in choices])
    done = export_review(str(place), tmp_path / "out.jsonl", to="trl")
    assert done.counts == {"comparison": 2}
    assert len(done.rejected) == 2
    assert done.judged == 4
    back = read_feedback(tmp_path / "out.jsonl")
    assert list(back.kept) == [row for row in rows_of(place).rows if isinstance(row, Comparison)]
    for form in ("openai", "label-studio", "csv"):
        export_review(str(place), tmp_path / form, to=form)  # type: ignore[arg-type]
    with (tmp_path / "csv").open() as file:
        lines = list(csv.DictReader(file))
    assert [(line["annotator"], line["shown_ms"], bool(line["order"])) for line in lines] == [("bo", "4200", True)] * 3
    assert len(read_feedback(tmp_path / "label-studio").kept) == 2  # it has no ties
    with pytest.raises(UserError, match="there already"):
        export_review(str(place), tmp_path / "csv", to="csv")
    with pytest.raises(UserError, match="no such file"):
        export_review(str(tmp_path / "no.db"), tmp_path / "new")


def test_what_is_published_names_nobody(tmp_path: Path) -> None:
    why = "Bo is right, write to jo.miller@firm.io"
    place = room_of(tmp_path, "pair", [{"kind": "pair", "choice": "first", "why": why}])
    for form in ("journal", "trl", "csv", "label-studio"):
        done = export_review(str(place), tmp_path / form, to=form, redact=True)  # type: ignore[arg-type]
        text = (tmp_path / form).read_text()
        assert not re.search(r"\bbo\b|miller", text, re.IGNORECASE), form
        assert all(word in text for word in ("reviewer-1", "[email]")), form
        assert "masked: 1." in done.notes[0]
    entry = Judgement.from_json((tmp_path / "journal").read_text())
    assert entry.when.hour == entry.when.minute == entry.when.second == 0
    assert entry.shown_ms == 0
    assert entry.said.why == "reviewer-1 is right, write to [email]"  # type: ignore[union-attr]
    row = json.loads((tmp_path / "trl").read_text())
    assert len(row["provenance"]["when"]) == 10
    assert standing([entry]) == [entry]
