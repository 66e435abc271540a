"""Style scorers against judgements that a reader would agree with."""

import pytest

from trimtab.errors import UserError
from trimtab.evaluate import metric_named, metrics
from trimtab.scorers import STYLE_SCORERS, content_words, judge, style_scorer, words
from trimtab.scorers.rubric import Criterion

FORMAL = (
    "Furthermore, individuals should ensure that sufficient documentation is provided prior to commencement. "
    "It is essential to utilize appropriate resources, and it is not advisable to proceed without authorization."
)
FRIENDLY = (
    "Hey! Don't worry, it's easier than you think. Grab your papers and we'll sort it out together. You've got this!"
)
PLAIN = "The shop opens at nine. It closes at five."


def value(name: str, answer: str, prompt: str = "") -> float | None:
    return style_scorer(name).score(prompt, answer).value


def measured(name: str, answer: str, prompt: str = "") -> float:
    found = value(name, answer, prompt)
    assert found is not None
    return found


# every scorer tells the formal paragraph from the friendly one


@pytest.mark.parametrize(
    ("name", "higher_when"),
    [
        ("contractions", "friendly"),
        ("address", "friendly"),
        ("warmth", "friendly"),
        ("friendliness", "friendly"),
        ("formality", "formal"),
        ("sentence_length", "formal"),
        ("words", "formal"),
    ],
)
def test_formal_against_friendly(name: str, higher_when: str) -> None:
    friendly, formal = measured(name, FRIENDLY), measured(name, FORMAL)
    assert friendly > formal if higher_when == "friendly" else formal > friendly


def test_extremes() -> None:
    assert measured("friendliness", FRIENDLY) > 0.85
    assert measured("friendliness", FORMAL) < 0.05
    assert measured("formality", FORMAL) == 1.0
    assert measured("formality", FRIENDLY) == 0.0
    assert 0.1 < measured("friendliness", PLAIN) < 0.6


@pytest.mark.parametrize("scorer", STYLE_SCORERS, ids=lambda s: s.name)
@pytest.mark.parametrize(
    "answer", ["", "   \n\t", "...", "😊", "Yes.", FORMAL, FRIENDLY, "¿Qué?", "a" * 5000, "! " * 900]
)
def test_values_stay_in_their_range(scorer, answer: str) -> None:
    score = scorer.score("How do I bake bread?", answer)
    assert score.scorer == scorer.name
    if score.value is None:
        assert score.reason
    else:
        assert score.value >= 0
        if scorer.unit in ("share", "0 to 1"):
            assert score.value <= 1


# words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("... !!! 😊 — *", 0),
        ("Don't stop.", 2),
        ("Don’t stop.", 2),
        ("It costs 3.50, or 1,000 at 10:30.", 7),
        ("Café naïve résumé", 3),
        ("Привет мир", 2),
        ("rock 'n' roll", 3),
        ("**Bold** and _italic_", 3),
    ],
)
def test_words(text: str, count: int) -> None:
    assert measured("words", text) == count == len(words(text))


@pytest.mark.case("F09", "an empty answer has no style that could be measured, not even its words")
def test_an_empty_answer_is_not_judged_by_style() -> None:
    for name in (
        "words",
        "on_topic",
        "friendliness",
        "sentence_length",
        "contractions",
        "address",
        "warmth",
        "formality",
        "repetition",
    ):
        score = style_scorer(name).score("Hello?", "")
        assert score.value is None, name
        assert score.reason == "nothing to judge"


# sentence length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("One two three. Four five.", 2.5),
        ("- one two\n- three four", 2),
        ("Dr. Smith paid 3.50 dollars.", 5),
        ("no full stop here", 4),
    ],
)
def test_sentence_length(text: str, length: float) -> None:
    assert value("sentence_length", text) == length


# contractions


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("It's fine and you're late.", 1.0),
        ("It’s fine and you’re late.", 1.0),
        ("IT'S FINE.", 1.0),
        ("It is fine and you are late.", 0.0),
        ("It's fine but you are late.", 0.5),
        ("You should not, cannot and will not.", 0.0),
        ("I'd go; they'll wait; who'd know?", 1.0),
        ("Here is the plan.", 0.0),
        ("Here's the plan.", 1.0),
        ("It has been a while.", 0.0),
        ("I have seen it.", 0.0),
        ("She mightn't, he shan't.", 1.0),
        # nothing in these can be contracted, so there is nothing to judge
        ("The cat sat on the mat.", None),
        ("I know who you are.", None),
        ("You have an apple, and you have fun.", None),
        ("I have seven cats.", None),
        ("Let us know.", None),
        ("The dog's bone is in its bowl.", None),
        ("Yes, I am.", None),
        ("", None),
    ],
)
def test_contractions(text: str, share: float | None) -> None:
    assert value("contractions", text) == share


# address


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("You can do it if you want to, and your friends can help.", 1.0, 1.0),
        ("Let's go, we're late.", 1.0, 1.0),
        ("You’ll love it.", 1.0, 1.0),
        ("Water boils at one hundred degrees.", 0.0, 0.0),
        ("In the US the economy grew.", 0.0, 0.0),
        ("Give it to us.", 1.0, 1.0),
        ("A long answer of many words that says so very little of what was asked, dear you.", 0.5, 0.9),
    ],
)
def test_address(text: str, least: float, most: float) -> None:
    assert least <= measured("address", text) <= most


# warmth


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("Hi there. Thanks for asking.", 1.0),
        ("Hi there. The shop is shut.", 0.5),
        ("That's wonderful!!!!! Hooray!!!!! The shop is shut.", 2 / 3),
        ("Great, great, wonderful, fun, lovely!!! The shop is shut. It's dark. It rains.", 0.25),
        ("See you there. 😊", 1.0),
        ("See you there 😊 soon. Bring tea.", 0.5),
        ("Take care :)", 1.0),
        ("Have a lovely day.", 1.0),
        # words that only look warm
        ("Patients have a right to care.", 0.0),
        ("Make sure that the door is shut.", 0.0),
        ("It is not great.", 0.0),
        ("It isn't fun.", 0.0),
        ("A great deal of rain fell in Great Britain.", 0.0),
        ("The sounds of traffic.", 0.0),
        ("✓ Buy milk\n✓ Buy eggs", 0.0),
        ("This is the highest hill.", 0.0),
    ],
)
def test_warmth(text: str, share: float) -> None:
    assert value("warmth", text) == pytest.approx(share)


def test_exclamation_marks_do_not_pay_twice() -> None:
    assert value("warmth", "Go!!!!!!!! The shop is shut.") == value("warmth", "Go! The shop is shut.")


# formality


@pytest.mark.parametrize(
    "word", ["utilize", "utilizing", "utilized", "ensures", "facilitated", "provides", "requirement"]
)
def test_formal_words_in_all_their_forms(word: str) -> None:
    assert measured("formality", f"{word} one two three") == 1.0


@pytest.mark.parametrize(
    "word",
    [
        "question",
        "vacation",
        "happiness",
        "kindness",
        "actually",
        "usually",
        "birthday",
        "university",
        "activities",
        "apartment",
        "city",
        "bring",
        "used",
        "need",
        "is",
        "s",
    ],
)
def test_everyday_words_are_not_formal(word: str) -> None:
    assert measured("formality", f"that {word} was fun") == 0.0


def test_formality_is_a_share() -> None:
    assert measured("formality", "Furthermore " + "cat " * 9) == pytest.approx(0.5)  # one in ten, full at one in five
    assert measured("formality", "Furthermore " + "cat " * 99) == pytest.approx(0.05)


# repetition


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("The cat sat on the mat.", 0.0),
        ("go go go go go go", 0.75),  # four runs, all the same
        ("I like tea a lot. " * 10, 1 - 5 / 48),
        ("Two words", None),
        ("", None),
    ],
)
def test_repetition(text: str, share: float | None) -> None:
    assert value("repetition", text) == (None if share is None else pytest.approx(share))


def test_a_repeated_sentence_is_repetition_and_its_case_does_not_matter() -> None:
    once = "Water the plant every morning before work."
    assert measured("repetition", once) == 0
    assert measured("repetition", f"{once} {once.upper()}") > 0.35


# friendliness


def test_friendliness_is_the_mean_of_what_can_be_judged() -> None:
    parts = [1 - measured("formality", FORMAL)] + [measured(n, FORMAL) for n in ("contractions", "address", "warmth")]
    assert measured("friendliness", FORMAL) == pytest.approx(sum(parts) / 4)
    nothing_to_contract = "The cat sat on the mat."
    assert measured("friendliness", nothing_to_contract) == pytest.approx(1 / 3)


def test_friendlier_rewrites_score_higher() -> None:
    ladder = [
        "It is necessary to obtain authorization prior to the commencement of construction.",
        "A permit is needed before building can start.",
        "You need a permit before you start building.",
        "You'll need a permit before you start building. Good luck!",
    ]
    scores = [measured("friendliness", text) for text in ladder]
    assert scores == sorted(scores)
    assert scores[0] < scores[1] < scores[2] < scores[3]


# on topic


@pytest.mark.parametrize(
    ("prompt", "answer", "share"),
    [
        ("How do I bake bread?", "Baking bread takes flour.", 1.0),
        ("How do I bake bread?", "Bread is nice.", 0.5),
        ("How do I bake bread?", "The moon is far away.", 0.0),
        ("Which city is best?", "Cities differ; the best one has parks.", 1.0),
        ("A recipe for cookies?", "Cookie recipes are easy.", 1.0),
        ("I'm planning to run.", "A plan for running helps.", 1.0),
        ("I can't and don't.", "Anything.", None),
        ("How?", "Anything.", None),
    ],
)
def test_on_topic(prompt: str, answer: str, share: float | None) -> None:
    assert value("on_topic", answer, prompt) == share


@pytest.mark.parametrize(
    "family",
    [
        "bike bikes biking biked",
        "city cities",
        "cookie cookies",
        "recipe recipes",
        "run running runs",
        "visit visited",
        "invite inviting invited",
        "dish dishes",
        "study studies studying",
        "stop stopped",
        "horse horses",
        "pie pies",
        "garden gardening",
        "neighbour neighbour's",
    ],
)
def test_forms_of_one_word_are_one_content_word(family: str) -> None:
    assert len(content_words(family)) == 1


@pytest.mark.parametrize(
    "pair", ["car care", "thing think", "bus bush", "sing song", "king kin", "bring brother", "red bed"]
)
def test_different_words_stay_different(pair: str) -> None:
    assert len(content_words(pair)) == 2


# the table of metrics


def test_every_style_scorer_is_a_metric_once() -> None:
    names = [metric.name for metric in metrics()]
    assert len(names) == len(set(names))
    for scorer in STYLE_SCORERS:
        metric = metric_named(f"style.{scorer.name}")
        assert (metric.better, metric.unit) == (scorer.better, scorer.unit)
        assert Criterion(scorer=scorer.name, weight=1, full_to=1, zero_above=2).scorer.name == scorer.name
    with pytest.raises(UserError, match="No benchmark measures"):
        metric_named("style.nothing")
    with pytest.raises(KeyError):
        style_scorer("nothing")


def test_judge_uses_the_scorers() -> None:
    criteria = [Criterion(scorer="words", weight=1, full_to=10, zero_above=20)]
    assert judge(criteria, [("q", "one two three")])[0].values == {"words": 3.0}
