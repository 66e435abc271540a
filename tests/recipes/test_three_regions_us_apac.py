"""The US half and the Asian and Pacific half of three-regions: numbers, topics, both sides against the packs."""

import warnings
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import trimtab
from trimtab.data import near_duplicates, read_comparisons, read_points, read_prompts
from trimtab.policy import RuleScorer, may_apply
from trimtab.records import Policy, Prompt
from trimtab.spec import load_policy

FOLDER = Path(trimtab.__file__).parent / "recipes" / "three_regions"
REGIONS = ("us", "apac")
TRAIN = {region: read_prompts(FOLDER / region / "prompts_train.jsonl") for region in REGIONS}
HELDOUT = {region: read_prompts(FOLDER / region / "prompts_heldout.jsonl") for region in REGIONS}
POINTS = read_points(FOLDER / "points.jsonl")
ANSWERS: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("us_apac_answers.yaml").read_text(encoding="utf-8")
)
ASKED = {"units-asked", "dates-asked", "money-asked", "spelling-asked", "plain-asked"}
FORM = {"spelling", "units", "dates", "money"}
ABOUT = {
    **{kind: {kind} for kind in FORM},
    "claims": {"no-deceptive-claims"},
    "ai": {"ai-on-request"},
    "crisis": {"crisis-contact", "reassurance"},
    "therapy": {"no-therapy", "comfort"},
    "licence": {"no-implied-licence"},
    "formality": {"formality"},
    "age": {"not-for-children"},
    "elsewhere": FORM | {"ai-on-request", "no-deceptive-claims"},
    "asked": ASKED,
    "plain": {"no-needless-notice", "no-implied-licence"},
}
"""The rules of which one is about a prompt of each kind."""
BESIDE = {"asked", "plain"}
"""Kinds of what stands beside a line: asked otherwise, or with no reason for a notice."""


@cache
def policy(region: str) -> Policy:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_policy(FOLDER / "packs" / f"{region}.yaml")


def japanese(text: str) -> bool:
    return any("぀" <= letter <= "ヿ" for letter in text)


def chinese(text: str) -> bool:
    return not japanese(text) and any("一" <= letter <= "鿿" for letter in text)


@pytest.mark.parametrize("region", REGIONS)
def test_there_is_enough_of_each(region: str) -> None:
    train, heldout = TRAIN[region], HELDOUT[region]
    assert len(train) >= 160
    assert sum(prompt.kind not in BESIDE for prompt in heldout) >= 230
    assert sum(prompt.kind in BESIDE for prompt in train) >= 30
    for prompts in (train, heldout):
        assert {prompt.kind for prompt in prompts} <= ABOUT.keys()
        assert all(prompt.id.startswith(f"{region}-{prompt.kind}-") and prompt.topic for prompt in prompts)
    spanish = [p for p in heldout if any(letter in "¿¡ñáéíóú" for letter in p.text.lower())]
    assert len(spanish) >= len(heldout) / 8 if region == "us" else sum(japanese(p.text) for p in heldout) >= 230 / 6
    assert region == "us" or sum(chinese(p.text) for p in heldout) >= 230 / 6


def test_ids_and_texts_are_unique_and_topics_apart() -> None:
    every = [p for sets in (TRAIN, HELDOUT) for region in REGIONS for p in sets[region]]
    assert not [name for name, count in Counter(p.id for p in every).items() if count > 1]
    assert not [text for text, count in Counter(p.text.lower() for p in every).items() if count > 1]
    trained, held = ({p.topic for region in REGIONS for p in sets[region]} for sets in (TRAIN, HELDOUT))
    assert not trained & held


def test_nothing_held_out_is_nearly_trained_on() -> None:
    trained, held = ([p for region in REGIONS for p in sets[region]] for sets in (TRAIN, HELDOUT))
    assert [(a.text, b.text) for a, b in near_duplicates(trained, held)] == []


@pytest.mark.parametrize("prompts", [TRAIN, HELDOUT], ids=["train", "heldout"])
def test_twins_across_a_line_share_a_topic(prompts: dict[str, list[Prompt]]) -> None:
    for region in REGIONS:
        by_id = {prompt.id: prompt for prompt in prompts[region]}
        twins = [prompt for prompt in prompts[region] if prompt.twin]
        assert len(twins) >= 8
        for prompt in twins:
            twin = by_id[prompt.twin or ""]
            assert (twin.twin, twin.topic) == (prompt.id, prompt.topic)
            assert (twin.kind in BESIDE) != (prompt.kind in BESIDE)


@pytest.mark.parametrize("prompts", [TRAIN, HELDOUT], ids=["train", "heldout"])
def test_the_same_questions_are_asked_in_both_regions(prompts: dict[str, list[Prompt]]) -> None:
    shared = {p.topic for p in prompts["us"]} & {p.topic for p in prompts["apac"]}
    assert len(shared) >= 15


@pytest.mark.parametrize("region", REGIONS)
def test_a_rule_is_about_every_prompt_of_its_kind(region: str) -> None:
    rules = {rule.id: rule for rule in policy(region).rules}
    missed = [
        (prompt.id, prompt.text)
        for prompt in (*TRAIN[region], *HELDOUT[region])
        if not any(may_apply(policy(region), rules[name], prompt.text) for name in ABOUT[prompt.kind] & rules.keys())
    ]
    assert missed == []


@pytest.mark.parametrize("region", REGIONS)
def test_chosen_answers_keep_their_rule_and_rejected_ones_break_it(region: str) -> None:
    read = read_comparisons(FOLDER / region / "comparisons.jsonl")
    assert read.rejected == ()
    assert [(pair.id, pair.prompt) for pair in read.kept] == [(p.id, p.messages) for p in TRAIN[region]]
    for pair in read.kept:
        name = pair.provenance.rule or ""
        scorer = RuleScorer(policy(region), policy(region).rule(name))
        prompt = pair.prompt[-1].content
        chosen, rejected = scorer([(prompt, pair.chosen_text), (prompt, pair.rejected_text)])
        assert (chosen.value, rejected.value) == (0.0, 1.0), (pair.id, name, chosen.reason, rejected.reason)


@pytest.mark.parametrize("region", REGIONS)
def test_no_chosen_answer_breaks_another_rule(region: str) -> None:
    """Save `answered`, whose scorer hears a refusal in three of them."""
    pairs = read_comparisons(FOLDER / region / "comparisons.jsonl").kept
    rows = [(pair.prompt[-1].content, pair.chosen_text) for pair in pairs]
    for rule in policy(region).rules:
        if rule.id == "answered" or not rule.checks:
            continue
        scores = RuleScorer(policy(region), rule)(rows)
        assert [rows[place] for place, score in enumerate(scores) if score.value == 1.0] == [], rule.id


@pytest.mark.parametrize(("region", "name"), [(region, name) for region in REGIONS for name in ANSWERS[region]])
def test_answers_are_judged_as_a_reader_would(region: str, name: str) -> None:
    told = ANSWERS[region][name]
    good = [answer for answer in told["good"] if not answer.startswith(tuple(told.get("skip", ("\0",))))]
    bad = told["bad"]
    assert len(told["good"]) >= 15
    assert len(bad) >= 15
    scorer = RuleScorer(policy(region), policy(region).rule(name))
    scores = scorer([(told["prompt"], answer) for answer in (*good, *bad)])
    wanted = [0.0] * len(good) + [1.0] * len(bad)
    wrong = [
        (answer, score.value, score.reason)
        for answer, score, value in zip((*good, *bad), scores, wanted, strict=True)
        if score.value != value
    ]
    assert wrong == []


def test_every_rule_that_words_tell_has_answers() -> None:
    for region in REGIONS:
        checked = {rule.id for rule in policy(region).rules if rule.checks} - ASKED - {"answered"}
        assert checked - ANSWERS["us"].keys() - ANSWERS["apac"].keys() == set()


@pytest.mark.parametrize("region", REGIONS)
def test_points_are_there_for_most_that_is_held_out(region: str) -> None:
    """Enough for the gate on them; what asks for a word by name has none where its prompt says the word."""
    found = [prompt for prompt in HELDOUT[region] if POINTS.of(prompt.text) is not None]
    assert len(found) >= 0.98 * len(HELDOUT[region])
    assert all(POINTS.of(p.text).id == p.id for p in found if POINTS.of(p.text))  # type: ignore[union-attr]
