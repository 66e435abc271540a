"""Twenty packs of two people who had not read the checker: what they contradict each other in is found."""

from datetime import date
from pathlib import Path

import pytest

from trimtab.api import check_packs, pack_from
from trimtab.packs import bound_on
from trimtab.policy import may_apply
from trimtab.records import PackFinding, Policy

DAY = date(2026, 12, 1)
OTHERS = Path(__file__).parent / "others"
GROUPS: dict[tuple[str, ...], set[tuple[str, ...]]] = {
    ("halden-lotto", "sundry-bank"): {("play-line", "within-the-house"), ("treasury-share", "no-word-on-levies")},
    ("fenn-forage", "korrin-parks"): {
        ("plain-word-on-eating", "fungi-and-berries"),
        ("month-named", "fungi-and-berries"),
        ("measures", "units"),
    },
    ("quickline", "marrow-mutual"): {
        ("short", "claim-in-three-steps"),
        ("no-sorry", "first-a-word-of-regret"),
        ("duzen", "foermlich"),
        ("no-date-promised", "a-number-of-days"),
    },
    ("skerry-ferries", "skerry-stays"): set(),
    ("velm-tenants", "hollin-homes"): set(),
    ("brook-vet", "meadow-children", "meadow-library", "ridge-walks", "tally-tax"): set(),
    ("emberfall", "kestrel-bank", "kestrel-youth", "linden-pharmacy", "wander"): {
        ("ai-on-request", "never-out-of-role"),
        ("never-asks-secrets", "never-asks-secrets"),
        ("loans-in-full", "brevity"),
        ("transfer-fee", "transfer-fee"),
        ("freshers-week",),
        ("flu-season",),
        ("chats-forgotten", "chats-kept"),
        ("old-tongue", "todays-language"),
        ("hail", "route-card"),
        ("messages-not-calls", "free-line"),
        ("dose-at-the-counter", "travel-sickness"),
    },
}
ENGLISH_ALONE = {
    "quickline/not-the-customer",
    "marrow-mutual/claim-in-three-steps",
    "velm-tenants/repair-steps",
    "hollin-homes/no-threats",
    "hollin-homes/no-law-firms",
    "hollin-homes/sorry-first",
    "hollin-homes/no-sum-back",
    "linden-pharmacy/prescription-only",
}
"""Rules of packs for English and German whose `when` or whose checks have English words alone: the first person saw
none of them, the second planted the last."""


def found_in_group(group: tuple[str, ...]) -> list[PackFinding]:
    return list(check_packs([OTHERS / f"{name}.yaml" for name in group]).findings)


@pytest.mark.parametrize("group", GROUPS)
def test_what_others_packs_contradict_each_other_in_is_found_and_nothing_else(group: tuple[str, ...]) -> None:
    found = [each for each in found_in_group(group) if each.id != "language-unchecked"]
    assert {tuple(sorted(rule.split("/")[1] for rule in each.rows)) for each in found} == {
        tuple(sorted(rules)) for rules in GROUPS[group]
    }
    assert all(each.witness for each in found)
    blocks = {each.rows[0].split("/")[1] for each in found if each.severity == "block"}
    assert blocks == ({"ai-on-request", "never-asks-secrets", "loans-in-full"} if "kestrel-youth" in group else set())


@pytest.mark.parametrize("group", GROUPS)
def test_rules_whose_words_are_of_one_language_are_named(group: tuple[str, ...]) -> None:
    found = [each for each in found_in_group(group) if each.id == "language-unchecked"]
    expected = {rule for rule in ENGLISH_ALONE if rule.split("/")[0] in group}
    assert {rule for each in found for rule in each.rows} == expected
    assert {(each.severity, each.witness) for each in found} <= {("info", "de")}


def test_both_rules_of_a_pair_are_about_its_witness() -> None:
    kinds = {"duty-and-ban", "contradictory-requirements", "incomparable-parameters"}
    group = ("emberfall", "kestrel-bank", "kestrel-youth", "linden-pharmacy", "wander")
    rules = {
        bound.name: bound.rule
        for name in group
        for bound in bound_on(pack_from(OTHERS / f"{name}.yaml"), pack_from(OTHERS / f"{name}.yaml").pack.until or DAY)
    }
    looked = [each for each in found_in_group(group) if each.id in kinds]
    assert len(looked) == 7
    for each in looked:
        for name in each.rows:
            rule = rules[name].model_copy(update={"except_rules": ()})
            assert may_apply(Policy(name="p", rules=(rule,)), rule, each.witness), (name, each.witness)
