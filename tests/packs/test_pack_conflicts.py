"""Packs held against each other: planted conflicts, each with a witness that holds, and packs in harmony."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from packs.met import HARMONY, MEET, SAME
from packs.planted import CASES, Planted
from trimtab.api import check_packs, pack_from
from trimtab.packs import Lineage, bound_on
from trimtab.packs.strings import strings_of
from trimtab.policy import breaks_checks, may_apply, search
from trimtab.records import Pack, PackFinding, Policy


def lineages(case: Planted) -> list[Lineage]:
    """The packs of a case, each with what it extends."""
    made: dict[str, Lineage] = {}
    for raw in case.packs:
        given: Mapping[str, Any] = raw
        made[raw["name"]] = Lineage(
            Pack.model_validate(given), tuple(made[name] for name in filter(None, [raw.get("extends")]))
        )
    above = {raw.get("extends") for raw in case.packs}
    return [each for name, each in made.items() if name not in above]


@pytest.mark.parametrize("name", CASES)
def test_what_is_planted_is_found_and_nothing_else(name: str) -> None:
    case = CASES[name]
    found = [each for each in check_packs(lineages(case)).findings if each.id != "permitted-elsewhere"]
    assert {each.id for each in found} == case.found
    assert len(found) <= 1
    assert all(set(each.rows) == case.rules and each.remedy and each.witness is not None for each in found)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if len(case.rules) == 2])
def test_both_rules_are_about_the_witness(name: str) -> None:
    for each in check_packs(lineages(CASES[name])).findings:
        assert each.id == "weaker-child" or _meets(each, lineages(CASES[name]))


def _meets(found: PackFinding, packs: list[Lineage]) -> bool:
    rules = [bound.rule for pack in packs for bound in bound_on(pack, date.today()) if bound.name in found.rows]
    policies = [Policy(name="p", rules=(rule.model_copy(update={"except_rules": ()}),)) for rule in rules]
    return len(rules) == 2 and all(may_apply(each, each.rules[0], found.witness) for each in policies)


@pytest.mark.parametrize("name", MEET)
def test_rules_that_meet_on_a_prompt_nobody_wrote_are_held_against_each_other(name: str) -> None:
    one, other, first, second = MEET[name]
    done = check_packs([one, other])
    assert [set(each.rows) for each in done.findings] == [{first, second}]
    assert "was made" in done.findings[0].summary
    assert _meets(done.findings[0], [pack_from(one), pack_from(other)])


@pytest.mark.parametrize("name", HARMONY)
def test_what_only_looks_like_a_conflict_is_none(name: str) -> None:
    assert not check_packs(HARMONY[name]).findings


@pytest.mark.parametrize("name", SAME)
def test_what_text_and_length_tell_is_found(name: str) -> None:
    one, other, kind = SAME[name]
    done = check_packs([one, other])
    assert [each.id for each in done.findings] == [kind]
    assert ("No answer fits both" in done.findings[0].summary) == ("notice" in name)


def test_what_could_not_be_held_against_each_other_is_named() -> None:
    done = check_packs(HARMONY["two topics that only a strange question joins"])
    assert done.summary.splitlines()[1:] == [
        "not examined: library/fees with bees/hives (add a prompt on which both bind)"
    ]
    unchecked = check_packs(HARMONY["a text without a check denies something else"]).summary
    assert unchecked.endswith("not examined: calm/quiet with 1 other (it has no `checks`)")
    assert "not examined" not in check_packs(HARMONY["letters and threats"]).summary  # a line is drawn


def test_a_finding_says_who_inherits_a_rule_and_what_fails_the_command() -> None:
    above = {"name": "top", "rules": [{"id": "u", "text": "U.", "act": "units", "parameters": {"u": "metric"}}]}
    top = Lineage(Pack.model_validate(above))
    low = Lineage(Pack.model_validate({"name": "low", "extends": ["top"]}), (top,))
    far = {"name": "far", "rules": [{"id": "v", "text": "V.", "act": "units", "parameters": {"u": "customary"}}]}
    done = check_packs([low, far])
    assert "top/u (inherited by low) sets u to metric and far/v to customary" in done.findings[0].summary
    assert done.summary.endswith("1 warn; a block fails the command, a warn does not")


def test_illinois_california_and_china_differ_by_the_general_rule() -> None:
    done = check_packs(["us-il", "us-ca", "cn"], as_of="2026-11-28")
    pairs = {
        (each.id, *each.rows) for each in done.findings if each.severity == "warn" and "cn/reassurance" in each.rows
    }
    assert pairs == {
        ("duty-and-ban", "us-il/no-therapy", "cn/reassurance"),
        ("contradictory-requirements", "us-il/to-a-professional", "cn/reassurance"),
        ("contradictory-requirements", "us-ca/crisis-protocol", "cn/reassurance"),
    }
    assert not done.blocks
    renamed = [_renamed(pack_from(name)) for name in ("us-il", "cn")]
    assert ("duty-and-ban", ("x-us-il/r0", "x-cn/r1")) in [
        (each.id, each.rows) for each in check_packs(renamed).findings
    ]


def _renamed(one: Lineage) -> Lineage:
    """The same rules by other names of packs, rules and acts."""
    rules = tuple(
        rule.model_copy(update={"id": f"r{place}", "act": "solace" if rule.act == "emotional-support" else ""})
        for place, rule in enumerate(one.pack.rules)
    )
    return Lineage(one.pack.model_copy(update={"name": f"x-{one.name}", "rules": rules}), one.parents)


def test_before_china_s_measures_there_is_no_conflict() -> None:
    found = check_packs(["us-il", "us-ca", "cn"], as_of="2026-07-14").findings
    assert not [each for each in found if each.id == "duty-and-ban"]


def test_every_shipped_pack_can_be_kept_by_itself() -> None:
    done = check_packs(["eu", "us", "us-il", "us-ca", "apac", "cn", "kr", "in", "au", "sg", "jp"])
    assert not done.blocks, [each.summary for each in done.findings if each.severity == "block"]
    assert not [each for each in done.findings if each.id in ("dead-rule", "gap-in-time", "weaker-child")]
    assert all(each.witness and each.remedy for each in done.findings)


@pytest.mark.parametrize(
    "pattern",
    [r"\bup to (?:two|three) weeks", r"a{2,3}[^b]", r"(?i:crisis|988)", r"\A\s*Note:", "你并不孤单|我在听", r"x+?\d"],
)
def test_texts_made_of_a_pattern_hold_it(pattern: str) -> None:
    made = strings_of(pattern)
    assert made
    assert all(search(pattern, text) is not None for text in made)


def test_examples_of_shipped_rules_agree_with_their_checks() -> None:
    for name in ("base", "eu", "us", "us-il", "us-ca", "apac", "cn", "au", "jp"):
        for bound in bound_on(pack_from(name), date(2027, 1, 1)):
            rule = bound.rule.model_copy(update={"except_rules": ()})
            alone = Policy(name="p", languages=bound.languages or ("en",), rules=(rule,))
            for shown, value in [(each, 1.0) for each in rule.examples.bad] + [
                (each, 0.0) for each in rule.examples.good
            ]:
                told = breaks_checks(alone, alone.rules[0], shown.prompt or "", shown.answer)
                assert told.value == value, (bound.name, shown.answer, told)
            for prompt in rule.examples.about:
                assert may_apply(alone, rule, prompt), (bound.name, prompt)
            for prompt in rule.examples.beside if rule.when or rule.unless else ():
                assert not may_apply(alone, rule, prompt), (bound.name, prompt)
