"""Ten packs of somebody who had not read the checker, in five pairs: what they contradict each other in is found."""

from pathlib import Path

import pytest

from trimtab.api import check_packs

OTHERS = Path(__file__).parent / "others"
PAIRS: dict[tuple[str, str], set[tuple[str, str]]] = {
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
}


@pytest.mark.parametrize("pair", PAIRS)
def test_what_others_packs_contradict_each_other_in_is_found_and_nothing_else(pair: tuple[str, str]) -> None:
    done = check_packs([OTHERS / f"{name}.yaml" for name in pair])
    found = {(each.rows[0].split("/")[1], each.rows[1].split("/")[1]) for each in done.findings}
    assert found == PAIRS[pair]
    assert {each.severity for each in done.findings} <= {"warn"}
