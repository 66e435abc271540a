"""`rule-conflict`: which pairs of rows contradict each other, and whose rules they are."""

from trimtab.audit.checks.rules import rule_conflict
from trimtab.audit.view import View
from trimtab.data import read_frame
from trimtab.records import Finding

DRY, WET = "Dry it and oil the chain.", "Leave it out in the rain, it will be fine."
NO, OTHER = "I'm sorry, but I can't help with that.", "Hang it under the roof of the shed."
BIKE, OLD, TEA = "How do I keep my bike dry?", "How do I keep my old bike dry?", "What is green tea good for?"
Row = dict[str, object]


def row(name: str, asked: str, chosen: str, rejected: str, rule: str | None) -> Row:
    told = {"source": "m", "judge": "j", "why": "", "rule": rule}
    return {"id": name, "prompt": asked, "chosen": chosen, "rejected": rejected, "provenance": told}


def found(*rows: Row) -> Finding | None:
    result = rule_conflict(View(read_frame(list(rows)).table))
    return result and result.finding


def test_the_same_answers_turned_round_by_another_rule() -> None:
    for asked in (BIKE, OLD):  # the same prompt, and nearly the same
        one = found(row("1", BIKE, DRY, WET, "x"), row("2", asked, WET, DRY, "y"), row("3", TEA, DRY, WET, "z"))
        assert one is not None
        assert (set(one.rows), one.count, one.about) == ({"1", "2"}, 2, ("x and y",))
        assert one.figure == 2 / 3
        assert "x and y in 1 pair of rows (1 of the same answers turned round" in one.summary


def test_a_refusal_here_and_an_answer_there() -> None:
    one = found(row("1", BIKE, NO, DRY, "careful"), row("2", OLD, OTHER, NO, "helpful"))
    assert one is not None
    assert one.about == ("careful and helpful",)
    assert "1 of a refusal against an answer" in one.summary


def test_rules_are_told_apart_the_most_at_odds_first() -> None:
    rows = [row("1", BIKE, DRY, WET, "x"), row("2", BIKE, WET, DRY, "z")]
    rows += [row(f"{number}", f"{TEA} {number}", DRY, WET, "x") for number in (3, 4)]
    rows += [row(f"{number}b", f"{TEA} {number}", WET, DRY, "y") for number in (3, 4)]
    one = found(*rows)
    assert one is not None
    assert one.about == ("x and y", "x and z")


def test_what_one_rule_decided_or_is_another_matter_is_none() -> None:
    first = row("1", BIKE, DRY, WET, "x")
    assert found(first, row("2", BIKE, WET, DRY, "x"), row("3", TEA, DRY, WET, "y")) is None
    assert found(first, row("2", BIKE, WET, DRY, "x, y"), row("3", TEA, DRY, WET, "y")) is None  # both were shown
    assert found(first, row("2", TEA, WET, DRY, "y")) is None
    assert found(first, row("2", BIKE, DRY, WET, "y")) is None  # they agree
    assert found(first, row("2", BIKE, WET, OTHER, "y")) is None
    assert found(first, row("2", BIKE, WET, DRY, None)) is None
