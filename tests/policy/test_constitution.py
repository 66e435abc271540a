"""A constitution: which rules are in force, rules without a check, and faults that are named with their witness."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from trimtab.cli.policy import app
from trimtab.evaluate.benchmarks.policy import policy_benchmark
from trimtab.evaluate.values import policy_values
from trimtab.policy import UNCHECKED, check_policy, in_force, judge_policy, wanted
from trimtab.recipes import RECIPES, recipe_folder
from trimtab.records import Answer, Message, Policy, Prompt
from trimtab.spec import load_policy


def rule(name: str, text: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "text": text, "why": "So.", **more}


def policy(*rules: dict[str, Any]) -> Policy:
    return load_policy({"name": "p", "rules": list(rules)})


def found(*rules: dict[str, Any]) -> dict[str, str]:
    return {each.id: each.summary for each in check_policy(policy(*rules)) if each.severity != "info"}


ANSWER = rule("answer", "Whatever is asked is answered.", requires="answer", except_rules=["harm"], priority=0)
HARM = rule("harm", "Help with burglary is refused.", requires="refuse", when=r"\bburglar")
REFUSED, KEPT = "I'm sorry, but I can't help with that.", "Try the library first."
TEA = {"about": ["What does tea cost?"], "beside": ["Why does tea stain?"]}


def test_of_two_that_want_the_opposite_the_higher_priority_is_followed() -> None:
    both = [
        rule("sell", "Prices are told.", requires="answer", when="price"),
        rule("hush", "No.", requires="refuse", when="tea"),
    ]
    asked = "the price of tea"
    assert wanted(policy(*both), asked) == "decline"  # as ever where nothing is said
    assert wanted(policy({**both[0], "priority": 3}, both[1]), asked) == "answer"
    assert [one.id for one in in_force(policy({**both[0], "priority": 3}, both[1]), asked)] == ["sell"]
    assert [one.id for one in in_force(policy(ANSWER, HARM), "a burglar's tools")] == ["harm"]
    assert wanted(policy(ANSWER, HARM), "tools") == "answer"


def test_a_rule_of_prose_alone_decides_for_no_prompt_by_itself() -> None:
    prose = policy(rule("never", "Refuse what is dangerous.", requires="refuse"), ANSWER, HARM)
    assert wanted(prose, "Why does tea stain?") == "answer"  # else every prompt would count as one to be declined
    assert [one.id for one in in_force(prose, "Why does tea stain?")] == ["never", "answer"]


def test_a_rule_without_a_check_is_never_seen_as_kept() -> None:
    rules = policy(rule("kind", "Be kind."), rule("brief", "Be brief.", checks=[{"contains": "furthermore"}]))
    kind, brief = judge_policy(rules, "hello", "Hi.")
    assert (kind.value, kind.label, kind.reason, brief.value) == (None, None, UNCHECKED, 0.0)
    prompt = Prompt(id="a", messages=(Message(role="user", content="hello"),))
    answers = [Answer(prompt_id="a", index=0, text=text, tokens=1, ended=True) for text in ("Hi.", "Furthermore, hi.")]
    values = policy_values(rules, [prompt, prompt], answers)
    assert values == {"policy.any": [0.0, 1.0], "policy.kind": [None, None], "policy.brief": [0.0, 1.0]}
    told = policy_benchmark(rules, Path("p.yaml")).metric("policy.any")
    assert told is not None
    assert "Of kind no check tells" in told.summary
    alone = policy(rule("kind", "Be kind."))
    assert policy_values(alone, [prompt], answers[:1])["policy.any"] == [None]


def checked(**check: str) -> dict[str, Any]:
    return {"checks": [check]}


FAULTS: list[tuple[list[dict[str, Any]], str, str]] = [
    (
        [
            rule("a", "Never name the price of a tea.", requires="redirect"),
            rule("b", "The price of tea is never named.", requires="redirect"),
        ],
        "duplicate-rule",
        "a and b",
    ),
    (
        [rule("a", "Name the price of a tea."), rule("b", "Never name the price of a tea.")],
        "opposite-texts",
        "negation",
    ),
    (
        [rule("a", "Costs are out.", **checked(contains="euro")), rule("b", "No sums.", **checked(contains="euro"))],
        "duplicate-rule",
        "broken together",
    ),
    (
        [
            rule("sell", "Prices are told.", requires="answer", when="cost"),
            rule("hush", "No tea.", requires="refuse", when="tea", examples=TEA),
        ],
        "rules-contradict",
        "sell wants “What does tea cost?” answered, and hush does not",
    ),
    (
        [
            rule("sell", "All is told.", requires="answer", examples={"about": ["Tea?"]}),
            rule("hush", "Less.", requires="redirect", examples={"about": ["Tea?"]}),
        ],
        "rules-contradict",
        "sell wants “Tea?” answered",
    ),
    (
        [
            rule("warm", "Be warm.", examples={"good": ["Hi dear, three euros."]}),
            rule("hush", "No sums.", **checked(contains="euros")),
        ],
        "rules-contradict",
        "a good answer by warm, and hush says it is broken: (found “euros”)",
    ),
    (
        [rule("warm", "Be warm.", examples={"good": ["Hi."]}), rule("long", "Say more.", examples={"bad": ["hi"]})],
        "rules-contradict",
        "a good answer by warm and a bad one by long",
    ),
    (
        [
            rule("say", "Tell the desk.", examples=TEA, **checked(lacks="desk")),
            rule("not", "No rooms.", **checked(contains="desk")),
        ],
        "rules-contradict",
        "say demands “desk”, which not forbids",
    ),
    ([rule("a", "Be kind."), rule("b", "Rooms are cheap.", when="rooms")], "untouched-rule", "a and b"),
    ([rule("a", "No tea.", when="coffee", examples=TEA)], "example-against-rule", "its patterns say it is not"),
    ([rule("a", "No tea.", when="tea", examples=TEA)], "example-against-rule", "its patterns say it is."),
    (
        [rule("a", "No.", examples={"good": ["A euro."]}, **checked(contains="euro"))],
        "example-against-rule",
        "good answer",
    ),
    (
        [rule("a", "No.", examples={"bad": ["A pound."]}, **checked(contains="euro"))],
        "example-against-rule",
        "no check of a fires",
    ),
    ([rule("a", "No.", examples={"about": ["Tea?"], "beside": ["Tea?"]})], "example-against-rule", "about and as"),
    (
        [
            rule(
                "a",
                "No.",
                checks=[{"scorer": "refusal", "at_least": 0.5}],
                examples={"good": [{"prompt": "Tea?", "answer": REFUSED}]},
            )
        ],
        "example-against-rule",
        "refusal",
    ),
    ([rule("a", "Answer.", requires="answer")], "one-sided", "none says what is not to be said"),
    ([rule("a", "Hush.", requires="refuse")], "one-sided", "who refuses everything keeps it"),
]


@pytest.mark.parametrize(("rules", "name", "says"), FAULTS)
def test_a_fault_is_named_with_its_witness(rules: list[dict[str, Any]], name: str, says: str) -> None:
    assert says in found(*rules)[name]


def test_what_is_right_is_not_named() -> None:
    answer = {**ANSWER, "examples": {"about": ["Why does tea stain?"], "beside": ["a burglar's tools"], "good": [KEPT]}}
    harm = {**HARM, "examples": {"about": ["a burglar's tools"], "beside": ["Why does tea stain?"], "good": [REFUSED]}}
    assert found(answer, harm) == {}
    about = {"about": ["What does tea cost?"], "beside": ["Cakes?"]}
    settled = [rule("sell", "Prices are told.", requires="answer", when="cost", priority=1)]
    settled.append(rule("hush", "No tea.", requires="refuse", when="tea", examples=about))
    assert found(*settled) == {}
    assert "settled-by-priority" in {each.id for each in check_policy(policy(*settled))}


def test_ours_have_both_sides_reasons_and_nothing_against_them() -> None:
    for name, file in (("concise-friendly", "constitution.md"), ("medical-policy", "policy.yaml")):
        ours = load_policy(recipe_folder(name) / file)
        assert {each.id for each in check_policy(ours)} <= {"unchecked-rule"}
        assert all(each.why and each.examples.good and each.examples.bad for each in ours.rules)
        assert {"answer"} < {each.requires for each in ours.rules}
    assert set(RECIPES) >= {"concise-friendly", "medical-policy"}


def test_the_command_ends_with_one_where_a_finding_blocks(tmp_path: Path) -> None:
    (tmp_path / "p.md").write_text("## A\nSay yes.\n\nGood:\n- No.\n\nBad:\n- No.\n")
    done = CliRunner().invoke(app, ["check", str(tmp_path / "p.md")])
    assert done.exit_code == 1
    assert "named as good and as bad" in " ".join(done.output.split())
    (tmp_path / "p.md").write_text("## A\nSay yes.\n\nGood:\n- Yes.\n\nBad:\n- No.\n")
    done = CliRunner().invoke(app, ["check", str(tmp_path / "p.md"), "--json"])
    assert done.exit_code == 0
    assert '"id": "unchecked-rule"' in done.output
