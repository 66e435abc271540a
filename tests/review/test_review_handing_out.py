"""Who is given what, and that nothing said is lost or counted twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Thread
from time import sleep

import pytest
from pydantic import TypeAdapter
from rooms import pair_said, pairs, people, room_with
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from trimtab.records import standing
from trimtab.review import Plan, Room, judgements, open_room, open_task
from trimtab.review import make_task as task_of
from trimtab.review.assign import Handed, NoSuchTask, hand_out
from trimtab.review.blind import Wire
from trimtab.review.judging import KeyTaken, NotYours, Sent, keep, last_card
from trimtab.review.records import Reviewer
from trimtab.review.store import log
from trimtab.review.tables import AssignmentRow, AuditRow

_WIRE: TypeAdapter[Wire] = TypeAdapter(Wire)


def cards(room: Room, who: Reviewer, task: int, count: int = 20) -> Handed:
    return hand_out(room.database, room.secret, who, task, count)


def say(room: Room, who: Reviewer, card: str, key: str, said: dict[str, object] | None = None) -> str:
    return keep(room.database, who, Sent(key, card, _WIRE.validate_python(said or pair_said()))).state


def said_in(room: Room) -> list[str]:
    with room.database.reading() as session:
        return [each.id for each in judgements(session)]


def lapse(room: Room) -> None:
    """Lets every reservation run out."""
    with room.database.writing() as session:
        for row in session.query(AssignmentRow):
            row.reserved_until -= timedelta(days=1)


def test_each_item_goes_to_as_many_reviewers_as_planned_and_no_further(tmp_path: Path) -> None:
    room, task = room_with(tmp_path / "r.db", pairs(3), plan=Plan(per_item=2, repeat=0))
    one, two, three = people(room, "one", "two", "three")
    first, second, third = (cards(room, who, task) for who in (one, two, three))
    assert [len(first.cards), len(second.cards), len(third.cards)] == [3, 3, 0]
    assert third.state == "waiting"  # what is left is reserved
    for number, card in enumerate(first.cards):
        say(room, one, card.id, f"one-{number}")
    assert cards(room, one, task).state == "finished"
    lapse(room)
    assert len(cards(room, three, task).cards) == 3  # the second reviewer's reservations have run out
    assert cards(room, two, task).state == "waiting"


def test_the_last_item_has_room_for_one_of_many_at_once(tmp_path: Path) -> None:
    room, task = room_with(tmp_path / "r.db", pairs(1))
    crowd = people(room, *(f"p{n}" for n in range(8)))
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda who: len(cards(room, who, task).cards), crowd))
    assert sorted(given) == [0] * 7 + [1]


def test_two_tabs_see_the_same_cards_and_reservations_are_renewed(tmp_path: Path) -> None:
    room, task = room_with(tmp_path / "r.db")
    (sam,) = people(room, "sam")
    with ThreadPoolExecutor(4) as pool:
        tabs = list(pool.map(lambda _: {card.id for card in cards(room, sam, task).cards}, range(4)))
    assert len(tabs[0]) == 6
    assert all(tab == tabs[0] for tab in tabs)


def test_a_judgement_sent_twice_is_one_and_another_under_its_key_is_refused(tmp_path: Path) -> None:
    room, task = room_with(tmp_path / "r.db")
    (sam, eve) = people(room, "sam", "eve")
    one, two, *_ = cards(room, sam, task).cards
    assert [say(room, sam, one.id, "key-1"), say(room, sam, one.id, "key-1")] == ["kept", "kept before"]
    with pytest.raises(KeyTaken):
        say(room, sam, one.id, "key-1", pair_said("B"))
    with pytest.raises(KeyTaken):
        say(room, sam, two.id, "key-1")
    with pytest.raises(NotYours):
        say(room, eve, two.id, "key-2")
    with ThreadPoolExecutor(8) as pool:
        states = Counter(pool.map(lambda _: say(room, sam, two.id, "key-3"), range(8)))
    assert states == {"kept": 1, "kept before": 7}
    assert said_in(room) == ["key-1", "key-3"]


def test_undo_and_a_change_of_mind_are_entries_that_supersede(tmp_path: Path) -> None:
    room, task = room_with(tmp_path / "r.db")
    (sam,) = people(room, "sam")
    card = cards(room, sam, task).cards[0]
    say(room, sam, card.id, "k1")
    last = last_card(room.database, room.secret, sam, task)
    assert last is not None
    assert last.id == card.id
    assert say(room, sam, card.id, "k2", {"kind": "withdrawn"}) == "kept"
    assert say(room, sam, card.id, "k3", {"kind": "withdrawn"}) == "nothing to take back"
    assert cards(room, sam, task).cards[0].id == card.id
    say(room, sam, card.id, "k4", pair_said("tie"))
    say(room, sam, card.id, "k5", pair_said("both bad"))  # another device, which did not know of the one before
    with room.database.reading() as session:
        all_said = list(judgements(session))
    assert [each.supersedes for each in all_said] == [None, "k1", "k2", "k4"]
    assert [each.id for each in standing(all_said)] == ["k5"]


def test_what_was_said_after_the_reservation_ran_out_is_kept(tmp_path: Path) -> None:
    room, task = room_with(tmp_path / "r.db", pairs(1))
    slow, quick = people(room, "slow", "quick")
    card = cards(room, slow, task).cards[0]
    lapse(room)
    say(room, quick, cards(room, quick, task).cards[0].id, "q")
    assert cards(room, slow, task).cards == ()  # it is done by now
    assert say(room, slow, card.id, "s") == "kept"
    assert said_in(room) == ["q", "s"]


def test_skipping_gives_the_item_to_somebody_else(tmp_path: Path) -> None:
    room, task = room_with(tmp_path / "r.db", pairs(1))
    one, two = people(room, "one", "two")
    say(room, one, cards(room, one, task).cards[0].id, "k1", {"kind": "skip"})
    assert cards(room, one, task).state == "finished"
    assert len(cards(room, two, task).cards) == 1


def test_the_planned_share_comes_again_the_other_way_round(tmp_path: Path) -> None:
    room, task = room_with(tmp_path / "r.db", pairs(14), plan=Plan(repeat=1))
    (sam,) = people(room, "sam")
    seen: list[str] = []
    for number in range(28):
        card = cards(room, sam, task, 1).cards[0]
        seen.append(card.answers[0].html or "")
        say(room, sam, card.id, f"k{number:02}")
    assert cards(room, sam, task).state == "finished"
    with room.database.reading() as session:
        all_said = list(judgements(session))
    first, again = ({each.item: each for each in all_said if each.showing == n} for n in (1, 2))
    assert first.keys() == again.keys()
    assert all(first[item].order == again[item].order[::-1] for item in first)
    assert {first[item].order for item in first} == {(0, 1), (1, 0)}  # drawn, not fixed
    places = [each.item for each in all_said]
    apart = [len(places) - 1 - places[::-1].index(item) - places.index(item) for item in first]
    assert min(apart) > 1
    assert len(all_said) == 28


def test_sides_are_drawn_for_a_reviewer_and_an_item_and_stay(tmp_path: Path) -> None:
    room, task = room_with(tmp_path / "r.db", pairs(60), plan=Plan(per_item=2, repeat=0))

    def left(who: Reviewer) -> list[bool]:
        found = [card for _ in range(3) for card in cards(room, who, task).cards]
        for card in found[:20]:
            assert say(room, who, card.id, f"{who.id}-{card.id}") == "kept"
        return [(card.answers[0].html or "").startswith("<p>old") for card in found[:20]]

    one, two = (left(who) for who in people(room, "one", "two"))
    assert one != two
    assert 3 <= sum(one) <= 17


def test_the_days_dose_is_counted_in_severity(tmp_path: Path) -> None:
    room, task = room_with(tmp_path / "r.db", pairs(5, severity=3), plan=Plan(dose=7, repeat=0))
    (sam,) = people(room, "sam")
    given = cards(room, sam, task)
    assert len(given.cards) == 2
    assert all(card.blur for card in given.cards)
    for card in given.cards:
        say(room, sam, card.id, f"key-{card.id}")
    assert cards(room, sam, task).state == "dose"


def test_opening_again_adds_nothing_twice_and_another_question_is_another_task(tmp_path: Path) -> None:
    room, task = room_with(tmp_path / "r.db", pairs(4))
    again = open_task(room, task_of("pair", "secret-run-7b"), Plan(per_item=3), pairs(5), "sam").added
    assert (again.task_id, again.new, again.there) == (task, 1, 4)
    other = open_task(room, task_of("thumb", "secret-run-7b"), Plan(), pairs(5), "sam").added
    assert other.task_id != task
    with room.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM content")) == 15  # 5 prompts, 10 answers, for both tasks
    with pytest.raises(NoSuchTask):
        hand_out(room.database, room.secret, people(room, "sam")[0], 99, 1)


def test_the_database_itself_keeps_what_was_said(tmp_path: Path) -> None:
    room, task = room_with(tmp_path / "r.db")
    (sam,) = people(room, "sam")
    say(room, sam, cards(room, sam, task).cards[0].id, "k1")
    room.database.close()
    room = open_room(str(tmp_path / "r.db"))
    for change in ("UPDATE judgement SET key = 'x'", "DELETE FROM judgement", "DELETE FROM audit_log"):
        with pytest.raises(DBAPIError, match="append-only"), room.database.writing() as session:
            session.execute(text(change))
    assert said_in(room) == ["k1"]
    assert (tmp_path / "r.db").stat().st_mode & 0o077 == 0


def test_what_waits_for_the_disk_is_kept_together_and_fails_alone(tmp_path: Path) -> None:
    """Nine writers wait for a tenth: their work is one transaction, in which a third of them fail by themselves."""
    room, _ = room_with(tmp_path / "r.db", pairs(1))
    database, commits = room.database, list[int]()
    said: dict[int, int] = {}
    event.listen(database._engine, "commit", lambda _: commits.append(1))

    def work(number: int) -> None:
        def writes(session: Session) -> int:
            log(session, "sam", "tried", number)
            session.flush()
            if number % 3 == 0:
                raise LookupError(number)
            return number

        try:
            said[number] = database.kept(writes)
        except LookupError as error:
            said[number] = -error.args[0] - 1

    threads = [Thread(target=work, args=(number,)) for number in range(9)]
    with database.writing():
        for thread in threads:
            thread.start()
        while len(database._waiting) < 9:
            sleep(0.001)
    for thread in threads:
        thread.join()
    assert said == {number: -number - 1 if number % 3 == 0 else number for number in range(9)}
    assert len(commits) == 1  # one for all that waited; the tenth wrote nothing
    with database.reading() as session:
        kept = session.scalars(select(AuditRow.subject).where(AuditRow.action == "tried"))
        assert sorted(kept) == ["1", "2", "4", "5", "7", "8"]
    database.close()
