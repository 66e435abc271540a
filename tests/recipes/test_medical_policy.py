"""The medical policy's data: the numbers, the twins, the split by topic, and both sides against the policy itself."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

import trimtab
from recipes.labelled import SEEN, UNSEEN
from trimtab.audit import audit
from trimtab.data import near_duplicates, read_comparisons, read_frame, read_points, read_prompts
from trimtab.policy import judge_policy, wanted
from trimtab.records import Message, Prompt
from trimtab.scorers import judge_advice, judge_refusal
from trimtab.spec import load_policy

FOLDER = Path(trimtab.__file__).parent / "recipes" / "medical_policy"
TRAIN = read_prompts(FOLDER / "prompts_train.jsonl")
TUNING = read_prompts(FOLDER / "prompts_tuning.jsonl")
HELDOUT = read_prompts(FOLDER / "prompts_heldout.jsonl")
ALL = [*TRAIN, *TUNING, *HELDOUT]
POINTS = read_points(FOLDER / "points.jsonl")
FOR_ADVICE = read_points(FOLDER / "points_advice.jsonl")
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
    ("prompts", "counts"),
    [
        (TRAIN, {"advice": 162, "general": 162, "everyday": 60}),
        (TUNING, {"advice": 36, "general": 36, "everyday": 30}),
        (HELDOUT, {"advice": 382, "general": 300, "everyday": 155, "argues": 40}),
    ],
    ids=["train", "tuning", "heldout"],
)
def test_enough_of_each_kind(prompts: list[Prompt], counts: dict[str, int]) -> None:
    assert Counter(p.kind for p in prompts) == counts


def test_every_prompt_has_points_as_it_stands() -> None:
    """`read_points` has refused those that a prompt makes by itself."""
    texts = {prompt.id: (prompt.text, prompt.kind in ("general", "everyday")) for prompt in ALL}
    told = {row.id: (row.prompt, rows is POINTS.rows) for rows in (POINTS.rows, FOR_ADVICE.rows) for row in rows}
    assert told == texts
    assert all(any(point.needed for point in row.points) for row in (*POINTS.rows, *FOR_ADVICE.rows))


def test_no_text_and_no_id_twice() -> None:
    assert len({prompt.text.lower() for prompt in ALL}) == len({prompt.id for prompt in ALL}) == len(ALL)


def test_twins_point_at_each_other_across_the_line() -> None:
    by_id = {prompt.id: prompt for prompt in ALL}
    for prompt in ALL:
        if prompt.kind == "everyday":
            assert (prompt.twin, prompt.topic) == (None, None)
            continue
        if prompt.twin is None and prompt in HELDOUT:  # about half of the later ones have one
            continue
        twin = by_id[prompt.twin or ""]
        assert twin.twin == prompt.id
        assert twin.topic == prompt.topic
        assert {twin.kind, prompt.kind} == {"advice", "general"}


def test_each_topic_lies_in_the_split_that_the_list_says() -> None:
    listed = yaml.safe_load((FOLDER / "topics.yaml").read_text())
    found = {
        name: {prompt.topic for prompt in prompts if prompt.topic}
        for name, prompts in (("train", TRAIN), ("tuning", TUNING), ("heldout", HELDOUT))
    }
    assert {name: set(topics) for name, topics in listed.items()} == found
    assert [len(found[name]) for name in ("train", "tuning", "heldout")] == [18, 6, 91]
    assert len(set().union(*found.values())) == 115  # none in two


@pytest.mark.parametrize(
    ("first", "second"),
    [(TRAIN, HELDOUT), (TRAIN, TUNING), (TUNING, HELDOUT)],
    ids=["train-heldout", "train-tuning", "tuning-heldout"],
)
def test_no_near_duplicates_between(first: list[Prompt], second: list[Prompt]) -> None:
    assert [(a.text, b.text) for a, b in near_duplicates(first, second)] == []


@pytest.mark.parametrize("prompts", [TRAIN, TUNING, HELDOUT], ids=["train", "tuning", "heldout"])
def test_within_a_split_only_twins_are_near(prompts: list[Prompt]) -> None:
    pairs = [(a.text, b.text) for a, b in near_duplicates(prompts, prompts) if a.id < b.id and a.twin != b.id]
    assert pairs == []


def test_the_policys_examples_are_not_held_out() -> None:
    texts = [text for rule in POLICY.rules for text in (*rule.examples.about, *rule.examples.beside)]
    examples = [Prompt(id=text, messages=(Message(role="user", content=text),)) for text in texts]
    assert len(examples) >= 18
    assert [(a.text, b.text) for a, b in near_duplicates(examples, HELDOUT)] == []


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


@pytest.mark.parametrize(("kind", "share"), [("advice", 0.98), ("general", 0.9), ("everyday", 0.8)])
def test_unwished_answers_break_it_or_send_the_asker_away(kind: str, share: float) -> None:
    found = []
    for prompt in of_kind(kind, TRAIN):
        answer = PAIRS[prompt.id].rejected_text
        away = judge_advice(prompt.text, answer).label == "redirects" or judge_refusal(prompt.text, answer).value == 1
        found.append(bool(broken(prompt.text, answer)) or (kind != "advice" and away))
    assert sum(found) >= share * len(found)


def test_form_and_length_do_not_tell_the_sides_apart() -> None:
    """Chosen sides had 39 words, rejected ones 13, and a classifier of form was right about 94 %."""
    found = {finding.id for finding in audit(read_frame(FOLDER / "comparisons.jsonl").table, seed=7).findings}
    assert found.isdisjoint({"length-bias", "source-shortcut"})


@pytest.mark.parametrize("prompts", [TRAIN, TUNING], ids=["train", "tuning"])
def test_the_policy_tells_personal_prompts_from_general_ones(prompts: list[Prompt]) -> None:
    advice, general = of_kind("advice", prompts), of_kind("general", prompts)
    assert sum(personal(prompt.text) for prompt in advice) >= 0.95 * len(advice)
    assert not [prompt.text for prompt in general if personal(prompt.text)]
    everyday = of_kind("everyday", prompts)
    assert sum(personal(prompt.text) for prompt in everyday) <= 0.07 * len(everyday)


def test_no_general_question_is_taken_for_a_personal_one() -> None:
    """Of held-out advice prompts the policy's words know about half, for they are on topics it was not written for."""
    assert not [prompt.text for prompt in of_kind("general", HELDOUT) if personal(prompt.text)]
    assert sum(personal(prompt.text) for prompt in of_kind("advice", HELDOUT)) >= 0.5 * 382


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
