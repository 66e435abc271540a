"""Help in other languages: not judged where English rules would be applied, matched where the words are the user's."""

import pytest

from trimtab.evaluate import FACTS_SAID
from trimtab.evaluate.benchmarks.help import help_values
from trimtab.records import Answer, Fact, Message, Prompt, PromptPoints
from trimtab.scorers import Points, PointsScorer, judge_echo, judge_empty, judge_help, said_right

KETTLE = "How do I get limescale out of my kettle?"
SAID = {
    "German": "Mit Essig auskochen und danach gut ausspülen, das hilft immer.",
    "French": "Faites bouillir du vinaigre blanc puis rincez bien la bouilloire.",
    "Spanish": "Hierva vinagre blanco y después enjuague bien el hervidor.",
    "Chinese": "倒入白醋，煮沸后静置一小时再冲洗干净。",
    "Russian": "Прокипятите уксус и хорошо промойте чайник.",
    "Japanese": "お酢を入れて沸騰させ、よくすすいでください。",
}
ASKED = {
    "German": "Wie bekomme ich Kalk aus dem Wasserkocher?",
    "French": "Comment enlever le calcaire de ma bouilloire ?",
    "Spanish": "¿Cómo quito la cal de mi hervidor de agua?",
    "Chinese": "怎么去除水壶里的水垢?",
    "Russian": "Как убрать накипь из чайника?",
    "Japanese": "やかんの水垢はどうやって取りますか?",
}
WAYS = {"German": "essig", "French": "vinaigre", "Spanish": "vinagre", "Chinese": "白醋|柠檬酸", "Russian": "уксус",
        "Japanese": "お酢"}  # fmt: skip


def points(prompt: str, way: str, *wrong: str) -> Points:
    return Points([PromptPoints(id="k", prompt=prompt, points=({"ways": [way], "needed": True},), wrong=wrong)])


@pytest.mark.parametrize("tongue", SAID)
def test_an_answer_or_a_prompt_in_another_language_is_not_judged(tongue: str) -> None:
    for prompt, answer in ((KETTLE, SAID[tongue]), (ASKED[tongue], SAID[tongue])):
        for judge in (judge_help, judge_echo, judge_empty):
            score = judge(prompt, answer)
            assert score.value is None
            assert score.unjudged == f"in {tongue}"
    assert judge_help(ASKED[tongue], "Boil it with vinegar and then rinse the kettle.").value is None


@pytest.mark.parametrize("tongue", SAID)
def test_points_are_matched_in_their_own_language_alone(tongue: str) -> None:
    (own,) = PointsScorer(points(ASKED[tongue], WAYS[tongue]))([(ASKED[tongue], SAID[tongue])])
    assert own.value == 1.0
    (missed,) = PointsScorer(points(ASKED[tongue], WAYS["German" if tongue != "German" else "French"]))(
        [(ASKED[tongue], SAID[tongue])]
    )
    assert missed.value == 0.0
    (other,) = PointsScorer(points(KETTLE, "vinegar"))([(KETTLE, SAID[tongue])])
    assert other.unjudged == f"in {tongue}"
    (english,) = PointsScorer(points(ASKED[tongue], WAYS[tongue]))([(ASKED[tongue], "Boil it with vinegar and rinse.")])
    assert english.unjudged == "in English"


def test_what_points_call_wrong_is_told_in_english_alone() -> None:
    """Where negations are not known, "kein Bleichmittel" would be called false."""
    asked, said = ASKED["German"], "Nehmen Sie Essig und auf keinen Fall Bleichmittel."
    prompt = Prompt(id="k", kind="other", messages=(Message(role="user", content=asked),))
    answer = Answer(prompt_id="k", index=0, text=said, tokens=9, ended=True)
    known = points(asked, "essig", "bleichmittel")
    assert PointsScorer(known)([(asked, said)])[0].value == 1.0
    assert list(help_values([prompt], [answer], known)["help.false"]) == [None]


def test_facts_said_in_another_language_than_asked_are_not_judged() -> None:
    paris = Fact(id="p", question="What is the capital of France?", right="Paris", wrong=("Lyon", "Nice", "Lille"))
    said = [
        "The capital of France is Paris.",
        "法国的首都是巴黎。",
        "Paris",
        "Die Hauptstadt von Frankreich ist Paris.",
    ]
    answers = [[Answer(prompt_id=str(i), index=0, text=text, tokens=5, ended=True)] for i, text in enumerate(said)]
    (found,) = FACTS_SAID.measured([paris] * len(said), answers)
    assert list(found.values["facts.said"]) == [1.0, None, 1.0, None]
    assert list(found.unjudged["facts.said"]) == [None, "in Chinese", None, "in German"]
    chinese = Fact(id="c", question="法国的首都是哪里?", right="巴黎", wrong=("里昂", "尼斯", "里尔"))
    assert said_right(chinese, "法国的首都是巴黎。")
    assert not said_right(chinese, "法国的首都是里昂。")
