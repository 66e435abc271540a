"""The recipe's prompt files: enough of them, none twice, and nothing held out that was nearly trained or tuned on."""

from pathlib import Path

import pytest

import trimtab
from trimtab.data import near_duplicates, read_facts, read_prompts
from trimtab.records import Prompt
from trimtab.scorers import said_right

FOLDER = Path(trimtab.__file__).parent / "recipes" / "concise_friendly"
TRAIN = read_prompts(FOLDER / "prompts_train.jsonl")
TUNING = read_prompts(FOLDER / "prompts_tuning.jsonl")
HELDOUT = read_prompts(FOLDER / "prompts_heldout.jsonl")
FACTS = read_facts(FOLDER / "facts.jsonl")


def test_enough_of_each() -> None:
    assert len(TRAIN) >= 200
    assert len(TUNING) >= 80
    assert len(HELDOUT) >= 120
    assert len(FACTS) >= 400


def test_ids_are_unique() -> None:
    for items in ([*TRAIN, *TUNING, *HELDOUT], FACTS):
        ids = [item.id for item in items]
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("first", "second"),
    [(TRAIN, HELDOUT), (TRAIN, TUNING), (TUNING, HELDOUT)],
    ids=["train-heldout", "train-tuning", "tuning-heldout"],
)
def test_no_near_duplicates_between(first: list[Prompt], second: list[Prompt]) -> None:
    assert [(a.text, b.text) for a, b in near_duplicates(first, second)] == []


@pytest.mark.parametrize("prompts", [TRAIN, TUNING, HELDOUT], ids=["train", "tuning", "heldout"])
def test_no_near_duplicates_within(prompts: list[Prompt]) -> None:
    pairs = [(a.text, b.text) for a, b in near_duplicates(prompts, prompts) if a.id < b.id]
    assert pairs == []


def test_facts_are_asked_once_and_in_no_prompt() -> None:
    questions = [fact.question.lower() for fact in FACTS]
    assert len(questions) == len(set(questions))
    assert not {prompt.text.lower() for prompt in (*TRAIN, *TUNING, *HELDOUT)} & set(questions)


def test_other_names_of_a_right_answer_are_heard_and_are_said_by_no_question() -> None:
    named = [(fact, name) for fact in FACTS for name in fact.also]
    assert len({fact.id for fact, _ in named}) >= 400
    assert [(fact.id, name) for fact, name in named if not said_right(fact, f"It is {name}.")] == []
    bare = {fact.id for fact in FACTS if said_right(fact.model_copy(update={"also": ()}), fact.question)}
    assert [fact.id for fact in FACTS if said_right(fact, fact.question) and fact.id not in bare] == []
    assert [fact.id for fact in FACTS if fact.also and any(said_right(fact, wrong) for wrong in fact.wrong)] == []


def test_the_kinds_held_out_are_the_kinds_trained_and_tuned_on() -> None:
    kinds = {prompt.kind for prompt in TRAIN}
    assert {prompt.kind for prompt in TUNING} == kinds
    assert {prompt.kind for prompt in HELDOUT} == kinds


def test_the_guard_would_see_a_copy() -> None:
    copied = Prompt(id="copy", messages=TRAIN[7].messages)
    assert near_duplicates(TRAIN, [*HELDOUT, copied]) == [(TRAIN[7], copied)]
