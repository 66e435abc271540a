"""Many pairs through a judge: nothing is asked twice, nothing hangs on the order, and no more is spent than may be."""

from pathlib import Path

import pytest

from scripted_chat import Says, ScriptedChat
from trimtab.errors import UserError
from trimtab.judges import Budget, BudgetSpent, PairsAsked, Prices, RuleJudge, RulePair, RuleVerdict
from trimtab.models import NotTaken, Reply
from trimtab.records import JudgeReply, Message, Rule
from trimtab.store import Journal

KIND = Rule.model_construct(id="kind", text="The answer is kind.", why="")
FREE = Budget(None, None)


def pairs(count: int) -> list[RulePair]:
    return [
        RulePair(f"p{n}", (Message(role="user", content=f"question {n}"),), f"yes {n}", f"no {n}", KIND)
        for n in range(count)
    ]


def longer_first(content: str, a: str, b: str) -> object:
    return 0.8 if a.startswith("yes") else 0.1


def asked(chat: ScriptedChat, some: list[RulePair], path: Path) -> PairsAsked:
    journal = Journal(path, JudgeReply, lambda reply: reply.key)
    return PairsAsked(RuleJudge(lambda: chat, "script", "0", "log-probabilities"), some, journal, 7)


def through(says: Says, some: list[RulePair], path: Path) -> list[RuleVerdict]:
    chat = ScriptedChat(says)
    work = asked(chat, some, path)
    work.ask(chat, Budget(None, None), lambda: None)
    return work.verdicts()


@pytest.mark.parametrize("dies_at", [1, 2, 5, 8])
def test_a_killed_judging_goes_on_with_the_same_verdicts_and_asks_nothing_twice(tmp_path: Path, dies_at: int) -> None:
    some, path = pairs(4), tmp_path / "asked.jsonl"
    first, second = ScriptedChat(longer_first, dies_at), ScriptedChat(longer_first)
    with pytest.raises(KeyboardInterrupt):
        asked(first, some, path).ask(first, FREE, lambda: None)
    resumed = asked(second, some, path)
    resumed.ask(second, FREE, lambda: None)
    assert resumed.verdicts() == through(longer_first, some, tmp_path / "whole.jsonl")
    answered = first.asked[: dies_at - 1]
    assert len(answered) + len(second.asked) == 8
    assert not set(answered) & set(second.asked)


def test_another_order_of_rows_gives_each_pair_the_same_verdict(tmp_path: Path) -> None:
    def by_words(content: str, a: str, b: str) -> object:
        return (len(content) * 7919 + sum(map(ord, a))) % 97 / 97

    some = pairs(12)
    plain = dict(zip([each.id for each in some], through(by_words, some, tmp_path / "a"), strict=True))
    turned = dict(zip([each.id for each in some[::-1]], through(by_words, some[::-1], tmp_path / "b"), strict=True))
    alone = {each.id: through(by_words, [each], tmp_path / each.id)[0] for each in some}
    assert plain == turned == alone


def test_equal_answers_are_a_tie_that_nobody_is_asked_about(tmp_path: Path) -> None:
    chat = ScriptedChat(longer_first)
    work = asked(chat, [RulePair("p", pairs(1)[0].prompt, "same ", " same", KIND)], tmp_path / "a")
    work.ask(chat, FREE, lambda: None)
    assert [(each.outcome, each.reason) for each in work.verdicts()] == [("tie", "both answers are equal")]
    assert chat.asked == []


def test_equal_pairs_are_asked_once(tmp_path: Path) -> None:
    chat = ScriptedChat(longer_first)
    work = asked(chat, pairs(1) + pairs(1), tmp_path / "a")
    work.ask(chat, FREE, lambda: None)
    assert len(chat.asked) == 2
    assert len(work.verdicts()) == 2


def test_a_question_that_is_not_taken_is_one_pair_without_a_verdict(tmp_path: Path) -> None:
    def says(content: str, a: str, b: str) -> object:
        return NotTaken("g", "It answered 400: too long", "f") if "question 1" in content else 0.9 if a > b else 0.1

    chat, budget = ScriptedChat(says), Budget(None, None)
    work = asked(chat, pairs(3), tmp_path / "a")
    work.ask(chat, budget, lambda: None)
    kept = Journal(tmp_path / "a", JudgeReply, lambda reply: reply.key).held
    assert len(kept) == 6
    assert (
        Budget(None, None, [(9, each) for each in kept]).answered == budget.answered == 4
    )  # the same however often it was resumed
    found = work.verdicts()
    assert [each.outcome for each in found] == ["first", None, "first"]
    assert "too long" in found[1].reason


def test_a_server_that_reads_no_prompt_stops_before_more_is_asked(tmp_path: Path) -> None:
    chat = ScriptedChat(lambda q, a, b: Reply("A", False, 5, 1, first=(("A", -0.1), ("B", -2.0))))
    with pytest.raises(UserError, match="not given its prompt"):
        asked(chat, pairs(50), tmp_path / "a").ask(chat, FREE, lambda: None)
    assert len(chat.asked) == 1
    assert not (tmp_path / "a").exists()


PRICES = Prices(1000.0, 5000.0)


def test_spending_never_passes_the_limit_and_goes_on_from_there(tmp_path: Path) -> None:
    some, path = pairs(20), tmp_path / "asked.jsonl"
    chat = ScriptedChat(longer_first)
    free = Budget(PRICES, None)
    asked(chat, some, tmp_path / "free").ask(chat, free, lambda: None)
    whole = free.spent
    assert whole is not None
    limit, calls = whole / 3, 0
    chat = ScriptedChat(longer_first)
    with pytest.raises(BudgetSpent) as stopped:
        asked(chat, some, path).ask(chat, budget := Budget(PRICES, limit), lambda: None)
    assert budget.spent is not None
    assert 0.5 * limit < budget.spent <= limit
    assert (stopped.value.answered, stopped.value.asked) == (len(chat.asked), 40)
    assert stopped.value.spent == budget.spent
    assert "which are kept" in str(stopped.value)
    calls = len(chat.asked)
    chat = ScriptedChat(longer_first)
    resumed = asked(chat, some, path)
    again = Budget(PRICES, whole * 1.5, [(question.letters, reply) for question, reply in resumed.replies])
    resumed.ask(chat, again, lambda: None)
    assert calls + len(chat.asked) == 40
    assert again.spent == whole  # what an earlier try cost is counted


def test_a_limit_that_nobody_could_keep_is_refused(tmp_path: Path) -> None:
    first = (("A", -0.1), ("B", -2.0))
    chat = ScriptedChat(lambda q, a, b: Reply("A", False, counted=False, first=first))
    with pytest.raises(UserError, match="does not count tokens"):
        asked(chat, pairs(3), tmp_path / "a").ask(chat, Budget(PRICES, 1.0), lambda: None)
    assert len(chat.asked) == 1
    untold = Budget(PRICES, None)
    asked(chat, pairs(3), tmp_path / "b").ask(chat, untold, lambda: None)
    assert untold.spent is None


def test_what_a_filter_keeps_back_is_no_server_that_does_not_count(tmp_path: Path) -> None:
    def says(content: str, a: str, b: str) -> object:
        if "question 1" in content:
            return Reply("", False, counted=False, outcome="filtered", why="moderation")
        return 0.9 if a.startswith("yes") else 0.1

    chat = ScriptedChat(says)
    work = asked(chat, pairs(3), tmp_path / "a")
    work.ask(chat, budget := Budget(PRICES, 1000.0), lambda: None)
    assert [each.outcome for each in work.verdicts()] == ["first", None, "first"]
    letters = sum(question.letters for question, reply in work.replies if reply.outcome == "filtered")
    assert budget.spent == PRICES.of(budget.tokens_in + letters, budget.tokens_out)  # no less than it may have cost
    resumed = Budget(PRICES, 1000.0, [(question.letters, reply) for question, reply in work.replies])
    assert resumed.spent == budget.spent
