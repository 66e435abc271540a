"""When a model's labels suit, and at which cost: told with figures, and never where nobody could check them."""

from pathlib import Path

import pytest
import yaml

from tiny import tiny_spec
from trimtab.advise import decide, read_case, sources
from trimtab.records import Case
from trimtab.spec import load_spec

RULES = {"name": "ours", "rules": [{"id": n, "text": n, "checks": [{"contains": "fool"}]} for n in ("kind", "plain")]}


def reasons(case: Case) -> dict[str, str]:
    return {reason.source: reason.fact for reason in decide(case).reasons}


def test_a_constitution_is_a_proxy_whose_labels_have_a_price() -> None:
    case = Case(prompts=1_000, reward="programmatic", rules=5, prices=(2.0, 10.0))
    fact = reasons(case)[sources.BAI_RULES]
    assert decide(case).method == "dpo"
    assert "5 rules" in fact
    assert "2,000 questions, both orders, about 1.3 million tokens (2.62 at its prices)" in fact
    assert "people take 8.33 hours; 300 of their labels, 2.5 hours" in fact


@pytest.mark.parametrize(
    ("case", "told"),
    [
        (Case(prompts=400), sources.LEE),
        (Case(prompts=400, comparisons=20), sources.LEE),
        (Case(prompts=40), None),
        (Case(prompts=400, comparisons=400), None),
        (Case(prompts=400, reward="verifiable"), None),
        (Case(prompts=400, comparisons=400, label_noise=0.45), None),
        (Case(prompts=400, comparisons=400, label_noise=0.45, rules=3), sources.OUYANG_AGREEMENT),
    ],
)
def test_ai_labels_are_proposed_where_labels_lack_and_people_agree(case: Case, told: str | None) -> None:
    found = {
        name: fact for name, fact in reasons(case).items() if "source `constitution`" in fact or "AI labels" in fact
    }
    assert set(found) == ({told} if told else set())


def test_a_specs_constitution_is_read_with_its_rules_and_prices(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(RULES))
    judge = {"url": "http://x", "model": "m", "prices": [2, 10]}
    source = {"constitution": {"path": "rules.yaml", "rules": ["kind"], "judge": judge}}
    case = read_case(load_spec(tiny_spec(tmp_path, feedback={"sources": [source]}))).case
    assert (case.rules, case.prices, case.reward, case.prompts) == (1, (2.0, 10.0), "programmatic", 10)
