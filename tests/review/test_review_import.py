"""Judgements made elsewhere, taken into a room: once each, by whom, on which item, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from rooms import ONCE, judge, pairs, people, room_with

from cli_runner import trimtab
from trimtab.api import export_review, import_review, review_report
from trimtab.errors import UserError
from trimtab.records import Judgement, Reject, standing
from trimtab.review import (
    Plan,
    heard,
    judgements,
    make_task,
    only_task,
    open_database,
    read_items,
    reading_room,
    taught,
)
from trimtab.review.open import TaskFile
from trimtab.review.quality import quality

ASK, ONE, TWO = "Which tea?", "Green tea.", "Black tea."


def pick(side: str, who: Any = "ann@x.org", when: str | None = "2026-03-01T10:00:00Z", **data: Any) -> dict[str, Any]:
    """A task of Label Studio's with one annotation of its pairwise template."""
    value = {"from_name": "cmp", "to_name": "answer1,answer2", "type": "pairwise", "value": {"selected": side}}
    by = {"id": 31, "completed_by": who, "created_at": when, "result": [value]}
    return {"id": 7, "data": {"prompt": ASK, "answer1": ONE, "answer2": TWO, **data}, "annotations": [by]}


def record(value: Any, who: str = "u-1", status: str = "submitted", when: str | None = None) -> dict[str, Any]:
    """A record of Argilla's with one response to a ranking."""
    one = {"user_id": who, "status": status, "values": {"ranking": {"value": value}}, "updated_at": when}
    fields = {"prompt": ASK, "response-1": ONE, "response-2": TWO, "response-3": "Mint tea."}
    return {"id": "r", "fields": fields, "responses": [one]}


def kept(path: Path, *rows: Any) -> Path:
    path.write_text(json.dumps(rows))
    return path


def said_in(room: Path) -> list[Judgement]:
    database = open_database(str(room))
    with database.reading() as session:
        found = list(judgements(session))
    database.close()
    return found


def choices(room: Path) -> dict[str, Any]:
    """What stands, by who said it."""
    return {each.reviewer: each.said.choice for each in standing(said_in(room))}  # type: ignore[union-attr]


def test_annotations_become_judgements_once_with_where_they_are_from(tmp_path: Path) -> None:
    room = tmp_path / "r.db"
    file = kept(tmp_path / "ls.json", pick("left"), pick("left", {"email": "bo@x.org"}), pick("right", 4))
    first = import_review(str(room), file)
    assert (first.kept, first.there, first.new_items, len(first.rejected)) == (3, 0, 1, 0)
    assert first.reviewers == ("Label Studio 4", "ann@x.org", "bo@x.org")  # a number is somebody else elsewhere
    said = choices(room)
    assert said["ann@x.org"] == said["bo@x.org"] != said["Label Studio 4"]
    again = import_review(str(room), file)
    assert (again.kept, again.there, again.new_items) == (0, 3, 0)
    [told] = {each.imported for each in said_in(room)}
    assert told is not None
    assert (told.form, told.row, told.when) == ("Label Studio", "7", "2026-03-01T10:00:00Z")
    assert all(each.order == () for each in said_in(room))
    with reading_room(str(room)) as session:
        told_lead = quality(session, only_task(session, "r"))
        rows = taught(heard(session, 1), "r").rows
    assert told_lead.share == ()  # whose the two answers are, nobody knows
    assert all("side" not in line for _, lines in told_lead.reviewers for line in lines)
    assert {row.provenance.when for row in rows} == {"2026-03-01T10:00:00Z"}
    assert {row.provenance.order for row in rows} == {()}


def test_annotations_of_the_rooms_items_are_matched_by_what_they_hold(tmp_path: Path) -> None:
    room, task = room_with(tmp_path / "r.db", pairs(2))
    room.database.close()
    data = {"prompt": "Question 1?", "answer1": "new answer 1", "answer2": "old answer 1"}  # the other way round
    done = import_review(str(tmp_path / "r.db"), kept(tmp_path / "l.json", pick("left", **data)))
    assert (done.kept, done.new_items, done.task) == (1, 0, task)
    assert choices(tmp_path / "r.db") == {"ann@x.org": "second"}  # of the item, "new" is the second


def test_a_change_of_mind_supersedes_and_an_old_file_or_the_room_do_not_give_way(tmp_path: Path) -> None:
    room = tmp_path / "r.db"
    room_with(room, pairs(1), plan=Plan(per_item=9, repeat=0))[0].database.close()
    data = {"prompt": "Question 0?", "answer1": "old answer 0", "answer2": "new answer 0"}
    old = kept(tmp_path / "o.json", pick("left", **data))
    new = kept(tmp_path / "n.json", pick("right", when="2026-03-02T10:00:00Z", **data))
    import_review(str(room), old)
    first = choices(room)
    import_review(str(room), new)
    assert choices(room) != first
    assert import_review(str(room), old).there == 1
    early = kept(tmp_path / "e.json", pick("left", when="2026-02-01T10:00:00Z", **data))
    assert "judged it again later" in import_review(str(room), early).rejected[0].reason
    assert len(said_in(room)) == 2
    judge(room, "zoe", [{"kind": "pair", "choice": "tie"}])
    by_zoe = kept(tmp_path / "z.json", pick("left", "zoe", **data))
    assert "said something of it in the room" in import_review(str(room), by_zoe).rejected[0].reason
    assert choices(room)["zoe"] == "tie"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (pick("tie"), "neither side is preferred"),
        (pick("left", None), "nobody is named"),
        (pick("left") | {"annotations": [{"was_cancelled": True, "result": []}]}, "skipped this task"),
        (pick("left", answer2=ONE), "both sides are equal"),
        (pick("left", "x" * 70), "1 to 64 letters"),
        ({"prompt": ASK, "chosen": ONE, "rejected": TWO, "judge": "a-model"}, "its judge is a-model"),
        ({"prompt": ASK, "completion": ONE, "rating": 4, "low": 1, "high": 5, "annotator": "a"}, "the task is of"),
        (record([{"value": n, "rank": 1} for n in ("response-1", "response-2", "response-3")]), "a tie"),
        (record([{"value": "response-9", "rank": 1}, {"value": "response-2", "rank": 2}]), "does not name answers"),
        (record([], status="discarded"), "discarded"),
    ],
)  # fmt: skip
def test_what_is_no_judgement_is_refused_by_name(row: dict[str, Any], why: str, tmp_path: Path) -> None:
    room, _ = room_with(tmp_path / "r.db", pairs(1))
    room.database.close()
    good = pick("left", "ok") if "data" in row else None
    file = kept(tmp_path / "f.json", row, *([good] if good else []))
    try:
        told = import_review(str(tmp_path / "r.db"), file).rejected
        reasons = [each.reason for each in told]
    except UserError as error:  # where no row can be read at all
        reasons = [str(error)]
    assert any(why in reason for reason in reasons), reasons
    assert len(said_in(tmp_path / "r.db")) == (1 if good else 0)


def test_rankings_with_ties_and_ratings_make_their_own_tasks(tmp_path: Path) -> None:
    order = [{"value": "response-2", "rank": 1}, {"value": "response-1", "rank": 2}, {"value": "response-3", "rank": 2}]
    ranks = import_review(str(tmp_path / "a.db"), kept(tmp_path / "a.json", record(order, when="2026-01-01T00:00:00")))
    assert ranks.kept == 1
    [row] = taught_of(tmp_path / "a.db")
    assert (row["completions"][0][0]["content"], row["ranks"]) == (TWO, [1, 2, 2])
    stars = {"from_name": "r", "to_name": "response", "type": "rating", "value": {"rating": 4}}
    by = {"completed_by": "ann", "result": [stars]}
    file = kept(tmp_path / "s.json", {"data": {"prompt": ASK, "response": ONE}, "annotations": [by]})
    assert import_review(str(tmp_path / "s.db"), file).kept == 1
    with reading_room(str(tmp_path / "s.db")) as session:
        assert heard(session, 1).task.scale == (1, 5)
    assert "its scale is 1 to 9" in import_review(str(tmp_path / "s.db"), file, scale=(1, 9)).rejected[0].reason


def taught_of(room: Path) -> list[dict[str, Any]]:
    with reading_room(str(room)) as session:
        return [row.model_dump(mode="json") for row in taught(heard(session, 1), "r").rows]


@pytest.mark.parametrize("form", ["label-studio", "csv"])
def test_what_was_exported_comes_back_as_it_was(form: Any, tmp_path: Path) -> None:
    room, _ = room_with(tmp_path / "r.db", pairs(6))
    people(room, "ann")
    room.database.close()
    said = [
        {"kind": "pair", "choice": "first", "strength": 3, "why": "It answers"},
        {"kind": "pair", "choice": "second"},
        {"kind": "pair", "choice": "second", "strength": 1},
        {"kind": "pair", "choice": "first", "why": "Short"},
    ]
    judge(tmp_path / "r.db", "ann", said)
    out = tmp_path / f"out.{'csv' if form == 'csv' else 'json'}"
    export_review(str(tmp_path / "r.db"), out, to=form)
    assert import_review(str(tmp_path / "r.db"), out).there == 4  # its own, come back
    other, _ = room_with(tmp_path / "o.db", pairs(6))
    other.database.close()
    done = import_review(str(tmp_path / "o.db"), out)
    assert (done.kept, done.new_items, done.rejected) == (4, 0, ())
    there, here = (
        {each.item: (each.reviewer, each.said) for each in said_in(tmp_path / name)} for name in ("r.db", "o.db")
    )
    assert there == here


def test_rankings_come_back_from_label_studio_where_nothing_is_tied(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    rows = ({"prompt": f"{n}?", "response": f"{n} {word}"} for n in "12" for word in "xyz")
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    for name in ("r.db", "o.db"):
        room_with(tmp_path / name, read_items([str(source)], 8), make_task("rank", "a"), ONCE)[0].database.close()
    judge(tmp_path / "r.db", "ann", [{"kind": "rank", "ranks": [3, 1, 2]}, {"kind": "rank", "ranks": [1, 1, 2]}])
    done = export_review(str(tmp_path / "r.db"), tmp_path / "l.json", to="label-studio")
    assert [each.reason for each in done.rejected] == ["a ranking with ties, which Label Studio's ranker has not"]
    assert import_review(str(tmp_path / "o.db"), tmp_path / "l.json").kept == 1
    [back] = said_in(tmp_path / "o.db")
    assert back.said in [each.said for each in said_in(tmp_path / "r.db")]


def test_the_command_tells_what_came_of_it(tmp_path: Path) -> None:
    kept(tmp_path / "l.json", pick("left", None), pick("tie", "bo"))
    done = trimtab(
        "review", "import", "r.db", "l.json", "--reviewer", "cy", "--rejected", "no.jsonl", "--json", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["kept"], told["there"], told["reviewers"], len(told["rejected"])) == (1, 0, ["cy"], 1)
    assert [Reject.from_json(line).row for line in (tmp_path / "no.jsonl").read_text().splitlines()] == ["row 2"]
    again = trimtab("review", "import", "r.db", "l.json", "--reviewer", "cy", cwd=tmp_path)
    assert (again.returncode, "0 judgements taken in, 1 there before" in again.stdout) == (0, True)
    none = trimtab("review", "import", "r.db", "l.json", "--rejected", "all.jsonl", "--json", cwd=tmp_path)
    assert (none.returncode, none.stdout, none.stderr.count("Traceback")) == (2, "", 0)
    assert "None of its 2 judgements was taken in; the first: " in none.stderr
    assert len((tmp_path / "all.jsonl").read_text().splitlines()) == 2
    wrong = trimtab("review", "import", "r.db", "l.json", "--task", "9", cwd=tmp_path)
    assert wrong.returncode == 2


@pytest.mark.parametrize(
    "row", [pick("left"), record([{"rank": n, "value": f"response-{n}"} for n in (1, 2, 3)])], ids=["pair", "ranking"]
)
def test_a_room_of_imports_alone_is_told_as_any_other(row: dict[str, Any], tmp_path: Path) -> None:
    """Nobody knows which side an imported answer stood on: side bias leaves it out, and all else counts it."""
    import_review(str(tmp_path / "r.db"), kept(tmp_path / "l.json", row))
    done = review_report(str(tmp_path / "r.db"))
    (task,) = done.figures.tasks
    assert [(each.judged, each.first, each.same) for each in task.reviewers] == [(1, None, None)] * 2
    assert export_review(str(tmp_path / "r.db"), tmp_path / "o.csv", to="csv").summary.endswith(
        "of 1 judgement that stands, 0 rejected"
    )


def test_ratings_of_another_scale_than_five_need_it_said(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text(json.dumps({"prompt": ASK, "response": ONE}) + "\n")
    for name in ("r.db", "o.db"):
        task = make_task("rating", "a", TaskFile(scale=(1, 9)))
        room_with(tmp_path / name, read_items([str(source)], 1), task, ONCE)[0].database.close()
    judge(tmp_path / "r.db", "ann", [{"kind": "rating", "rating": 4}])
    export_review(str(tmp_path / "r.db"), tmp_path / "l.json", to="label-studio")
    assert "its scale is 1 to 5" in import_review(str(tmp_path / "o.db"), tmp_path / "l.json").rejected[0].reason
    assert import_review(str(tmp_path / "o.db"), tmp_path / "l.json", scale=(1, 9)).kept == 1
