"""What a critic's reply can be used as, and which rules it is shown."""

import pytest

from trimtab.feedback import Draft, critique_prompt, drawn_rules, read_critique, read_revision
from trimtab.records import Answer, Message, Prompt
from trimtab.spec import load_policy

PROMPT = Prompt(id="a", messages=(Message(role="user", content="How do I keep basil alive?"),))
SAID = "Basil is a plant that many people keep, and there is a lot that one could say about it."
FIRST = Answer(prompt_id="a", index=0, text=SAID, tokens=9, ended=True)
DRAFT = Draft(PROMPT, 0, FIRST, SAID)
POLICY = load_policy(
    {
        "name": "p",
        "preamble": "What we stand for.",
        "rules": [
            {"id": "brief", "text": "Be brief.", "why": "People are busy.", "examples": {"good": ["Water it."]}},
            {"id": "kind", "text": "Be kind."},
            {"id": "true", "text": "Say what is so."},
            {"id": "tea", "text": "No tea.", "when": "tea"},
        ],
    }
)
RULES = POLICY.rules[:1]


def reply(text: str, ended: bool = True) -> Answer:
    return Answer(prompt_id="a", index=0, text=text, tokens=9, ended=ended)


@pytest.mark.parametrize(
    ("text", "ended", "taken", "kept"),
    [
        ("It rambles.", True, "It rambles.", False),
        ("It rambles. And it never comes to the", False, "It rambles.", False),
        ("It rambles and never comes to the", False, "", False),
        ("It keeps the rule.", True, "", True),
        ("The answer follows the rules, yes.", True, "", True),
        ("It keeps the rule, but it tells nothing.", True, "It keeps the rule, but it tells nothing.", False),
        (SAID, True, "", False),
        ("<<<ANSWER 0123456789ab>>> It rambles on.", True, "", False),
        ("It rambles.<|im_end|>", True, "", False),
    ],
)
def test_a_critique_is_what_was_said_of_the_answer(text: str, ended: bool, taken: str, kept: bool) -> None:
    found = read_critique(reply(text, ended), DRAFT, RULES)
    assert (found.text, found.kept, bool(found.why)) == (taken, kept, not taken)


def test_a_revision_that_was_cut_counts_as_far_as_it_may() -> None:
    cut = reply("Water it from below. Pinch the tips. And do not", ended=False)
    taken = [read_revision(cut, DRAFT, "It rambles.", RULES, sentences).text for sentences in (0, 1, 5)]
    assert taken == ["", "Water it from below.", "Water it from below. Pinch the tips."]
    assert read_revision(reply(f" {SAID}\n"), DRAFT, "It rambles.", RULES, 0).why == "the revision changes nothing"
    assert read_revision(reply("It rambles."), DRAFT, "It rambles.", RULES, 0).why == (
        "no revision: it repeats what it was shown"
    )


def test_rounds_go_through_all_rules_in_an_order_of_the_answer_s_own() -> None:
    def drawn(number: int, **more: int) -> list[str]:
        return [rule.id for rule in drawn_rules(POLICY, DRAFT, number, **{"seed": 1, **more})]

    assert sorted(drawn(1) + drawn(2) + drawn(3)) == ["brief", "kind", "true"]  # `tea` is not about it
    assert drawn(4) == drawn(1)
    assert set(drawn(1, most=5)) == {"brief", "kind", "true"}
    assert [rule.id for rule in drawn_rules(POLICY, DRAFT, 1, names=["true"])] == ["true"]
    turned = POLICY.model_copy(update={"rules": POLICY.rules[::-1]})
    assert [rule.id for rule in drawn_rules(turned, DRAFT, 1, seed=1)] == drawn(1)
    assert len({tuple(drawn(1, seed=seed)) for seed in range(20)}) == 3


def test_the_critic_is_shown_the_rule_its_reason_and_an_example() -> None:
    asked = critique_prompt(POLICY, DRAFT, RULES, 1, ()).text
    for part in ("What we stand for.", "The rule: Be brief.", "People are busy.", "Water it.", SAID, PROMPT.text):
        assert part in asked
    assert "Be kind." not in asked
