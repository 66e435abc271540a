"""What models of reviewers make of a room, and what it says of orders and of second showings."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from reported import Flagged, check, cut_of, figures_of, fill, say, task_of, texts
from rooms import pairs, room_with

from trimtab.people import Compared, Said, Strengths, Truths, likely_truths, strengths
from trimtab.records import Message
from trimtab.report import render_review, review_tables
from trimtab.review import Gathered, NewItem, Plan, Side, make_task
from trimtab.stats import Interval, exact_interval


def test_what_is_likely_true_and_who_says_so_is_told_of_flags(flagged: Flagged) -> None:
    place, rows = flagged
    told = task_of(place)
    assert [each.title for each in told.truths] == ["Breaks any rule", "no-dose", "no-praise"]
    dose = told.truths[1]
    model = likely_truths([Said(who, text, "no-dose" in rules) for who, text, rules in rows])
    assert isinstance(model, Truths)
    assert (dose.items, dose.likely) == (16, sum(each[True] > 0.5 for each in model.items.values())) == (16, 8)
    said = {each.name: each.figure.estimate for each in dose.reviewers}
    assert said == {f"reviewer-{n}": each.right.estimate for n, each in enumerate(model.reviewers, 1)}
    assert said["reviewer-2"] == min(said.values())  # bo, who sees one dose of eight
    page = render_review(figures_of(place))
    assert "likely so of 8 of 16 items" in page
    assert page.count("Says what is likely true") == 1
    models = list(csv.DictReader(io.StringIO(review_tables(figures_of(place))["models"])))
    assert {(each["model"], each["name"]) for each in models if each["of"] == "no-dose"} == {
        ("Dawid-Skene", name) for name in ("likely so", "reviewer-1", "reviewer-2", "reviewer-3")
    }


def test_where_reviewers_are_few_nothing_is_said_to_be_likely(tmp_path: Path) -> None:
    place = tmp_path / "r.db"
    task = fill(place, make_task("thumb", "t"), texts({f"answer {n}": "one" for n in range(6)}), per_item=2)
    for name in ("ann", "bo"):
        say(place, name, task, lambda _: {"kind": "thumb", "liked": True})
    (truth,) = task_of(place).truths
    assert "reviewers" in truth.why_not
    assert "cannot tell: " + truth.why_not in render_review(figures_of(place))


def test_orders_tell_which_source_is_put_first_and_how_strong_each_is(tmp_path: Path) -> None:
    place = tmp_path / "r.db"
    asked = (Message(role="user", content="What helps?"),)
    sides = [("x", "y", "z"), ("z", "x", "y")]
    items = tuple(NewItem(asked, tuple(Side(f"{name}{n:02}", name) for name in sides[n % 2])) for n in range(12))
    task = fill(place, make_task("rank", "t"), Gathered("a file", items, {}), per_item=3)
    marks: list[tuple[str, str, dict[str, int]]] = []
    for who in ("ann", "bo", "cy"):

        def says(text: str, who: str = who) -> dict[str, Any]:
            number = int(text[1:])
            best = ("xyz", "yxz", "xzy", "zyx", "yzx")[(number + len(who)) % 5]
            ranks = {name: best.index(name) + 1 for name in best}
            if number == 1 and who == "ann":
                ranks = {"x": 1, "y": 1, "z": 2}
            marks.append((who, text[1:], ranks))
            return {"kind": "rank", "ranks": ranks}

        say(place, who, task, says)
    told = task_of(place)
    first = [(who, item, (r["x"] == 1) / (1 + (r["y"] == 1 == r["x"]))) for who, item, r in marks]
    check(cut_of(told, "“x” put first"), first)
    before = [(who, item, 1.0 if r["z"] < r["x"] else 0.5 * (r["z"] == r["x"])) for who, item, r in marks]
    check(cut_of(told, "“z” before “x”"), before)
    (alike,) = told.agreement
    assert (alike.shared, alike.alone) == (12, 0)
    assert alike.alpha.estimate is not None
    compared = [
        Compared(who, item, one, other, "first" if r[one] < r[other] else "second" if r[one] > r[other] else "tie")
        for who, item, r in marks
        for one, other in (("x", "y"), ("x", "z"), ("y", "z"))
    ]
    found = strengths(compared, reliability=True)
    assert isinstance(found, Strengths)
    assert told.strengths is not None
    assert (told.strengths.compared, told.strengths.ties) == (108, 1)
    assert {each.name for each in told.strengths.sources} == {"x", "y", "z"}
    for each in told.strengths.sources:
        wanted = found.models[each.name]
        assert isinstance(wanted, Interval)
        assert each.figure.estimate == pytest.approx(wanted.estimate, abs=1e-6)
    bo = {each.name: each.figure.estimate for each in told.strengths.reviewers}
    assert len(bo) == 3
    assert "“x” put first" in [each.label for each in told.examples]
    page = render_review(figures_of(place))
    assert "How strong each source is" in page
    assert "“x” and “y”; then “z”" in page or "“x”; then “y”; then “z”" in page


def test_a_reviewers_second_showings_are_told(tmp_path: Path) -> None:
    """Ann follows the side in one pair of four that come again; nothing of them is in the rate."""
    place = tmp_path / "r.db"
    room, task = room_with(place, pairs(4), plan=Plan(repeat=1.0))
    room.database.close()
    seen: dict[str, int] = {}

    def says(text: str) -> dict[str, Any]:
        seen[text] = seen.get(text, 0) + 1
        return {"kind": "pair", "choice": "first" if text == "old answer 0" and seen[text] == 2 else "second"}

    for _ in range(2):
        say(place, "ann", task, says)
    told = task_of(place)
    ann, team = told.reviewers
    assert told.counts.again == 4
    assert ann.same is not None
    assert ann.turned is not None
    assert (ann.same.estimate, ann.turned.estimate, ann.same.n) == (0.75, 0.25, 4)
    low, high = exact_interval(3, 4, 0.95).low, exact_interval(3, 4, 0.95).high
    assert (ann.same.low, ann.same.high) == (low, high)
    assert team.same is not None
    assert cut_of(told, "“after” preferred to “before”").figure.n == 4
