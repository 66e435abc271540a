"""Answers that others wrote by hand for the packs of three-regions: no good one goes another region's way."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
import yaml

import trimtab
from trimtab.regions import RegionRules, rules_of_pack
from trimtab.regions.heard import Ears
from trimtab.regions.leaks import look
from trimtab.regions.ways import Way, told_apart, way_in
from trimtab.spec import load_pack

PACKS = Path(trimtab.__file__).parent / "recipes" / "three_regions" / "packs"
ANSWERS = Path(__file__).parent.parent / "recipes"
LEAKS = {"spelling", "units", "dates"}
"""Rules whose bad answers go another region's way, most of them."""


@cache
def regions() -> tuple[RegionRules, ...]:
    return tuple(rules_of_pack(n, load_pack(PACKS / f"{n}.yaml"), date(2026, 11, 28)) for n in ("eu", "us", "apac"))


def written(region: str) -> Iterator[tuple[str, str, str, bool]]:
    """Rule, prompt, answer, and whether it is a good one there."""
    if region == "eu":
        told = yaml.safe_load((ANSWERS / "eu_answers.yaml").read_text(encoding="utf-8"))
        some = [(rule, each) for rule, own in told.items() for each in own["about"]]
    else:
        some = list(yaml.safe_load((ANSWERS / "us_apac_answers.yaml").read_text(encoding="utf-8"))[region].items())
    rows = [(rule, each["prompt"], each["good"], each["bad"]) for rule, each in some]
    for rule, prompt, good, bad in rows:
        yield from ((rule, prompt, str(answer), True) for answer in good if str(answer).strip())
        yield from ((rule, prompt, str(answer), False) for answer in bad if str(answer).strip())


@pytest.mark.parametrize("name", ["eu", "us", "apac"])
def test_no_good_answer_of_a_region_is_another_regions_way(name: str) -> None:
    apart, ears = told_apart(regions()), Ears(regions())
    here = next(each for each in regions() if each.name == name)
    ways = [
        way
        for of in regions()
        if of.name != name
        for rule in of.policy.rules
        if isinstance(way := way_in(of, rule, here, apart), Way)
    ]
    rows = list(written(name))
    ears.listen([(prompt, answer) for _, prompt, answer, _ in rows])
    shown = [
        any(look(way, prompt, answer, ears.hears((prompt, answer))).value for way in ways)
        for _, prompt, answer, _ in rows
    ]
    wrong = [(row[0], row[2]) for row, leak in zip(rows, shown, strict=True) if leak and row[3]]
    assert wrong == []
    bad = [leak for (rule, *_, good), leak in zip(rows, shown, strict=True) if rule in LEAKS and not good]
    assert sum(bad) >= 0.8 * len(bad) > 10  # what breaks a rule of form here is mostly the way of somewhere else
