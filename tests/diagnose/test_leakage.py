"""Cause `leakage`: what came in from other regions, what went, and what would mend it."""

from dataclasses import replace

import pytest

from made.facts import clean, made_matrix
from trimtab.diagnose import LIKELY, Facts, diagnose, strays_of
from trimtab.records import Cause, Comparison, Message, Provenance


def leaking(gained: int, lost: int = 0, **more: object) -> Facts:
    return replace(clean(), matrix=made_matrix(gained, lost), region="eu", **more)  # type: ignore[arg-type]


def cause(facts: Facts) -> Cause | None:
    return next((each for each in diagnose(facts).causes if each.id == "leakage"), None)


def test_a_run_of_no_region_or_without_leaks_has_no_such_cause() -> None:
    assert cause(clean()) is None
    assert cause(leaking(0)) is None
    assert cause(leaking(2)) is None  # two of a hundred is no more than chance
    assert cause(leaking(1, 30)) is None  # other ways went


def test_the_more_came_in_the_likelier() -> None:
    few, many = cause(leaking(8)), cause(leaking(30))
    assert few is not None
    assert many is not None
    assert LIKELY <= few.score < many.score
    assert "15" not in few.evidence[0].summary
    assert "us/units in 30 of 100" in " ".join(each.summary for each in many.evidence)


def test_interventions_are_those_that_fit() -> None:
    plain = cause(leaking(20))
    assert plain is not None
    ids = [each.id for each in plain.interventions]
    assert ids[0] == "pairs-across-regions"
    assert {"raise-beta", "fewer-steps", "route"} <= set(ids)
    assert "separate-adapters" not in ids  # each adapter sits on the start already
    assert "us/units" in plain.interventions[0].summary
    shared = leaking(20, strays=0.2)
    assert shared.matrix is not None
    sits = cause(replace(shared, matrix=shared.matrix.model_copy(update={"before": "shared"})))
    assert sits is not None
    assert sits.interventions[0].id == "drop-strays"
    assert "separate-adapters" in [each.id for each in sits.interventions]


def test_comparisons_of_other_regions_rules_are_counted() -> None:
    def row(rule: str | None) -> Comparison:
        chosen, rejected = ((Message(role="assistant", content=text),) for text in ("a", "b"))
        told = Provenance(source="f", judge="j", why="", rule=rule)
        asked = (Message(role="user", content="q"),)
        return Comparison(id="c", prompt=asked, chosen=chosen, rejected=rejected, provenance=told)

    assert strays_of([row("units"), row("money"), row(None)], frozenset({"units"})) == pytest.approx(0.5)
    assert strays_of([row(None)], frozenset({"units"})) is None
