"""A rule's languages: what its patterns were written for, and which languages' answers it is about at all."""

import pytest

from trimtab.policy import every, judge_policy
from trimtab.policy.patterns import of_signs
from trimtab.records import Policy, Rule

GERMAN = "Die Farbe des Himmels ist am Abend rot und am Tag blau, das weiß doch jedes Kind."
JAPANESE = "空の色は夕方には赤く、昼は青いです。"


def policy(**rule: object) -> Policy:
    made = Rule.model_validate({"id": "one", "text": "One.", **rule})
    return Policy(name="p", languages=("en", "de", "ja"), rules=(made,))


def judged(prompt: str, answer: str, **rule: object) -> tuple[float | None, bool]:
    score = judge_policy(policy(**rule), prompt, answer)[0]
    return score.value, score.applies


def test_a_rule_about_answers_in_one_language_does_not_apply_to_others() -> None:
    spelling = {"languages": ["en"], "answers_in": ["en"], "checks": [{"contains": r"\bcolou?rs?\b"}]}
    assert judged("Sky?", "The colours of the sky are many and they change with the hour.", **spelling) == (1.0, True)
    assert judged("Sky?", "It is blue in the day, and red when the sun is about to set.", **spelling) == (0.0, True)
    assert judged("Himmel?", GERMAN, **spelling) == (None, False)
    assert judged("Sky?", "Blue.", **spelling) == (0.0, True)  # too short to tell: taken for English
    without = {**spelling, "answers_in": []}
    assert judged("Himmel?", GERMAN, **without) == (None, True)  # not known, and told so


def test_a_rule_of_japanese_answers_is_not_unknown_of_english_prompts() -> None:
    polite = {"languages": ["ja"], "when": "[ぁ-ん]", "checks": [{"lacks": "です|ます"}]}
    english = ("What colour is the sky, and why is that so?", "It is blue, because the air scatters blue light most.")
    assert judged(*english, **polite) == (None, True)
    assert judged(*english, answers_in=["ja"], **polite) == (None, False)
    assert judged("空はなぜ青いのですか。", JAPANESE, answers_in=["ja"], **polite) == (0.0, True)
    assert judged("空はなぜ青いのですか。", "空の色は青い。それは光のためだ。", answers_in=["ja"], **polite) == (
        1.0,
        True,
    )


def test_figures_and_signs_are_looked_for_in_every_language() -> None:
    dates = {"languages": ["en"], "checks": [{"contains": r"\b(?:1[3-9]|2\d|3[01])/\d{1,2}/\d{4}\b"}]}
    assert judged("Wann?", "Das war am 20/07/1969, und die ganze Welt hat dabei zugesehen.", **dates) == (1.0, True)
    assert judged("Wann?", "Das war im Sommer, und die ganze Welt hat dabei zugesehen.", **dates) == (0.0, True)
    priced = {"languages": ["en"], "when": "€", "checks": [{"contains": r"\bcheap\b"}]}
    assert judged("Was kostet das Fahrrad, das dort an der Wand steht?", "x", **priced) == (None, False)


@pytest.mark.parametrize(
    ("pattern", "signs"),
    [
        (r"\d{4}-\d\d-\d\d", True), (r"(?:€|\$) ?\d", True), (r"(?<!\d)\d+°", True), (r"\d ?km\b", False),
        (r"\w+", False), (r"[^\d]", False), (r".", False), ("[ぁ-ん]", False), (r"\S", False), (r"\p{L}", False),
    ],
)  # fmt: skip
def test_patterns_of_signs_are_told(pattern: str, signs: bool) -> None:
    assert of_signs(pattern) is signs


def test_everything_that_a_pattern_finds_is_found_once_each() -> None:
    assert every(r"\d+ km", "3 km, 5 km, and 3 km again") == ["3 km", "5 km"]
    assert every(r"x*", "yyy") == []


def test_the_version_of_a_policy_without_the_new_words_has_no_room_for_them() -> None:
    plain = policy(checks=[{"contains": "x"}]).model_dump(mode="json")
    assert {"answers_in", "mark"}.isdisjoint(plain["rules"][0])
    told = policy(checks=[{"contains": "x"}], mark="metres", answers_in=["en"]).model_dump(mode="json")["rules"][0]
    assert told["mark"] == {"pattern": "metres", "languages": []}
