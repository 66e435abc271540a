"""What a lead is told of a task, items at odds and the word that settles them, gold items, and the queue's order."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from reported import task_of
from rooms import ONCE, PASSWORD, pair_said, pairs, people, room_with
from sqlalchemy import select, text, update
from starlette.testclient import TestClient

from trimtab.errors import UserError
from trimtab.records import settled, standing
from trimtab.review import Plan, Room, judgements, make_task, open_room, open_task, read_items
from trimtab.review.app import create_app
from trimtab.review.assign import hand_out
from trimtab.review.blind import Wire
from trimtab.review.judging import Sent, keep, last_card
from trimtab.review.odds import CannotSettle, items_at_odds, settle
from trimtab.review.ordering import EVERY, put_in_order
from trimtab.review.quality import quality
from trimtab.review.records import Reviewer
from trimtab.review.tables import ItemRow, PlaceRow

_WIRE: TypeAdapter[Wire] = TypeAdapter(Wire)


def says(room: Room, who: Reviewer, task: int, choose, count: int = 20) -> None:  # type: ignore[no-untyped-def]
    """Judges what is on the desk; `choose` maps what side A says to what is said."""
    for card in hand_out(room.database, room.secret, who, task, count).cards:
        said = choose(card.answers[0].html or "")
        keep(room.database, who, Sent(f"{who.id:08}{card.id}", card.id, _WIRE.validate_python(said)))


def new_better(side_a: str) -> dict[str, object]:
    return pair_said("B" if "old" in side_a else "A", why="newer")


def old_better(side_a: str) -> dict[str, object]:
    return pair_said("A" if "old" in side_a else "B", why="plainer")


def both(tmp_path: Path, count: int = 4) -> tuple[Room, int, Reviewer, Reviewer, Reviewer]:
    """Two reviewers and a lead; the reviewers are at odds on all items but those that the second left out."""
    room, task = room_with(tmp_path / "r.db", pairs(count), plan=Plan(per_item=2, repeat=0))
    one, two, lead = people(room, "bo", "cy", "lee")
    says(room, one, task, new_better)
    return room, task, one, two, lead


def test_a_lead_reads_both_reasons_and_their_word_stands_while_theirs_is_kept(tmp_path: Path) -> None:
    room, task, _, two, lead = both(tmp_path)
    says(room, two, task, old_better)
    with room.database.reading() as session:
        found, count = items_at_odds(session, room.secret, lead, task)
    assert count == len(found) == 4
    assert [(word.who, word.why) for word in found[0].words] == [("bo", "newer"), ("cy", "plainer")]
    bo = found[0].words[0]
    shown_new = "A" if "new" in (found[0].card.answers[0].html or "") else "B"
    assert bo.said == f"{shown_new} is better"  # as this lead sees the sides
    with pytest.raises(CannotSettle, match="Say why"):
        settle(room.database, room.secret, lead, found[0].item_id, bo.key, " ")
    with pytest.raises(CannotSettle, match="Choose"):
        settle(room.database, room.secret, lead, found[0].item_id, found[1].words[0].key, "of another item")
    settle(room.database, room.secret, lead, found[0].item_id, bo.key, "it answers")
    settle(room.database, room.secret, lead, found[0].item_id, found[0].others[2][0], "no, they are alike")
    with room.database.reading() as session:
        said = list(judgements(session))
        assert items_at_odds(session, room.secret, lead, task)[1] == 3
    assert len(standing(said)) == 9  # eight of the reviewers', one of the lead's two
    last = [each for each in settled(said) if each.item == said[-1].item]
    assert [(each.reviewer, each.showing, each.said.kind) for each in last] == [("lee", 0, "pair")]
    assert last[0].said.choice == "tie"  # type: ignore[union-attr]
    assert len(settled(said)) == 7
    assert last_card(room.database, room.secret, lead, task) is None  # nothing that undo could take back
    room.database.close()


def test_what_is_alike_and_what_could_not_be_told_is_not_at_odds(tmp_path: Path) -> None:
    room, task, _, two, lead = both(tmp_path, 2)
    said = iter([pair_said("cannot tell"), None])
    says(room, two, task, lambda side: next(said) or new_better(side))
    with room.database.reading() as session:
        assert items_at_odds(session, room.secret, lead, task) == ([], 0)
    room.database.close()


def test_a_lead_is_told_agreement_and_what_is_undefined(tmp_path: Path) -> None:
    room, task, _, two, _ = both(tmp_path, 6)
    says(room, two, task, new_better)
    with room.database.reading() as session:
        told = quality(session, task)
    assert "undefined: all agree" in told.agreement[0]
    assert told.share[0].startswith("“after” preferred to “before”: 100%")
    assert [name for name, _ in told.reviewers] == ["bo", "cy", "All together"]
    assert "shown first" in " ".join(told.reviewers[0][1])
    room.database.close()


@pytest.mark.parametrize(("judged", "shared"), [((), 0), (range(12), 12), ((*range(12), *range(13, 20)), 12)])
def test_while_items_wait_agreement_is_of_the_same_items_as_in_the_report(
    tmp_path: Path, judged: tuple[int, ...], shared: int
) -> None:
    room, task, _, two, _ = both(tmp_path, 24)
    for place, card in enumerate(hand_out(room.database, room.secret, two, task, 20).cards):
        if place in judged:
            said = (old_better if place < 6 else new_better)(card.answers[0].html or "")
            keep(room.database, two, Sent(f"cy-{place}", card.id, _WIRE.validate_python(said)))
    with room.database.reading() as session:
        told = quality(session, task).agreement[0]
    room.database.close()
    (report,) = task_of(tmp_path / "r.db").agreement
    assert report.shared == shared
    assert f"over {shared} items" in told
    assert f"Of the {len(judged)} judged in full, {shared} came by chance." in told
    assert (report.alpha.estimate is not None) == bool(judged)
    if report.alpha.estimate is not None:
        assert f": {report.alpha.estimate:.2f} (" in told


def test_gold_items_go_to_everybody_warn_and_block_nobody(tmp_path: Path) -> None:
    room, task = room_with(tmp_path / "r.db", pairs(60), plan=Plan(per_item=1, repeat=0))
    right = {"kind": "pair", "choice": "second", "strength": None, "why": ""}
    with room.database.writing() as session:
        for row in session.scalars(select(ItemRow).order_by(ItemRow.digest).limit(40)):
            row.gold = right
    good, bad = people(room, "good", "bad")
    for _ in range(4):
        says(room, good, task, new_better)
    for _ in range(4):
        says(room, bad, task, old_better)
    with room.database.reading() as session:
        told = quality(session, task)
    assert told.warned == ("bad",)
    assert told.gold_items == 40
    assert "judged" not in told.share[0] or "1 reviewer" in told.share[0]  # gold items are not in the share
    assert hand_out(room.database, room.secret, bad, task, 1).state == "finished"
    card = TestClient(create_app(room)).get(f"/tasks/{task}").text
    assert "gold" not in card.casefold()
    room.database.close()


def test_what_reviewers_are_at_odds_on_comes_before_what_they_agree_on(tmp_path: Path) -> None:
    room, task = room_with(tmp_path / "r.db", pairs(EVERY), plan=Plan(per_item=3, repeat=0))
    one, two, three = people(room, "one", "two", "three")
    odd = {f"new answer {n}<" for n in range(8)}

    def some(side: str) -> dict[str, object]:
        number = int(re.findall(r"\d+", side)[0])
        return old_better(side) if f"new answer {number}<" in odd else new_better(side)

    for who, choose in ((one, new_better), (two, some)):
        for _ in range(2):
            says(room, who, task, choose)
    first = [
        int(re.findall(r"\d+", card.answers[0].html or "")[0])
        for card in hand_out(room.database, room.secret, three, task, 10).cards
    ]
    assert sum(number < 8 for number in first) >= 8  # ten places, two of them by chance
    assert not put_in_order(room.database, task)  # nothing was said since
    room.database.close()


def test_a_room_of_the_first_version_goes_on(tmp_path: Path) -> None:
    room, task = room_with(tmp_path / "r.db", pairs(3))
    with room.database.writing() as session:
        for change in ("DROP TABLE place", "ALTER TABLE item DROP COLUMN gold", "ALTER TABLE task DROP COLUMN queued"):
            session.execute(text(change))
        session.execute(text("ALTER TABLE judgement DROP COLUMN imported"))
        session.execute(text("DROP INDEX ix_assignment_task_id"))
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    room.database.close()
    again = open_room(str(tmp_path / "r.db"), local="sam")
    assert len(hand_out(again.database, again.secret, again.local, task, 5).cards) == 3  # type: ignore[arg-type]
    with again.database.writing() as session:
        session.execute(update(PlaceRow).values(place=0))
    again.database.close()


def test_the_figures_and_items_at_odds_are_for_leads(tmp_path: Path) -> None:
    room, task = room_with(tmp_path / "r.db", pairs(4), plan=Plan(per_item=2, repeat=0))
    ada = room.accounts.set_admin("ada", PASSWORD)
    bo, cy = (room.accounts.accept(room.accounts.invite(ada, "reviewer"), name, PASSWORD) for name in ("bo", "cy"))
    says(room, bo, task, new_better)
    says(room, cy, task, old_better)
    clients = {}
    for name in ("ada", "bo"):
        clients[name] = TestClient(create_app(room), follow_redirects=False)
        assert clients[name].post("/login", data={"name": name, "password": PASSWORD}).status_code == 303
    page = clients["ada"].get(f"/team/tasks/{task}/odds")
    item = re.search(r"/team/items/(\d+)/settle", page.text)
    csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
    assert item is not None
    assert csrf is not None
    assert "“plainer”" in page.text
    team = clients["ada"].get("/team").text
    assert "Krippendorff" in team
    assert "4 of 4 items" in team
    assert "4 of 4 items" in clients["bo"].get("/").text
    form = {"csrf": csrf[1], "word": "=2", "why": "alike", "gold": "yes"}
    assert clients["ada"].post(item[0], data=form | {"why": ""}).status_code == 400
    assert clients["ada"].post(item[0], data=form | {"csrf": "0"}).status_code == 403
    assert clients["ada"].post(item[0], data=form).status_code == 303
    assert "1 gold item" in clients["ada"].get("/team").text
    assert clients["bo"].get(f"/team/tasks/{task}/odds").status_code == 403
    own = re.search(r'name="csrf" value="([0-9a-f]+)"', clients["bo"].get("/account").text)
    assert own is not None
    assert clients["bo"].post(item[0], data=form | {"csrf": own[1]}).status_code == 403
    assert clients["ada"].get("/team/tasks/99/odds").status_code == 404
    room.database.close()


def test_a_file_says_which_comparisons_are_gold(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    marks = [True, "true", False, "", None, "perhaps", ["x"], 1]
    rows = [{"prompt": f"Q{n}?", "chosen": f"good {n}", "rejected": f"bad {n}"} for n in range(len(marks))]
    for row, mark in zip(rows, marks, strict=True):
        row["gold"] = mark  # type: ignore[assignment]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = read_items([str(path)], 2)
    assert found.left_out == {"whose gold is neither true nor false": 2}
    gold = {item.prompt[0].content: item.gold for item in found.items}
    assert {asked for asked, right in gold.items() if right is not None} == {"Q0?", "Q1?", "Q7?"}
    assert all(right is None or right.choice == "first" for right in gold.values())  # type: ignore[union-attr]
    with pytest.raises(UserError, match="comparisons alone"):
        read_items([str(path)], 1)
    room, task = room_with(tmp_path / "r.db", replace(found, items=tuple(replace(i, gold=None) for i in found.items)))
    open_task(room, make_task("pair", "secret-run-7b"), ONCE, found, "sam")  # known to be gold only now
    with room.database.reading() as session:
        assert quality(session, task).gold_items == 3
    room.database.close()
