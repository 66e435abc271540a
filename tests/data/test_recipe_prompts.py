"""The recipe's prompt files: enough of them, none twice, and nothing held out that was nearly trained on."""

from pathlib import Path

import pytest

import trimtab
from trimtab.data import near_duplicates, read_facts, read_prompts
from trimtab.records import Prompt

FOLDER = Path(trimtab.__file__).parent / "recipes" / "concise_friendly"
TRAIN = read_prompts(FOLDER / "prompts_train.jsonl")
HELDOUT = read_prompts(FOLDER / "prompts_heldout.jsonl")
FACTS = read_facts(FOLDER / "facts.jsonl")


def test_enough_of_each() -> None:
    assert len(TRAIN) >= 200
    assert len(HELDOUT) >= 80
    assert len(FACTS) >= 80


def test_ids_are_unique() -> None:
    for items in ([*TRAIN, *HELDOUT], FACTS):
        ids = [item.id for item in items]
        assert len(ids) == len(set(ids))


def test_nothing_held_out_was_nearly_trained_on() -> None:
    assert [(a.text, b.text) for a, b in near_duplicates(TRAIN, HELDOUT)] == []


@pytest.mark.parametrize("prompts", [TRAIN, HELDOUT], ids=["train", "heldout"])
def test_no_near_duplicates_within(prompts: list[Prompt]) -> None:
    pairs = [(a.text, b.text) for a, b in near_duplicates(prompts, prompts) if a.id < b.id]
    assert pairs == []


def test_facts_are_asked_once_and_in_no_prompt() -> None:
    questions = [fact.question.lower() for fact in FACTS]
    assert len(questions) == len(set(questions))
    assert not {prompt.text.lower() for prompt in (*TRAIN, *HELDOUT)} & set(questions)


def test_the_kinds_held_out_are_the_kinds_trained_on() -> None:
    assert {prompt.kind for prompt in HELDOUT} == {prompt.kind for prompt in TRAIN}


def test_the_guard_would_see_a_copy() -> None:
    copied = Prompt(id="copy", messages=TRAIN[7].messages)
    assert near_duplicates(TRAIN, [*HELDOUT, copied]) == [(TRAIN[7], copied)]
