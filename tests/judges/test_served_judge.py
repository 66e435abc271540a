"""A judge by rules behind a server: what is sent, limits waited out, failures in the middle, and what goes on."""

import re
from math import log
from pathlib import Path

import pytest

import trimtab.models.retrying as retrying_module
from stub_server import Asked, Says, chat, serving
from trimtab.errors import UserError
from trimtab.judges import Budget, PairsAsked, RuleJudge, RulePair, tells_letters
from trimtab.models import Endpoint
from trimtab.records import JudgeReply, Labels, Message, Rule
from trimtab.store import Journal

pytest.importorskip("openai")
KIND = Rule.model_construct(id="kind", text="The answer is kind.", why="", checks=())


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying_module, "FIRST_WAIT", 0.01)


def pairs(count: int) -> list[RulePair]:
    return [
        RulePair(f"p{n}", (Message(role="user", content=f"question {n}"),), f"yes {n}", f"no {n}", KIND)
        for n in range(count)
    ]


def shown(asked: Asked) -> str:
    found = re.search(r"<<<ANSWER A \w+>>>\n(.*?)\n<<<END", asked.body["messages"][0]["content"], re.DOTALL)
    assert found
    return found[1]


def letters(asked: Asked) -> Says:
    """A server that tells log-probabilities, of a judge that likes "yes"."""
    share = 0.8 if shown(asked).startswith("yes") else 0.3
    top = [{"token": " A", "logprob": log(share)}, {"token": "B", "logprob": log(1 - share)}, {"token": "x"}, None]
    told = {"content": [{"token": " A", "logprob": log(share), "top_logprobs": top}]}
    said = chat("A", finish="length", usage=(300, 1))
    assert isinstance(said.body, dict)
    said.body["choices"][0]["logprobs"] = told
    return said


def judge_at(url: str, labels: Labels = "log-probabilities", workers: int = 4) -> RuleJudge:
    server = Endpoint(url, "tiny", attempts=3, workers=workers)
    return RuleJudge(lambda: server, "tiny", "0", labels)


def asked_of(judge: RuleJudge, some: list[RulePair], path: Path) -> PairsAsked:
    return PairsAsked(judge, some, Journal(path, JudgeReply, lambda reply: reply.key), 0)


def ask(work: PairsAsked, judge: RuleJudge) -> None:
    work.ask(judge.chat, Budget(None, None), lambda: None)  # type: ignore[arg-type]


def test_soft_labels_come_from_the_servers_log_probabilities(tmp_path: Path) -> None:
    with serving(letters) as stub:
        judge = judge_at(stub.url)
        work = asked_of(judge, pairs(5), tmp_path / "a")
        ask(work, judge)
    assert [(each.outcome, each.probability) for each in work.verdicts()] == [("first", 0.75)] * 5
    body = stub.asked[0].body
    assert (body["logprobs"], body["top_logprobs"], body["max_tokens"]) == (True, 20, 1)
    assert [message["role"] for message in body["messages"]] == ["user"]
    assert len(stub.asked) == 10


@pytest.mark.parametrize(
    "says", [chat("A", usage=(300, 1)), Says({"error": {"message": "logprobs is not supported"}}, status=400)]
)
def test_a_server_without_log_probabilities_is_found_out_by_one_question(says: Says) -> None:
    with serving(says) as stub:
        assert not tells_letters(judge_at(stub.url))
    assert len(stub.asked) == 1


def test_rate_limits_are_waited_out_and_no_pair_is_lost(tmp_path: Path) -> None:
    seen: set[str] = set()

    def busy(asked: Asked) -> Says:
        key = asked.body["messages"][0]["content"]
        if key in seen:
            return letters(asked)
        seen.add(key)
        return Says({"error": {"message": "slow down"}}, status=429, headers={"Retry-After": "0.01"})

    with serving(busy) as stub:
        judge = judge_at(stub.url)
        work = asked_of(judge, pairs(6), tmp_path / "a")
        ask(work, judge)
    assert [each.outcome for each in work.verdicts()] == ["first"] * 6
    assert len(stub.asked) == 24


def test_a_server_that_fails_in_the_middle_is_asked_for_the_rest_alone(tmp_path: Path) -> None:
    answered: list[str] = []

    def dies(asked: Asked) -> Says:
        if len(answered) >= 7:
            return Says({"error": {"message": "out of memory"}}, status=500)
        answered.append(asked.body["messages"][0]["content"])
        return letters(asked)

    with serving(dies) as stub:
        judge = judge_at(stub.url, workers=1)
        with pytest.raises(UserError, match="out of memory"):
            ask(asked_of(judge, pairs(10), tmp_path / "a"), judge)
    with serving(letters) as stub:
        judge = judge_at(stub.url)
        work = asked_of(judge, pairs(10), tmp_path / "a")
        ask(work, judge)
        again = [each.body["messages"][0]["content"] for each in stub.asked]
    assert len(again) == 13
    assert not set(again) & set(answered)
    assert [each.outcome for each in work.verdicts()] == ["first"] * 10


def test_one_pair_that_the_server_does_not_take_is_that_pairs_fate(tmp_path: Path) -> None:
    def some(asked: Asked) -> Says:
        long = "question 3" in asked.body["messages"][0]["content"]
        return Says({"error": {"message": "too long"}}, status=400) if long else letters(asked)

    with serving(some) as stub:
        judge = judge_at(stub.url)
        work = asked_of(judge, pairs(6), tmp_path / "a")
        ask(work, judge)
    found = work.verdicts()
    assert [each.outcome for each in found] == ["first"] * 3 + [None] + ["first"] * 2
    assert "too long" in found[3].reason


def test_a_filter_keeps_back_one_pair_and_says_so(tmp_path: Path) -> None:
    filtered = Says({"error": {"code": "content_filter", "message": "filtered by our policy"}}, status=400)
    with serving(lambda asked: filtered if "question 1" in str(asked.body) else letters(asked)) as stub:
        judge = judge_at(stub.url)
        work = asked_of(judge, pairs(3), tmp_path / "a")
        ask(work, judge)
    assert "filtered" in work.verdicts()[1].reason
