"""Several answers put in order: what is read, what is kept, what it teaches, and how far reviewers agree."""

import json
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError
from rooms import people, room_with

from trimtab.api import export_review
from trimtab.people import Ranked, ranking_agreement
from trimtab.records import RankJudgement, standing
from trimtab.review import Plan, heard, judgements, make_task, read_items, sides_of, taught
from trimtab.review.alike import alike, in_words
from trimtab.review.assign import hand_out
from trimtab.review.blind import Refused, Wire, order_of, unblinded
from trimtab.review.judging import Sent, keep
from trimtab.review.ordering import put_in_order
from trimtab.review.quality import quality
from trimtab.review.tables import AssignmentRow
from trimtab.stats import CannotTell, Interval

_WIRE: TypeAdapter[Wire] = TypeAdapter(Wire)
SIDES = sides_of("rank")


def rows(path: Path, *given: dict[str, object]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in given))
    return str(path)


def test_all_answers_to_a_prompt_from_all_sources_are_one_item(tmp_path: Path) -> None:
    one = rows(tmp_path / "m1.jsonl", *({"prompt": p, "response": f"{p} one"} for p in "xyz"))
    two = rows(tmp_path / "m2.jsonl", *({"prompt": p, "response": f"{p} two"} for p in "xy"))
    three = rows(tmp_path / "m3.jsonl", {"prompt": "x", "response": "x three"}, {"prompt": "y", "response": "y two"})
    found = read_items([one, two, three], SIDES)
    assert [[side.text for side in item.sides] for item in found.items] == [["x one", "x two", "x three"]]
    assert [side.source for side in found.items[0].sides] == ["m1.jsonl", "m2.jsonl", "m3.jsonl"]
    left = {why.split(":")[0].split(",")[0]: count for why, count in found.left_out.items() if count}
    assert left == {
        "answers of the same text as another to their prompt": 1,
        "prompts with fewer than 3 different answers": 2,
    }


def test_a_row_of_a_ranking_is_an_item_and_what_cannot_be_ranked_is_counted(tmp_path: Path) -> None:
    asked = {"prompt": "Which?", "completions": ["a", "b", "c"], "ranks": [1, 2, 3], "severity": 3}
    many = {"prompt": "Many?", "completions": list("abcdefghi"), "ranks": list(range(1, 10)), "severity": 1}
    pair = {"prompt": "Two?", "chosen": "a", "rejected": "b", "severity": 1}
    found = read_items([rows(tmp_path / "r.jsonl", asked, many, pair)], SIDES)
    assert [([side.text for side in item.sides], item.severity) for item in found.items] == [(["a", "b", "c"], 3)]
    assert sorted(count for count in found.left_out.values() if count) == [1, 1]


def test_orders_are_drawn_a_reviewer_and_item_and_every_order_comes() -> None:
    seen = {tuple(order_of("s", reviewer, item, 3, again=False)) for reviewer in range(8) for item in range(8)}
    assert len(seen) == 6
    assert order_of("s", 1, 2, 5, again=True) == order_of("s", 1, 2, 5, again=False)[::-1]


def test_ranks_are_turned_into_the_items_own_order_and_what_is_no_order_is_refused() -> None:
    task = make_task("rank", "a file")

    def said(ranks: list[int] | None) -> RankJudgement:
        found = unblinded(_WIRE.validate_python({"kind": "rank", "ranks": ranks}), task, [2, 0, 1], ["a", "b", "c"])
        assert isinstance(found, RankJudgement)
        return found

    assert said([1, 2, 2]).ranks == (2, 2, 1)
    assert said(None).ranks is None
    assert in_words(said([1, 2, 2]), [2, 0, 1]) == "1; then 2 and 3"
    for wrong in ([1, 2], [1, 2, 4], [2, 2, 3]):
        with pytest.raises(Refused):
            said(wrong)
    with pytest.raises(ValidationError):
        RankJudgement(ranks=(1, 3))


def test_the_same_order_is_one_in_which_nothing_is_the_other_way_round() -> None:
    def same(one: tuple[int, ...] | None, other: tuple[int, ...] | None) -> bool | None:
        return alike(RankJudgement(ranks=one), RankJudgement(ranks=other))

    assert same((1, 2, 3), (1, 2, 3)) is True
    assert same((1, 2, 3), (1, 2, 2)) is True  # one pair alike for one of them
    assert same((1, 2, 3), (1, 1, 1)) is False  # who finds all alike does not say the same
    assert same((1, 2, 3), (2, 1, 3)) is False
    assert same((1, 2, 3), None) is None


def test_what_was_ranked_is_kept_taught_and_measured(tmp_path: Path) -> None:
    source = rows(tmp_path / "a.jsonl", *({"prompt": f"{n}?", "response": f"{n} {w}"} for n in range(8) for w in "xyz"))
    found, plan = read_items([source], SIDES), Plan(per_item=2, repeat=0)
    room, task = room_with(tmp_path / "r.db", found, make_task("rank", "a file"), plan)
    for name in ("ann", "bo"):
        (who,) = people(room, name)
        given = hand_out(room.database, room.secret, who, task, 20)
        assert [[answer.label for answer in card.answers] for card in given.cards] == [["1", "2", "3"]] * 8
        for number, card in enumerate(given.cards):
            with room.database.reading() as session:
                order = session.query(AssignmentRow).filter_by(ref=card.id).one().order
            own = [1, 2, 2] if name == "ann" and number == 0 else [1, 2, 3]  # in the item's own order
            said = {"kind": "rank", "ranks": [own[place] for place in order]}
            keep(room.database, who, Sent(f"{name}-{card.id}", card.id, _WIRE.validate_python(said)))
    put_in_order(room.database, task)  # the queue knows the task
    with room.database.reading() as session:
        kept = standing(judgements(session))
        told = quality(session, task)
        rows_made = taught(heard(session, task, 2), "room", per_item=2).rows
    assert sorted({each.said.ranks for each in kept}) == [(1, 2, 2), (1, 2, 3)]  # type: ignore[union-attr]
    assert "over 8 items that two or more of 2 reviewers ranked" in told.agreement[0]
    assert "whole items are drawn" in told.agreement[0]
    assert [row.ranks for row in rows_made].count((1, 2, 2)) == 1  # type: ignore[union-attr]
    assert all(row.completions[0][0].content.endswith("x") for row in rows_made)  # type: ignore[union-attr]
    done = export_review(str(tmp_path / "r.db"), tmp_path / "pairs.jsonl", to="trl")
    assert done.counts == {"comparison": 15 * 3 + 2}  # the tied pair makes none
    room.database.close()


def test_alpha_of_rankings_draws_whole_items() -> None:
    orders = [(1, 2, 3, 4), (4, 3, 2, 1), (2, 1, 4, 3), (3, 4, 1, 2), (1, 3, 2, 4), (2, 4, 1, 3)]
    said = [Ranked(who, str(n), orders[n % 6]) for n in range(12) for who in "ab"]
    same = ranking_agreement(said).alpha
    assert isinstance(same, Interval)
    assert same.n == 12  # items, not the 72 pairs
    assert same.estimate == 1
    assert same.low < 0.7  # twelve items without a disagreement could have missed some
    turned = [Ranked("b", str(n), tuple(5 - rank for rank in orders[n % 6])) for n in range(12)]
    against = ranking_agreement([each for each in said if each.reviewer == "a"] + turned).alpha
    assert isinstance(against, Interval)
    assert against.estimate < -0.9
    mixed = [Ranked(who, str(n), orders[(n + (who == "b" and n % 2)) % 6]) for n in range(12) for who in "ab"]
    found = ranking_agreement(mixed).alpha
    assert isinstance(found, Interval)
    assert found.high - found.low > 0.5  # wide: six pairs of an item are no six items
    alone = ranking_agreement([Ranked("a", "1", (1, 2, 3)), Ranked("b", "1", None)])
    assert isinstance(alone.alpha, CannotTell)
    assert alone.cannot_tell == 1
    with pytest.raises(ValueError, match="ranked with 3 answers and with 4"):
        ranking_agreement([Ranked("a", "1", (1, 2, 3)), Ranked("b", "1", (1, 2, 3, 4))])
