"""Kinds of conflict in other words than those they were first met in; what only looks like them; what is said of it."""

from pathlib import Path

import pytest
import yaml

from packs.kinds import KINDS
from packs.planted import pack, rule
from packs.test_pack_conflicts import lineages
from trimtab.api import check_packs, pack_from
from trimtab.errors import UserError


@pytest.mark.parametrize("name", KINDS)
def test_the_kind_is_found_and_nothing_else(name: str) -> None:
    case = KINDS[name]
    found = check_packs(lineages(case)).findings
    assert {each.id for each in found} == case.found, [each.summary for each in found]
    assert len(found) <= 1
    assert all(set(each.rows) == case.rules and each.remedy and each.witness for each in found)


def test_figures_of_what_may_be_two_things_are_left_to_a_reader() -> None:
    def named(name: str, text: str, figure: str, about: str) -> dict[str, object]:
        checks = [{"lacks": rf"\b{figure} days\b"}]
        return rule(name, text, requires="disclose", when="returns?", checks=checks, examples={"about": [about]})

    one = pack("a", named("goods", "Goods go back within a time that is said.", "14", "Can I return shoes?"))
    other = pack("b", named("refund", "When the money comes is told.", "5", "When is the return paid?"))
    done = check_packs([one, other])
    assert not done.findings
    assert "not examined: a/goods with b/refund: 14 days and 5 days (whether of one thing" in done.summary


def test_a_dead_rule_is_shown_by_what_keeps_it_dead() -> None:
    jabs = rule("flu", "No appointment.", when=r"\bflu jabs?\b", unless=r"\bjabs?\b", checks=[{"contains": "x"}])
    (found,) = check_packs([pack("a", jabs)]).findings
    assert (found.id, found.witness) == ("dead-rule", "flu jab")
    assert "`unless` takes out what `when` finds" in found.summary


def test_a_weaker_severity_has_a_prompt_of_the_rule_above() -> None:
    above = {"about": ["I forgot my code."]}
    case = [
        pack("top", rule("pin", "No PIN is asked for.", checks=[{"contains": "your pin"}], examples=above)),
        pack("low", rule("pin", "", severity="warn"), extends="top"),
    ]
    (found,) = check_packs(lineages(KINDS["two ends"]._replace(packs=case))).findings
    assert (found.severity, found.witness) == ("block", "I forgot my code.")


def test_two_packs_are_each_told_what_their_languages_lack() -> None:
    found = [each for each in check_packs(["kr", "in"]).findings if each.rows == ("base/crisis-contact",)]
    assert sorted(each.witness for each in found) == ["hi", "ko"]


def test_a_pack_beside_is_extended_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "top.yaml").write_text(yaml.safe_dump(pack("top", rule("calm", "Calm."))))
    (tmp_path / "low.yaml").write_text(yaml.safe_dump(pack("low", rule("kind", "Kind."), extends="top")))
    assert [each.name for each in pack_from(tmp_path / "low.yaml").line] == ["top", "low"]
    (tmp_path / "low.yaml").write_text(yaml.safe_dump(pack("low", rule("kind", "Kind."), extends="tip")))
    with pytest.raises(UserError, match="tip"):
        pack_from(tmp_path / "low.yaml")
