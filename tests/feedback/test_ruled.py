"""Which pairs a judge is shown, by which rule, and what its verdicts make."""

from collections import Counter

from trimtab.feedback import FLIPPED, decided, paired
from trimtab.feedback.ruled import NARROW, TIED, whole
from trimtab.judges import EQUAL, RulePair, RuleVerdict
from trimtab.records import Answer, JudgeFingerprint, Message, Policy, Prompt

POLICY = Policy.model_validate(
    {
        "name": "ours",
        "rules": [
            {"id": "kind", "text": "Be kind.", "checks": [{"contains": "fool"}]},
            {"id": "plain", "text": "Be plain.", "checks": [{"contains": "thus"}]},
            {"id": "doses", "text": "Name no dose.", "when": "pill", "checks": [{"contains": "mg"}]},
        ],
    }
)
PRINT = JudgeFingerprint(model="m", weights="w", prompt="p", labels="log-probabilities", decoding="the first token")


def prompt(name: str, text: str = "How do I begin?") -> Prompt:
    return Prompt(id=name, messages=(Message(role="user", content=text),))


def said(name: str, *texts: str, ended: bool = True, **more: object) -> list[Answer]:
    rows = [{"prompt_id": name, "index": i, "text": text, "tokens": 3, "ended": ended} for i, text in enumerate(texts)]
    return [Answer.model_validate({**row, **more}) for row in rows]


def test_a_rule_is_drawn_for_each_prompt_by_itself_and_only_one_that_is_about_it() -> None:
    prompts = [prompt(f"p{n}") for n in range(300)] + [prompt("pill", "Which pill helps?")]
    answers = {each.id: said(each.id, "One.", "Two.") for each in prompts}
    found = paired(prompts, answers, POLICY, (), "m", 0).pairs
    drawn = {pair.id: pair.rule.id for pair in found}
    turned = {pair.id: pair.rule.id for pair in paired(prompts[::-1], answers, POLICY, (), "m", 0).pairs}
    assert drawn == turned
    counts = Counter(drawn[f"p{n}"] for n in range(300))
    assert counts.keys() == {"kind", "plain"}
    assert min(counts.values()) > 120  # each is as likely
    assert drawn != {pair.id: pair.rule.id for pair in paired(prompts, answers, POLICY, (), "m", 1).pairs}
    other = paired(prompts, answers, POLICY, (), "m", 0, index=1).pairs
    assert drawn != {pair.id: pair.rule.id for pair in other}
    only = paired(prompts, answers, POLICY, ("doses",), "m", 0)
    assert [pair.id for pair in only.pairs] == ["pill"]
    assert {each.reason for each in only.rejected} == {"no rule of the constitution is about the prompt"}


def test_no_rule_is_drawn_that_one_of_higher_priority_sets_aside() -> None:
    prices = {"id": "prices", "text": "No price is named.", "when": "cost", "requires": "redirect", "priority": 1}
    told = {"id": "told", "text": "What is asked is answered.", "when": "tea", "requires": "answer"}
    policy = Policy.model_validate({"name": "ours", "rules": [prices, told]})
    prompts = [prompt(f"p{n}", "What does tea cost?") for n in range(30)] + [prompt("tea", "What is tea?")]
    found = paired(prompts, {each.id: said(each.id, "One.", "Two.") for each in prompts}, policy, (), "m", 0)
    assert {pair.rule.id for pair in found.pairs if pair.id != "tea"} == {"prices"}
    assert found.pairs[-1].rule.id == "told"


def test_every_prompt_is_a_pair_or_a_reject_that_says_why() -> None:
    answers = {
        "one": said("one", "One."),
        "empty": said("empty", "One.", "  "),
        "cut": said("cut", "no end", "nor here", ended=False),
        "kept-back": said("kept-back", "", "", outcome="filtered"),
        "thought": said("thought", "", "", thought="hm"),
        "good": said("good", "One.", "Two."),
    }
    prompts = [prompt(name) for name in answers]
    found = paired(prompts, answers, POLICY, (), "m", 0)
    assert [pair.id for pair in found.pairs] == ["good"]
    assert {each.row: each.reason for each in found.rejected} == {
        "one": "fewer than two answers",
        "empty": "an answer is empty",
        "cut": "an answer has no whole sentence",
        "kept-back": "filtered",
        "thought": answers["thought"][0].withheld,
    }


def test_what_was_cut_counts_up_to_its_last_whole_sentence() -> None:
    (cut,) = said("p", "It is red. It is also bl", ended=False)
    assert whole(cut) == "It is red."
    (ended,) = said("p", " It is red. And more ")
    assert whole(ended) == "It is red. And more"


def test_a_verdict_becomes_a_comparison_with_its_rule_and_judge_or_goes_to_people() -> None:
    verdicts = [
        RuleVerdict("first", 0.8, reason="kinder", shown_first=(0.9, 0.3)),
        RuleVerdict("second", 0.3, shown_first=(0.2, 0.6)),
        RuleVerdict("tie", 0.5, flipped=True, shown_first=(0.9, 0.9)),
        RuleVerdict("tie", 0.5, shown_first=(0.5, 0.5)),
        RuleVerdict("first", 0.52, shown_first=(0.52, 0.48)),
        RuleVerdict("tie", 0.5, reason=EQUAL),
        RuleVerdict(None, reason="could not judge: it said nothing"),
    ]
    rule = POLICY.rule("kind")
    pairs = [RulePair(f"p{n}", prompt("p").messages, f"first {n}", f"second {n}", rule) for n in range(len(verdicts))]
    made = decided(pairs, verdicts, source="m", judge="ours by m", fingerprint=PRINT, margin=0.1)
    one, two = made.comparisons
    assert (one.chosen_text, one.rejected_text) == ("first 0", "second 0")
    assert (two.chosen_text, two.rejected_text) == ("second 1", "first 1")
    assert [each.provenance.probability for each in (one, two)] == [0.8, 0.7]
    assert [each.provenance.margin for each in (one, two)] == [0.6, 0.4]
    assert {(each.provenance.rule, each.provenance.fingerprint) for each in (one, two)} == {("kind", PRINT)}
    assert one.provenance.why == "kinder (0.90 and 0.70 for it in the two orders)"
    assert two.provenance.why == "0.80 and 0.60 for it in the two orders"
    reasons = [each.reason for each in made.rejected]
    assert reasons == [FLIPPED, TIED, NARROW, EQUAL, "could not judge: it said nothing"]
    assert len(made.comparisons) + len(made.rejected) == len(pairs)
    assert [row.id for row in made.for_people] == ["p2", "p3", "p4", "p6"]
    assert all(row.ranks == (1, 1) for row in made.for_people)
    assert made.equal == 1
    assert made.rules["kind"].model_dump() == {"decided": 2, "flips": 1, "ties": 2, "not_judged": 1}
