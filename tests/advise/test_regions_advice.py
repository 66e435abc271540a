"""One adapter or one a region: the table of rules, case by case."""

import pytest

from trimtab.advise import decide_regions
from trimtab.records import Layout, PackFinding, RegionFacts, RegionsCase

CONFLICT = PackFinding(
    id="duty-and-ban", severity="warn", title="", figure=None, summary="", remedy="", rows=("eu/units", "us/units")
)


def case(*counts: int, **more: object) -> RegionsCase:
    regions = tuple(RegionFacts(name=f"r{i}", comparisons=n, prompts=n, rules=3) for i, n in enumerate(counts))
    return RegionsCase(regions=regions, **more)  # type: ignore[arg-type]


CASES: list[tuple[RegionsCase, Layout, str]] = [
    (case(200, 200), "one", "no two rules"),
    (case(200, 200, conflicts=(CONFLICT,)), "several", "regions conflict"),
    (case(200, 200, conflicts=(CONFLICT,), routes=False), "collect", "neither layout"),
    (case(200, 200, routes=False), "one", "no two rules"),
    (case(200, 20, conflicts=(CONFLICT,)), "collect", "neither layout"),
    (case(200, 20), "one", "no two rules"),
    (case(10, 20), "collect", "neither layout"),
    (case(10, 20, shared=60), "one", "no two rules"),
]


@pytest.mark.parametrize(("given", "layout", "told"), CASES, ids=range(len(CASES)))
def test_the_layout_is_decided_by_the_first_rule_that_is_left(given: RegionsCase, layout: Layout, told: str) -> None:
    found = decide_regions(given)
    assert found.layout == layout
    assert told in found.reasons[0].fact
    assert found.reasons[0].force == "decides"


def test_what_would_change_it_is_tried() -> None:
    several = decide_regions(case(200, 200, conflicts=(CONFLICT,)))
    assert "were no rules in conflict, it would be one adapter for all regions" in several.would_change
    assert any("unable to choose" in each for each in several.would_change)
    thin = decide_regions(case(200, 20, conflicts=(CONFLICT,)))
    assert "had every region 50 comparisons, it would be an adapter a region" in thin.would_change


def test_costs_and_uneven_data_are_told_beside_it() -> None:
    facts = " ".join(each.fact for each in decide_regions(case(500, 100, 100, parameters=135_000_000)).reasons)
    assert "0.251 GiB in bf16" in facts  # 2 bytes of each of 135 million weights
    assert "3 models (0.754 GiB)" in facts
    assert "100 to 500 comparisons" in facts
