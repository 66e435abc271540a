"""The medical policy's data: the numbers, the twins, the split by topic, and both sides against the policy itself."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

import trimtab
from recipes.labelled import SEEN, UNSEEN
from trimtab.data import near_duplicates, read_comparisons, read_points, read_prompts
from trimtab.policy import judge_policy, wanted
from trimtab.records import Message, Prompt
from trimtab.spec import load_policy

FOLDER = Path(trimtab.__file__).parent / "recipes" / "medical_policy"
TRAIN = read_prompts(FOLDER / "prompts_train.jsonl")
TUNING = read_prompts(FOLDER / "prompts_tuning.jsonl")
HELDOUT = read_prompts(FOLDER / "prompts_heldout.jsonl")
NEW = read_prompts(FOLDER / "prompts_heldout_new.jsonl")
ALL = [*TRAIN, *TUNING, *HELDOUT, *NEW]
POINTS_NEW = read_points(FOLDER / "points_heldout_new.jsonl")
LOADED = read_comparisons(FOLDER / "comparisons.jsonl")
PAIRS = {pair.id: pair for pair in LOADED.kept}
POLICY = load_policy(FOLDER / "policy.yaml")

PASSES = 0.95
"""Share of wished answers that break no rule: a few good ones are misread, and shown by `trimtab score`."""


def broken(prompt: str, answer: str) -> set[str]:
    return {s.scorer.removeprefix("policy.") for s in judge_policy(POLICY, prompt, answer) if s.value == 1}


def personal(text: str) -> bool:
    return wanted(POLICY, text) == "decline"


def of_kind(kind: str, prompts: list[Prompt]) -> list[Prompt]:
    return [prompt for prompt in prompts if prompt.kind == kind]


@pytest.mark.parametrize(
    ("prompts", "health", "everyday"),
    [(TRAIN, 108, 60), (TUNING, 36, 30), (HELDOUT, 54, 60)],
    ids=["train", "tuning", "heldout"],
)
def test_enough_of_each_kind(prompts: list[Prompt], health: int, everyday: int) -> None:
    assert Counter(p.kind for p in prompts) == {"advice": health, "general": health, "everyday": everyday}


def test_enough_new_held_out_ones() -> None:
    assert Counter(p.kind for p in NEW) == {"advice": 328, "general": 246, "everyday": 95}
    assert len({p.topic for p in NEW if p.topic}) == 82
    assert sum(p.twin is not None for p in of_kind("advice", NEW)) == 164


def test_every_new_prompt_has_points() -> None:
    """`read_points` has refused those that a prompt makes by itself."""
    assert [(row.id, row.prompt) for row in POINTS_NEW.rows] == [(p.id, p.text) for p in NEW]
    assert all(any(point.needed for point in row.points) for row in POINTS_NEW.rows)
    assert min(len(row.points) for row in POINTS_NEW.rows) >= 4


def test_no_text_and_no_id_twice() -> None:
    assert len({prompt.text.lower() for prompt in ALL}) == len({prompt.id for prompt in ALL}) == len(ALL)


def test_twins_point_at_each_other_across_the_line() -> None:
    by_id = {prompt.id: prompt for prompt in ALL}
    for prompt in ALL:
        if prompt.kind == "everyday":
            assert (prompt.twin, prompt.topic) == (None, None)
            continue
        if prompt.twin is None and prompt in NEW:  # about half of them have one
            continue
        twin = by_id[prompt.twin or ""]
        assert twin.twin == prompt.id
        assert twin.topic == prompt.topic
        assert {twin.kind, prompt.kind} == {"advice", "general"}


def test_each_topic_lies_in_the_split_that_the_list_says() -> None:
    listed = yaml.safe_load((FOLDER / "topics.yaml").read_text())
    found = {
        name: {prompt.topic for prompt in prompts if prompt.topic}
        for name, prompts in (("train", TRAIN), ("tuning", TUNING), ("heldout", [*HELDOUT, *NEW]))
    }
    assert {name: set(topics) for name, topics in listed.items()} == found
    assert [len(found[name]) for name in ("train", "tuning", "heldout")] == [18, 6, 91]
    assert len(set().union(*found.values())) == 115  # none in two


@pytest.mark.parametrize(
    ("first", "second"),
    [(TRAIN, HELDOUT), (TRAIN, TUNING), (TUNING, HELDOUT), (TRAIN, NEW), (TUNING, NEW), (HELDOUT, NEW)],
    ids=["train-heldout", "train-tuning", "tuning-heldout", "train-new", "tuning-new", "heldout-new"],
)
def test_no_near_duplicates_between(first: list[Prompt], second: list[Prompt]) -> None:
    assert [(a.text, b.text) for a, b in near_duplicates(first, second)] == []


@pytest.mark.parametrize("prompts", [TRAIN, TUNING, HELDOUT, NEW], ids=["train", "tuning", "heldout", "new"])
def test_within_a_split_only_twins_are_near(prompts: list[Prompt]) -> None:
    pairs = [(a.text, b.text) for a, b in near_duplicates(prompts, prompts) if a.id < b.id and a.twin != b.id]
    assert pairs == []


def test_the_policys_examples_are_not_held_out() -> None:
    texts = [text for rule in POLICY.rules for text in (*rule.examples.about, *rule.examples.beside)]
    examples = [Prompt(id=text, messages=(Message(role="user", content=text),)) for text in texts]
    assert len(examples) >= 18
    assert [(a.text, b.text) for a, b in near_duplicates(examples, [*HELDOUT, *NEW])] == []


def test_every_training_prompt_has_one_comparison_and_no_other_has() -> None:
    assert LOADED.rejected == ()
    assert list(PAIRS) == [prompt.id for prompt in TRAIN]
    assert all(PAIRS[prompt.id].prompt == prompt.messages for prompt in TRAIN)


def test_redirects_are_worded_for_their_prompt() -> None:
    chosen = [PAIRS[prompt.id].chosen_text for prompt in of_kind("advice", TRAIN)]
    assert len({" ".join(text.lower().split()[:3]) for text in chosen}) >= 100
    assert all(22 <= len(text.split()) <= 55 for text in chosen)
    declined = [PAIRS[prompt.id].rejected_text for prompt in of_kind("general", TRAIN)]
    assert len(set(declined)) == len(declined)


@pytest.mark.parametrize("kind", ["advice", "general", "everyday"])
def test_wished_answers_keep_the_policy(kind: str) -> None:
    prompts = of_kind(kind, TRAIN)
    kept = [not broken(prompt.text, PAIRS[prompt.id].chosen_text) for prompt in prompts]
    assert sum(kept) >= PASSES * len(kept)


@pytest.mark.parametrize(("kind", "share"), [("advice", 0.98), ("general", 0.9), ("everyday", 0.85)])
def test_unwished_answers_break_it(kind: str, share: float) -> None:
    prompts = of_kind(kind, TRAIN)
    found = [bool(broken(prompt.text, PAIRS[prompt.id].rejected_text)) for prompt in prompts]
    assert sum(found) >= share * len(found)


@pytest.mark.parametrize("prompts", [TRAIN, TUNING, HELDOUT], ids=["train", "tuning", "heldout"])
def test_the_policy_tells_personal_prompts_from_general_ones(prompts: list[Prompt]) -> None:
    advice, general = of_kind("advice", prompts), of_kind("general", prompts)
    assert sum(personal(prompt.text) for prompt in advice) >= 0.95 * len(advice)
    assert not [prompt.text for prompt in general if personal(prompt.text)]
    everyday = of_kind("everyday", prompts)
    assert sum(personal(prompt.text) for prompt in everyday) <= 0.07 * len(everyday)


def test_advice_is_caught_where_the_prompt_is_recognised_and_redirects_are_not() -> None:
    """The rules apply to prompts that `when` recognises; what escapes it is a limit of the list of words."""
    recognised = [(p, a, label) for p, a, label in (*SEEN, *UNSEEN) if personal(p)]
    assert len(recognised) >= 60
    caught = [bool(broken(p, a)) for p, a, label in recognised if label == "advises"]
    assert sum(caught) >= 0.9 * len(caught)
    marked = [bool(broken(p, a)) for p, a, label in recognised if label == "redirects"]
    assert sum(marked) <= 0.05 * len(marked)


def test_general_answers_are_not_marked() -> None:
    general = [(p, a) for p, a, label in (*SEEN, *UNSEEN) if label == "neither" and not personal(p)]
    marked = [(p, broken(p, a)) for p, a in general if broken(p, a) and "I'm a text model" not in a]
    assert len(marked) <= 0.05 * len(general)
