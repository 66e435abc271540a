"""The data of three-regions: counts, ids, topics, twins, both sides of every comparison against the region's pack."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

import trimtab
from trimtab.data import near_duplicates, read_comparisons, read_points, read_prompts
from trimtab.packs import resolve
from trimtab.policy import RuleScorer, may_apply
from trimtab.records import Comparison, Policy, Prompt
from trimtab.spec import LoadedRegions, load_any, load_pack

FOLDER = Path(trimtab.__file__).parent / "recipes" / "three_regions"
REGIONS = ("eu", "us", "apac")
TRAIN = {name: read_prompts(FOLDER / name / "prompts_train.jsonl") for name in (*REGIONS, "common")}
HELDOUT = {name: read_prompts(FOLDER / name / "prompts_heldout.jsonl") for name in (*REGIONS, "common")}
ANSWERS: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("eu_answers.yaml").read_text(encoding="utf-8")
)
POINTS = {row.id: row for row in read_points(FOLDER / "points.jsonl").rows}
EU_RULES = {"ai": "ai-on-request", "plain": "no-needless-notice", "private": "private-details"}
"""The rule that a kind of the EU's prompts is about, where its name is another."""


def policy_of(name: str) -> Policy:
    return resolve(load_pack(FOLDER / "packs" / f"{name}.yaml")).policy


EU = policy_of("eu")


def comparisons(name: str) -> list[Comparison]:
    loaded = read_comparisons(FOLDER / name / "comparisons.jsonl")
    assert loaded.rejected == ()
    return list(loaded.kept)


def broken(policy: Policy, rows: list[tuple[str, str]], *, without: str = "") -> list[set[str]]:
    """Of each prompt and answer the rules that it breaks, each asked of all rows at once."""
    rules = [rule for rule in policy.rules if rule.id != without]
    columns = [RuleScorer(policy, rule)(rows) for rule in rules]
    return [
        {rule.id for rule, column in zip(rules, columns, strict=True) if column[place].value == 1.0}
        for place in range(len(rows))
    ]


def test_the_spec_loads_with_all_that_it_names() -> None:
    loaded = load_any(FOLDER / "spec.yaml")
    assert isinstance(loaded, LoadedRegions)
    assert tuple(loaded.regions) == REGIONS
    assert loaded.shared is not None


def test_enough_of_each_region_and_each_kind() -> None:
    assert Counter(p.kind for p in HELDOUT["common"]) == dict.fromkeys(
        ("everyday", "knowledge", "how-to", "writing"), 50
    )
    assert len(TRAIN["common"]) == 80
    assert all(len(TRAIN[name]) >= 120 and len(HELDOUT[name]) >= 220 for name in REGIONS)
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    trained, held = (Counter(p.kind for p in rows["eu"]) for rows in (TRAIN, HELDOUT))
    assert set(trained) == set(held)
    for kind in trained:
        assert f"| `{kind}` | {trained[kind]} | {held[kind]} |" in told


def test_ids_are_of_their_region_and_no_text_comes_twice() -> None:
    every = [(name, prompt) for rows in (TRAIN, HELDOUT) for name, prompts in rows.items() for prompt in prompts]
    assert all(prompt.id.startswith(f"{name}-") for name, prompt in every)
    assert len({prompt.id for _, prompt in every}) == len(every) == len({prompt.text.lower() for _, prompt in every})


@pytest.mark.parametrize("name", [*REGIONS, "common"])
def test_topics_and_texts_held_out_are_apart_from_those_trained_on(name: str) -> None:
    assert {p.topic for p in TRAIN[name]}.isdisjoint({p.topic for p in HELDOUT[name]})
    trained = [prompt for prompts in TRAIN.values() for prompt in prompts]
    assert [(a.text, b.text) for a, b in near_duplicates(trained, HELDOUT[name])] == []


@pytest.mark.parametrize("prompts", [TRAIN["eu"], HELDOUT["eu"], HELDOUT["common"]], ids=["train", "heldout", "common"])
def test_within_a_split_only_twins_are_near(prompts: list[Prompt]) -> None:
    near = [(a, b) for a, b in near_duplicates(prompts, prompts) if a.id < b.id]
    assert [(a.text, b.text) for a, b in near if a.twin != b.id and b.twin != a.id] == []


def test_a_twin_is_a_prompt_of_the_same_split_about_another_rule() -> None:
    for prompts in (TRAIN["eu"], HELDOUT["eu"]):
        kinds = {prompt.id: prompt.kind for prompt in prompts}
        found = [prompt for prompt in prompts if prompt.twin is not None]
        assert len(found) >= 60
        assert all(kinds[prompt.twin or ""] != prompt.kind for prompt in found)


@pytest.mark.parametrize("name", ["eu", "common"])
def test_every_training_prompt_has_one_comparison_that_teaches_its_rule_alone(name: str) -> None:
    rows = comparisons(name)
    assert [(row.id, row.prompt) for row in rows] == [(prompt.id, prompt.messages) for prompt in TRAIN[name]]
    good = broken(EU, [(p.text, row.chosen_text) for p, row in zip(TRAIN[name], rows, strict=True)])
    bad = broken(
        EU, [(p.text, row.rejected_text) for p, row in zip(TRAIN[name], rows, strict=True)], without="answered"
    )
    assert {row.id: rules for row, rules in zip(rows, good, strict=True) if rules} == {}
    assert [(row.id, rules) for row, rules in zip(rows, bad, strict=True)] == [
        (row.id, {row.provenance.rule}) for row in rows
    ]


def test_every_held_out_prompt_is_one_that_its_rule_is_about() -> None:
    for prompt in HELDOUT["eu"]:
        if prompt.kind not in ("asked", "elsewhere"):
            assert may_apply(EU, EU.rule(EU_RULES.get(prompt.kind, prompt.kind)), prompt.text), prompt.text
    asked = [rule for rule in EU.rules if rule.id.endswith("-asked")]
    for prompt in [p for p in HELDOUT["eu"] if p.kind == "asked"]:
        assert sum(may_apply(EU, rule, prompt.text) for rule in asked) == 1, prompt.text


def test_no_rule_of_a_case_is_about_a_common_prompt() -> None:
    cases = [EU.rule(name) for name in ("ai-on-request", "private-details", "money", "crisis-contact")]
    cases += [rule for rule in EU.rules if rule.id.endswith("-asked")]
    trained = [prompt for prompt in TRAIN["common"] if prompt.kind != "ai"]
    for prompt in (*trained, *HELDOUT["common"], *(p for p in HELDOUT["eu"] if p.kind == "plain")):
        assert not [rule.id for rule in cases if may_apply(EU, rule, prompt.text)], prompt.text


def test_a_disclosure_is_asked_for_as_often_as_it_is_needless_in_what_is_shared() -> None:
    asked = [prompt for prompt in TRAIN["common"] if prompt.kind == "ai"]
    assert 2 * len(asked) == len(TRAIN["common"])
    for name in REGIONS:
        policy = policy_of(name)
        assert [p.text for p in asked if not may_apply(policy, policy.rule("ai-on-request"), p.text)] == []


def test_points_are_of_the_prompts_as_they_stand() -> None:
    """`read_points` has refused those that a prompt makes by itself."""
    texts = {prompt.id: prompt.text for prompts in HELDOUT.values() for prompt in prompts}
    assert {row.id: row.prompt for row in POINTS.values()}.items() <= texts.items()
    assert {prompt.id for prompt in HELDOUT["common"]} <= POINTS.keys()
    assert all(any(point.needed for point in row.points) for row in POINTS.values())
    left = {p.kind for p in HELDOUT["eu"] if p.id not in POINTS and p.kind not in ("ai", "private")}
    assert left <= {"dates", "asked", "elsewhere"}  # three whose prompt says all that an answer could


@pytest.mark.parametrize("rule", ANSWERS)
def test_a_rule_hears_what_a_reader_would(rule: str) -> None:
    judge, groups = RuleScorer(EU, EU.rule(rule)), ANSWERS[rule]["about"]
    wrong = []
    for side, value in (("good", 0.0), ("bad", 1.0)):
        rows = [(group["prompt"], answer) for group in groups for answer in group[side]]
        assert len(rows) >= 15
        wrong += [row for row, score in zip(rows, judge(rows), strict=True) if score.value != value]
    assert wrong == []


@pytest.mark.parametrize("rule", [name for name, told in ANSWERS.items() if "beside" in told])
def test_a_rule_is_about_its_prompts_and_not_about_those_beside_it(rule: str) -> None:
    told = ANSWERS[rule]
    assert [prompt for prompt in told["beside"] if may_apply(EU, EU.rule(rule), prompt)] == []
    assert [prompt for prompt in told["of"] if not may_apply(EU, EU.rule(rule), prompt)] == []
