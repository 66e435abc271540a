"""The registry: every scorer has one shape, a name of its own and a version; and a policy is checked by any of them."""

from collections.abc import Iterator, Sequence

import pytest
from pydantic import ValidationError

from trimtab.errors import UserError
from trimtab.evaluate import metric_named
from trimtab.policy import broken_rules, declines, judge_policy, policy_version, unasked
from trimtab.records import Check, Policy, Rule, Score, ScorerRef
from trimtab.scorers import (
    GROUPS,
    SCORERS,
    STYLE_SCORERS,
    Criterion,
    FunctionScorer,
    named,
    names,
    register,
    scorer,
    versions,
)

ROWS = [("How do I bake bread?", "I'm sorry, but I can't help with that."), ("Hi", "Hello, you!"), ("", "")]


@pytest.mark.parametrize("name", list(SCORERS))
def test_each_scores_rows_in_their_order(name: str) -> None:
    found = named(name)
    together = found(ROWS)
    assert together == [score for row in ROWS for score in found([row])]
    assert {score.scorer for score in together} == {found.name} == {name}
    assert found.version
    assert together[2].value in (None, 0.0)  # an empty answer has no words, and nothing else to be judged by
    assert metric_named(f"score.{name}").better == SCORERS[name].better  # type: ignore[attr-defined]


@pytest.fixture
def vowels() -> Iterator[None]:
    @scorer("vowels", version="7", title="Vowels", unit="letters", better="lower")
    def vowels(prompt: str, answer: str) -> float | Score | None:
        """How many vowels."""
        if answer == "a score":
            return Score(scorer="vowels", value=1.0, label="mine")
        return float(sum(letter in "aeiou" for letter in answer)) if answer else None

    yield
    del SCORERS["vowels"]


def test_a_function_becomes_a_scorer_by_its_decorator(vowels: None) -> None:
    found = named("vowels")([("", "tea"), ("", "a score"), ("", "")])
    assert [(score.value, score.label) for score in found] == [(2.0, None), (1.0, "mine"), (None, None)]
    assert versions(["vowels", "style"]) == {"style": STYLE_SCORERS[0].version, "vowels": "7"}
    assert Criterion.model_validate({"scorer": "vowels", "weight": 1, "full_to": 1, "zero_above": 2})
    metric = metric_named("score.vowels")
    told = (metric.title, metric.unit, metric.better, metric.summary)
    assert told == ("Vowels", "letters", "lower", "How many vowels.")


@pytest.mark.parametrize("name", ["words", "style", "judge", "policy", "a:b", "policy.x", "Big", "", "a,b"])
def test_a_name_that_is_ours_or_no_spec_could_hold_is_refused(name: str) -> None:
    before = dict(SCORERS)
    with pytest.raises(UserError, match="another name"):
        register(FunctionScorer(name, "1", lambda prompt, answer: 1.0))
    assert before == SCORERS


def test_a_second_scorer_of_a_name_is_refused_and_the_first_made_again_is_not(vowels: None) -> None:
    def vowels_again(prompt: str, answer: str) -> float:
        return 2.0

    first = SCORERS["vowels"]
    assert isinstance(first, FunctionScorer)
    with pytest.raises(UserError, match=r"(?s)vowels_again.*There is one by .*vowels"):
        scorer("vowels", version="7")(vowels_again)
    with pytest.raises(UserError, match="There is one by"):
        register(Vowels())
    assert SCORERS["vowels"] is first
    scorer("vowels", version="8")(first.judge)  # as a notebook's cell that is run again
    assert SCORERS["vowels"].version == "8"


class Vowels:
    """A scorer that is a class, under a name that is another's."""

    name, version = "vowels", "1"

    def __call__(self, rows: Sequence[tuple[str, str]]) -> list[Score]:
        return [Score(scorer="vowels", value=0.0) for _ in rows]


def test_one_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(UserError, match="friendliness"):
        named("wit")
    with pytest.raises(UserError):
        metric_named("score.wit")
    with pytest.raises(UserError):
        versions(["wit"])
    assert {"refusal", *GROUPS["style"]} <= set(names())


REFS: dict[str, object] = {
    "words": "words",
    "policy.no-tea": "policy.no-tea",
    "reward:folder": {"reward": "folder", "uncertainty": 0.5},
    "classifier:a/b:toxic": {"classifier": "a/b", "label": "toxic", "with_prompt": True},
    "judge:m:strict": {"judge": "m", "url": "http://x/v1", "rubric": "rubrics/strict.txt"},
}


@pytest.mark.parametrize("name", REFS)
def test_a_ref_is_written_back_as_it_was_read(name: str) -> None:
    ref = ScorerRef.model_validate(REFS[name])
    assert ref.name == name
    assert ref.model_dump() == REFS[name]
    assert ScorerRef.from_json(ref.to_json()) == ref
    assert ScorerRef.model_validate("classifier:a/b") == ScorerRef(classifier="a/b")


class Counting:
    """A scorer that needs something, and notes what it is asked."""

    name, version = "judge", "1"

    def __init__(self) -> None:
        self.asked: list[list[tuple[str, str]]] = []

    def __call__(self, rows: Sequence[tuple[str, str]]) -> list[Score]:
        self.asked.append(list(rows))
        return [Score(scorer="judge", value=len(answer) / 10 if answer else None, reason="mute") for _, answer in rows]


JUDGE = ScorerRef(judge="m", url="http://x")
CHECKS = [{"scorer": JUDGE, "at_least": 0.5}]
SHORT = Rule.model_validate({"id": "short", "text": "Be short.", "when": "tea", "checks": CHECKS})
POLICY = Policy(name="p", rules=(SHORT,))


def test_a_rule_asks_its_scorer_once_about_the_rows_that_it_applies_to() -> None:
    judge = Counting()
    rows = [("tea?", "a long answer"), ("rain?", "a long answer"), ("tea?", "no"), ("tea?", "")]
    assert broken_rules(POLICY, rows, {JUDGE: judge}) == [["short"], [], [], []]
    assert judge.asked == [[row for row in rows if row[0] == "tea?"]]
    (broken,) = judge_policy(POLICY, "tea?", "a long answer", {JUDGE: judge})
    assert broken.reason == "block: Be short. (judge:m 1.30)"
    (silent,) = judge_policy(POLICY, "tea?", "", {JUDGE: judge})
    assert (silent.value, silent.reason) == (None, "mute (judge:m)")
    with pytest.raises(UserError, match="needs a model, a server or a policy"):
        broken_rules(POLICY, rows)
    (unheard,) = judge_policy(POLICY, "tea?", "a long answer", unasked(POLICY))
    assert (unheard.value, unheard.reason) == (None, "no model is asked here (judge:m)")
    answering = POLICY.model_copy(update={"rules": (SHORT.model_copy(update={"requires": "answer"}),)})
    assert not declines(answering, "tea?", "a long answer")  # an audit asks no judge


def test_a_policys_version_changes_with_what_checks_it() -> None:
    judge = Counting()
    first = policy_version(POLICY, {JUDGE: judge})
    judge.version = "2"
    assert policy_version(POLICY, {JUDGE: judge}) != first
    judge.version = "1"
    assert policy_version(POLICY, {JUDGE: judge}) == first
    assert policy_version(POLICY.model_copy(update={"name": "q"}), {JUDGE: judge}) != first


@pytest.mark.parametrize("ref", ["policy.other", "reward:trained"])
def test_no_rule_is_checked_by_a_rule_or_by_what_the_run_trains(ref: str) -> None:
    with pytest.raises(ValidationError, match="no rule can be checked"):
        Check.model_validate({"scorer": ref, "at_least": 1})
