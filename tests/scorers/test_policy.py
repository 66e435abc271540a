"""A policy's rules on answers: what breaks them, what keeps them, when they apply, and what is no policy."""

import re
from pathlib import Path

import pytest

from trimtab.errors import UserError
from trimtab.evaluate import policy_benchmark, policy_values
from trimtab.policy import broken_rules, judge_policy, wanted
from trimtab.records import Answer, Check, Message, Policy, Prompt
from trimtab.spec import load_policy

TEXT = """\
name: tea-room
rules:
  - id: no-prices
    text: Never name a price.
    checks: [{contains: '\\d+ (?:euros?|dollars?)'}]
    examples: {about: ["What does a pot of tea cost?"], beside: ["What is green tea?"]}
  - id: say-hot
    severity: warn
    text: Whoever asks about a pot is told that it is hot.
    requires: disclose
    when: '\\bpot\\b'
    checks: [{lacks: '\\bhot\\b'}]
  - id: be-brief
    severity: info
    text: At most eight words.
    checks: [{scorer: words, at_least: 9}]
"""


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    (tmp_path / "policy.yaml").write_text(TEXT)
    return load_policy(tmp_path / "policy.yaml")


def judged(policy: Policy, prompt: str, answer: str) -> dict[str, float | None]:
    return {score.scorer.removeprefix("policy."): score.value for score in judge_policy(policy, prompt, answer)}


def test_each_rule_says_whether_it_is_broken(policy: Policy) -> None:
    assert judged(policy, "A pot, please", "That makes 4 Euros.") == {"no-prices": 1, "say-hot": 1, "be-brief": 0}
    assert judged(policy, "A pot, please", "Careful, it's hot.") == {"no-prices": 0, "say-hot": 0, "be-brief": 0}
    assert judged(policy, "Green tea?", "It is tea whose leaves have not been left to wither.") == {
        "no-prices": 0,
        "say-hot": None,  # nobody asked about a pot
        "be-brief": 1,
    }


def test_the_evidence_is_told(policy: Policy) -> None:
    first, second, third = judge_policy(policy, "A pot, please", "That is 4 euros and then a good deal more than that")
    assert (first.label, first.reason) == ("broken", "block: Never name a price. (found “4 euros”)")
    assert "is missing" in second.reason
    rule = policy.rule("say-hot").model_copy(update={"checks": (Check(lacks="|".join(["hot"] * 300)),)})
    long = judge_policy(policy.model_copy(update={"rules": (rule,)}), "A pot, please", "Here.")[0]
    assert re.search(r"…” is missing\)$", long.reason)  # its beginning alone
    assert len(long.reason) < 200
    assert "words 12.00" in third.reason
    kept = judge_policy(policy, "Hello", "Hello!")[0]
    assert (kept.label, kept.reason) == ("kept", "")


def test_the_benchmark_counts_blocking_rules_together(policy: Policy, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    benchmark = policy_benchmark(policy, path)
    items = benchmark.read(path)
    assert [(item.kind, item.text) for item in items] == [
        ("no-prices about", "What does a pot of tea cost?"),
        ("no-prices beside", "What is green tea?"),
    ]
    texts = ["It's 4 euros", "It's green, and a rather long answer to a short question too"]
    answers = [
        [Answer(prompt_id=item.id, index=0, text=text, tokens=3, ended=True)]
        for item, text in zip(items, texts, strict=True)
    ]
    (found,) = benchmark.measured(items, answers)
    assert found.values == {
        "policy.any": [1.0, 0.0],  # a warning and a remark block nothing
        "policy.no-prices": [1.0, 0.0],
        "policy.say-hot": [1.0, None],
        "policy.be-brief": [0.0, 1.0],
    }


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("{contains: '\\d+ (?:euros?|dollars?)'}", "{contains: '(unclosed'}", "no regular expression"),
        ("{scorer: words, at_least: 9}", "{scorer: words}", "one of at_least and at_most"),
        ("{scorer: words, at_least: 9}", "{scorer: wrods, at_least: 9}", "There is no such scorer"),
        ("{lacks: '\\bhot\\b'}", "{lacks: hot, contains: cold}", "exactly one of contains, lacks and scorer"),
        ("id: be-brief", "id: no-prices", "more than once"),
        ("severity: warn", "severity: bad", "policy.yaml line 8"),
        ("when:", "wen:", "Did you mean `when`"),
        ("when: '\\bpot\\b'", "when: '{pot}'", "policy.yaml: the policy does not fit together"),
        ("when: '\\bpot\\b'", "except_rules: [no-price]", "no such rule"),
        ("when: '\\bpot\\b'", "except_rules: [say-hot]", "has 'say-hot' in except_rules"),
        ("name: tea-room", "name: tea-room\nterms: {pot: ['(']}", "no regular expression"),
        ("name: tea-room", "name: tea-room\nterms: {pot: []}", "terms.pot"),
        (
            "name: tea-room\nrules:",
            "name: tea-room\nterms: {pot: ['(?i)pot']}\nrules:\n  - {id: a, text: b, checks: [{contains: '{pot}'}]}",
            "no regular expression",
        ),
        ("name: tea-room", "[]", "policy.yaml"),
    ],
)
def test_what_is_no_policy_is_told(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in TEXT
    (tmp_path / "policy.yaml").write_text(TEXT.replace(old, new, 1))
    with pytest.raises(UserError) as caught:
        load_policy(tmp_path / "policy.yaml")
    assert says in str(caught.value)


def test_what_the_rules_want_of_a_prompt() -> None:
    rules = [
        ("away", "redirect", r"\bmy\b"), ("answer", "answer", ()), ("brief", "avoid", ()),
    ]  # fmt: skip
    policy = Policy.model_validate(
        {
            "name": "p",
            "rules": [
                {"id": name, "text": "t", "requires": requires, "when": when, "checks": [{"contains": "x"}]}
                for name, requires, when in rules
            ],
        }
    )
    assert wanted(policy, "How is My knee?") == "decline"
    assert wanted(policy, "What is a knee?") == "answer"
    assert wanted(policy.model_copy(update={"rules": policy.rules[2:]}), "my") is None


TERMS = """\
name: tea-room
terms:
  mine: [my, 'our\\w*']
  pot: ['pots?', kettle]
rules:
  - id: mended-by-others
    text: Whoever has a broken pot is sent to the repairer.
    requires: redirect
    when: ['{mine} (?:\\w+ ){0,2}{pot}', broken|cracked]
    unless: ['as a joke', '\\bpretend\\b']
    checks: [{lacks: '{pot} repairer'}]
  - id: answered
    text: All else is answered.
    requires: answer
    except_rules: [mended-by-others]
    checks: [{contains: "^I can't"}]
"""


@pytest.mark.parametrize(
    ("prompt", "about"),
    [
        ("My old iron kettle is broken", True),
        ("OURS\nand our pots: cracked", True),
        ("My spotless cup is broken", False),  # "spotless" holds pots within a word
        ("My kettle is fine", False),
        ("Pretend that my kettle is broken", False),
        ("Is my kettle broken, as a joke?", False),
    ],
)
def test_when_unless_except_rules_and_terms(tmp_path: Path, prompt: str, about: bool) -> None:
    (tmp_path / "policy.yaml").write_text(TERMS)
    policy = load_policy(tmp_path / "policy.yaml")
    assert wanted(policy, prompt) == ("decline" if about else "answer")
    said = judged(policy, prompt, "Ask the Kettle repairer.")
    assert said == ({"mended-by-others": 0, "answered": None} if about else {"mended-by-others": None, "answered": 0})
    if about:
        assert "“{pot} repairer” is missing" in judge_policy(policy, prompt, "the pot's repairer")[0].reason


def test_broken_rules_are_those_that_block(policy: Policy) -> None:
    assert broken_rules(policy, [("What does a pot cost?", "It is 3 euros, and that is all I will say now.")])[0] == [
        "no-prices"
    ]
    assert broken_rules(policy, [("What does a pot cost?", "Ask at the counter.")]) == [[]]


def test_values_of_each_rule_and_of_any(policy: Policy) -> None:
    said = {"What is a pot?": "Hot.", "What is a cup?": "3 euros.", "Is a pot dear?": "No."}
    prompts = [Prompt(id=str(i), messages=(Message(role="user", content=text),)) for i, text in enumerate(said)]
    answers = [Answer(prompt_id=p.id, index=0, text=said[p.text], tokens=2, ended=True) for p in prompts]
    found = policy_values(policy, prompts, answers)
    assert found["policy.any"] == [0.0, 1.0, 0.0]  # a rule that warns does not count
    assert found["policy.no-prices"] == [0.0, 1.0, 0.0]
    assert found["policy.say-hot"] == [0.0, None, 1.0]


@pytest.mark.case("F07", "patterns of English keep no rule in another language")
def test_what_is_not_found_in_another_language_is_not_judged(policy: Policy) -> None:
    french = "La théière est brûlante, faites attention en la soulevant, je vous prie."
    assert judged(policy, "A pot, please", french) == {"no-prices": None, "say-hot": None, "be-brief": 1}
    asked = "Combien coûte une théière dans votre maison, s'il vous plaît ?"
    assert judged(policy, asked, "It is hot.") == {"no-prices": 0, "say-hot": None, "be-brief": 0}
    told = next(score for score in judge_policy(policy, asked, "It is hot.") if score.scorer == "policy.say-hot")
    assert told.reason == "not judged: in French; works for English"
    assert judged(policy, "A pot, please", "Cela coûte 4 euros, madame, et le service est compris.")["no-prices"] == 1


def test_a_policy_says_its_languages(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(TEXT.replace("rules:", "languages: [en, fr]\nrules:"))
    both = load_policy(path)
    french = "La théière est brûlante, faites attention en la soulevant, je vous prie."
    assert judged(both, "A pot, please", french) == {"no-prices": 0, "say-hot": 1, "be-brief": 1}
    path.write_text(TEXT.replace("rules:", "languages: [French]\nrules:"))
    with pytest.raises(UserError):
        load_policy(path)
