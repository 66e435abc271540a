"""The analyst's report: every figure worked out again from what was said, and nothing told that was not."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reported import Flagged, check, couples, cut_of, figures_of, fill, say, task_of, texts
from rooms import room_with

from trimtab.api import review_report
from trimtab.errors import UserError
from trimtab.people import fair_sample
from trimtab.report import render_review, review_tables
from trimtab.review import (
    make_task,
    open_room,
    reading_room,
)
from trimtab.review.quality import quality
from trimtab.review.store import read_item
from trimtab.review.tables import ItemRow
from trimtab.stats import CannotTell, alpha, exact_interval


def test_defects_are_told_by_rule_severity_source_and_month(flagged: Flagged) -> None:
    place, said = flagged
    task = task_of(place)
    for title, rules in [
        ("no-dose", {"no-dose"}), ("no-praise", {"no-praise"}), ("Breaks any rule", {"no-dose", "no-praise"}),
        ("Breaks a rule of severity block", {"no-dose"}), ("Breaks a rule of severity warn", {"no-praise"}),
    ]:  # fmt: skip
        rows = [(who, text, float(any(rule in broken for rule in rules))) for who, text, broken in said]
        check(cut_of(task, title), rows)
        for source, numbers in (("one", "01234567"), ("two", "89abcdef")):
            check(cut_of(task, title, "source", source), [row for row in rows if row[1][-1] in numbers])
        check(cut_of(task, title, "month", f"{datetime.now(UTC):%Y-%m}"), rows)
        assert cut_of(task, title).found == sum(row[2] for row in rows)
    (dose,) = [each for each in task.measured if each.title == "no-dose"]
    assert dose.rule is not None
    assert (dose.rule.policy, dose.rule.severity, dose.rule.policy_digest) == ("house", "block", task.policy_digest)
    assert {each.rule_version for each in task.defects if each.what == "no-dose"} == {dose.rule.version}
    assert len(task.defects) == sum(len(rules.split("+")) for _, _, rules in said if rules)


def test_agreement_is_alpha_of_the_same_judgements(flagged: Flagged) -> None:
    place, said = flagged
    (found,) = [each for each in task_of(place).agreement if each.title == "no-dose"]
    with reading_room(str(place)) as session:
        names = {read_item(session, row)[1][0]: row.digest for row in session.query(ItemRow)}
    items = np.unique([names[text] for _, text, _ in said], return_inverse=True)[1]  # the order that is resampled
    wanted = alpha(items, np.array(["no-dose" in rules for _, _, rules in said]).astype(int), "nominal")
    assert not isinstance(wanted, CannotTell)
    told = found.alpha
    assert (told.estimate, told.low, told.high) == pytest.approx((wanted.estimate, wanted.low, wanted.high))
    assert (found.shared, found.alone) == (16, 0)


def test_a_month_holds_what_came_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "r.db"
    task = fill(place, make_task("thumb", "t"), texts({f"answer {n}": "one" for n in range(6)}), per_item=2)
    for name, month, liked in (("ann", 1, True), ("bo", 2, False)):
        monkeypatch.setattr("trimtab.review.judging.now", lambda month=month: datetime(2026, month, 5, tzinfo=UTC))
        say(place, name, task, lambda _, liked=liked: {"kind": "thumb", "liked": liked})
    told = task_of(place)
    assert [cut_of(told, "It will do", "month", f"2026-0{month}").figure.estimate for month in (1, 2)] == [1, 0]
    assert (told.first_day, told.last_day) == ("2026-01-05", "2026-02-05")
    late = figures_of(place, since=datetime(2026, 2, 5).date()).tasks[0]
    assert (late.counts.first, late.counts.outside, late.counts.entries) == (6, 6, 12)
    assert cut_of(late, "It will do").figure.estimate == 0
    early = figures_of(place, until=datetime(2026, 2, 4).date()).tasks[0]
    assert cut_of(early, "It will do").figure.estimate == 1


def test_while_items_wait_a_rate_is_taken_from_the_drawn_part_alone(tmp_path: Path) -> None:
    place = tmp_path / "r.db"
    names = {f"answer {n}": "one" for n in range(10)}
    task = fill(place, make_task("thumb", "t"), texts(names), per_item=1)
    waiting: list[str] = []
    drawn = say(place, "ann", task, lambda text: waiting.append(text))  # type: ignore[func-returns-value, arg-type]
    assert drawn == fair_sample(drawn, drawn, seed=task)  # the order in which chance has them
    late = {waiting[0], waiting[4]}
    first = [text for text in waiting if text not in late]
    say(place, "ann", task, lambda text: None if text in late else {"kind": "thumb", "liked": text != waiting[1]})
    told = task_of(place)
    assert told.sampling.model_dump(include={"full", "waiting", "sampled", "complete"}) == {
        "full": 8, "waiting": 2, "sampled": 0, "complete": False,
    }  # fmt: skip
    found = cut_of(told, "It will do")
    assert found.figure.estimate is None  # the drawn order's first item is waiting: eight others are no fair sample
    assert (found.judgements, found.found) == (8, 7)
    assert "No rate can be given yet" in render_review(figures_of(place))
    say(place, "ann", task, lambda text: {"kind": "thumb", "liked": True} if text == waiting[0] else None)
    check(cut_of(task_of(place), "It will do"), [("ann", t, float(t != waiting[1])) for t in waiting[:4]])
    say(place, "ann", task, lambda _: {"kind": "skip"})
    skipped = task_of(place)
    assert (skipped.sampling.skipped, skipped.sampling.complete, skipped.counts.skips) == (1, True, 1)
    check(cut_of(skipped, "It will do"), [("ann", t, float(t != waiting[1])) for t in [waiting[0], *first]])
    assert "that were skipped are missing" in render_review(figures_of(place))
    with reading_room(str(place)) as session:
        (share,) = quality(session, task).share  # the dashboard takes it from the same items
    assert ("over 9 items and 1 reviewer" in share, "1 that somebody skipped is missing from it" in share) == (
        True,
        True,
    )


def test_a_preference_is_of_the_sources_whatever_order_an_item_has(tmp_path: Path) -> None:
    place = tmp_path / "r.db"
    sources = [("old", "new"), ("new", "old"), ("old", "new"), ("new", "old"), ("old", "new"), ("old", "other")]
    task = fill(place, make_task("pair", "t"), couples({(f"a{n}", f"b{n}"): each for n, each in enumerate(sources)}))
    choices = {"a0": "second", "a1": "first", "a2": "tie", "a3": "first", "a4": "both bad", "a5": "first"}
    say(place, "ann", task, lambda text: {"kind": "pair", "choice": choices[text]})
    told = task_of(place)
    check(cut_of(told, "“new” preferred to “old”"), [("ann", f"a{n}", v) for n, v in enumerate((1, 1, 0.5, 1, 0.5))])
    check(cut_of(told, "Both answers bad"), [("ann", text, float(c == "both bad")) for text, c in choices.items()])
    assert told.lone_sources == 1
    assert told.choices == {"“new” is better": 3, "“old” is better": 1, "Alike": 1, "Both bad": 1}
    assert all(each.title != "“other” preferred to “old”" for each in told.measured)
    (person, team) = told.reviewers
    assert (person.reviewer, person.judged, team.reviewer) == ("reviewer-1", 6, None)
    assert person.first is not None


def test_marks_are_means_on_their_scale_and_what_cannot_be_told_is_counted(tmp_path: Path) -> None:
    place = tmp_path / "r.db"
    task = fill(place, make_task("rubric", "t"), texts({f"answer {n}": "one" for n in range(5)}), per_item=3)
    rows: list[tuple[str, str, float]] = []
    for place_, name in enumerate(("ann", "bo", "cy")):

        def says(text: str, name: str = name, more: int = place_) -> dict[str, Any]:
            helpful = None if text == "answer 0" else 1 + (int(text[-1]) + more) % 5
            if helpful is not None:
                rows.append((name, text, (helpful - 1) / 4))
            marks = {"helpful": helpful, "honest": 5, "harmless": 1}
            return {
                "kind": "rubric",
                "marks": marks,
                "reasons": {axis: "so" for axis, mark in marks.items() if mark in (1, 2)},
            }

        say(place, name, task, says)
    told = task_of(place)
    check(cut_of(told, "Helpful"), rows, 1, 5)
    assert cut_of(told, "Helpful").open == 3
    assert cut_of(told, "Honest").figure.estimate == 5
    assert {each.title: each.alpha.why_not for each in told.agreement}["Honest"].startswith("undefined: all agree")
    assert "undefined: all agree" in render_review(figures_of(place))
    assert {each.label for each in told.examples} == {"Helpful: 2 or less of 5", "Harmless: 2 or less of 5"}


def test_claims_edits_and_critiques_are_told_as_they_are(tmp_path: Path) -> None:
    place = tmp_path / "r.db"
    said = {f"Tea has {n} mg of zinc.": "one" for n in range(4)}
    claims = fill(place, make_task("claims", "t"), texts(said))
    verdicts = {"0": "false", "1": "true", "2": "unsupported", "3": "false"}

    def claimed(text: str) -> dict[str, Any]:
        claim = {"start": 0, "end": len(text), "quote": text, "verdict": verdicts[text[8]], "source": "a book"}
        return {"kind": "claims", "claims": [claim]}

    say(place, "ann", claims, claimed)
    edits = fill(place, make_task("edit", "t"), texts(said))
    say(place, "ann", edits, lambda text: {"kind": "edit", "text": text.replace("0 mg", "no milligram")})
    critiques = fill(place, make_task("critique", "t"), texts(said))
    say(place, "bo", critiques, lambda text: {"kind": "critique", "critique": f"Dull: {text}"})
    one, two, three = figures_of(place).tasks
    check(cut_of(one, "Makes a false claim"), [("ann", n, float(v == "false")) for n, v in verdicts.items()])
    check(cut_of(one, "Makes an unsupported claim"), [("ann", n, float(n == "2")) for n in verdicts])
    assert sorted(each.what for each in one.defects) == ["false claim", "false claim", "unsupported claim"]
    check(cut_of(two, "Edited: something was to be changed"), [("ann", n, float(n == "0")) for n in verdicts])
    (edit,) = two.edits
    assert (edit.before, edit.after) == ("Tea has 0 mg of zinc.", "Tea has no milligram of zinc.")
    assert not three.measured
    assert len(three.defects) == 4
    page = render_review(figures_of(place))
    assert "<del>0</del><ins>no</ins> <del>mg</del><ins>milligram</ins>" in page.replace("\n", "")
    assert "<mark>Tea has 0 mg of zinc.</mark>" in page


def test_gold_held_and_second_showings_are_in_no_rate(tmp_path: Path) -> None:
    place = tmp_path / "r.db"
    room, task = room_with(place)
    say(place, "ann", task, lambda _: {"kind": "pair", "choice": "second"})
    with room.database.writing() as session:
        gold, held, *_ = session.query(ItemRow).order_by(ItemRow.id)
        gold.gold, held.held = {"kind": "pair", "choice": "first"}, "it says who wrote it"
    room.database.close()
    told = task_of(place)
    assert (told.counts.first, told.counts.of_gold, told.counts.of_held) == (4, 1, 1)
    assert told.sampling.held == {"it says who wrote it": 1}
    assert cut_of(told, "“after” preferred to “before”").figure.items == 4
    assert told.reviewers[0].gold is not None
    assert told.reviewers[0].gold.estimate == exact_interval(0, 1, 0.95).estimate


def test_the_tables_hold_what_the_page_tells(flagged: Flagged) -> None:
    figures = figures_of(flagged[0])
    tables = {name: list(csv.DictReader(io.StringIO(text))) for name, text in review_tables(figures).items()}
    (task,) = figures.tasks
    assert len(tables["rates"]) == sum(len(each.cuts) for each in task.measured)
    row = next(row for row in tables["rates"] if row["measure"] == "no-dose" and row["cut"] == "all")
    told = cut_of(task, "no-dose")
    assert (float(row["estimate"]), float(row["low"])) == pytest.approx((told.figure.estimate, told.figure.low))
    assert (row["rule"], row["severity"], row["policy_digest"]) == ("no-dose", "block", task.policy_digest)
    assert len(tables["defects"]) == len(task.defects)
    (sample,) = tables["sampling"]
    assert (sample["items"], sample["full"], sample["complete"], sample["first"]) == ("16", "16", "True", "48")
    page = render_review(figures)
    assert f"{told.figure.estimate:.1%}" in page
    assert f"{told.figure.low:.1%} to {told.figure.high:.1%}" in page


def test_one_rule_is_told_alone_and_one_that_nobody_knows_is_refused(
    flagged: Flagged,
) -> None:
    (task,) = figures_of(flagged[0], rule="no-dose").tasks
    assert [each.title for each in task.measured] == ["no-dose"]
    assert {each.what for each in task.defects} == {"no-dose"}
    assert [each.label for each in task.examples] == ["no-dose"]
    with pytest.raises(UserError, match="no-dose, no-praise"):
        figures_of(flagged[0], rule="no-such")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"since": "yesterday"}, "no day"),
        ({"since": "2026-02-02", "until": "2026-02-01"}, "No day lies between"),
        ({"task": 7}, "task 7"),
    ],
)
def test_what_cannot_be_told_is_refused(tmp_path: Path, given: dict[str, Any], words: str) -> None:
    place = tmp_path / "r.db"
    room_with(place)[0].database.close()
    with pytest.raises(UserError, match=words):
        review_report(str(place), tmp_path / "out.html", **given)
    assert not (tmp_path / "out.html").exists()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    place = tmp_path / "r.db"
    room_with(place)[0].database.close()
    done = review_report(str(place))
    assert done.out == tmp_path / "r.report.html"
    assert {each.name for each in done.tables} >= {"r.report.rates.csv", "r.report.sampling.csv"}
    with pytest.raises(UserError, match="there already"):
        review_report(str(place))
    assert review_report(str(place), tmp_path / "b.html", csv=tmp_path / "t").tables[0] == tmp_path / "t" / "rates.csv"


def test_a_room_without_a_task_says_so(tmp_path: Path) -> None:
    place = tmp_path / "r.db"
    open_room(str(place)).database.close()
    assert "Nothing was put into this room yet." in render_review(figures_of(place))


def test_a_room_in_which_nobody_said_anything_says_so(tmp_path: Path) -> None:
    place = tmp_path / "r.db"
    room_with(place)[0].database.close()
    page = render_review(figures_of(place))
    assert "Nobody has judged an item of this task" in page
    assert "waiting: 6" in page
