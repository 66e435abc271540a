"""Who a server says has answered: told where it is more than one, in few names, and kept in no line without need."""

from trimtab.records import Answer, JudgeVerdict, Score, joined_served, listed_served, several_served


def test_more_than_one_behind_a_name_is_told_with_counts() -> None:
    assert several_served(["a", None, "b (fp)", "a", ""]) == "under one name have answered a (2), b (fp) (1)"
    assert several_served(["a", None, "a"]) == several_served([None]) == several_served([]) == ""
    many = several_served(str(number) for number in range(1000))
    assert many.endswith("3 (1) and 996 others")
    assert listed_served("abcd") == "a, b, c, d"
    assert listed_served("abcde") == "a, b, c, d and 1 other"


def test_a_verdict_of_both_orders_may_be_of_two() -> None:
    assert joined_served(("a", "b")) == "a / b"
    assert joined_served(("a", "a")) == "a"
    assert joined_served((None, "")) is None
    assert several_served(["a / b", "a / b"]) == "under one name have answered a (2), b (2)"


def test_what_is_usual_adds_nothing_to_a_line() -> None:
    answer = Answer(prompt_id="p", index=0, text="t", tokens=0, ended=False)
    assert "end_told" not in answer.to_json()
    assert not Answer.from_json(answer.model_copy(update={"end_told": False}).to_json()).end_told
    for record in (Score(scorer="s", value=1.0), JudgeVerdict(item="i", value=1.0)):
        assert "served" not in record.to_json()
        named = record.model_copy(update={"served": "a"})
        assert type(record).from_json(named.to_json()) == named
