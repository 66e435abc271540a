"""Help over held-out answers: every metric counts what it is about, and what no point covers is not checked."""

import pickle

from trimtab.evaluate import HELDOUT, heldout_benchmark, help_values, metric_named
from trimtab.records import Answer, Message, Point, Prompt, PromptPoints, ScorerRef
from trimtab.scorers import HelpScorer, Points, PointsScorer, StockScorer

ASKED = {
    "sofa": "What colour of curtains would go with a mustard yellow sofa?",
    "bees": "How do bees make honey?",
    "sum": "What is seven times eight?",
    "card": "Write a get-well card for our coach.",
}
PROMPTS = [Prompt(id=name, kind="any", messages=(Message(role="user", content=text),)) for name, text in ASKED.items()]
POINTS = Points(
    [
        PromptPoints(
            id="sofa",
            prompt=ASKED["sofa"],
            points=(
                Point(ways=("grey|blue|navy|cream|white|teal",), needed=True),
                Point(ways=("neutral|plain|contrast",)),
            ),
        ),
        PromptPoints(
            id="sum",
            prompt=ASKED["sum"],
            points=(Point(ways=("56",), needed=True),),
            wrong=("54|58|63|48",),
        ),
        PromptPoints(
            id="bees",
            prompt=ASKED["bees"],
            points=(Point(ways=("nectar",), needed=True), Point(ways=("flower*|blossom*",), needed=True)),
            wrong=("from_milk",),
        ),
    ]
)


def answers(**said: str) -> list[Answer]:
    return [
        Answer(prompt_id=prompt.id, index=0, text=said.get(prompt.id, ""), tokens=9, ended=True) for prompt in PROMPTS
    ]


def test_points_made_and_what_the_points_call_wrong() -> None:
    made = answers(sofa="Navy blue curtains.", bees="They collect nectar.", sum="Seven times eight is 54.")
    found = help_values(PROMPTS, made, POINTS)
    assert found["help.points"] == [1.0, 0.5, 0.0, None]
    assert found["help.false"] == [None, 0.0, 1.0, None]
    assert found["help.helps"][2] == 0.0


def test_a_false_answer_does_not_help_however_much_it_says() -> None:
    said = "Bees visit flowers, drink nectar, carry it home in a stomach, fan it dry with their wings and seal the wax."
    true, false = (HelpScorer(POINTS)([(ASKED["bees"], text)])[0] for text in (said, f"{said} It comes from milk."))
    assert true.value is not None
    assert true.value > 0.5
    assert (false.value, false.label, false.reason) == (0.0, "contradicts", "says: from_milk")


def test_without_points_help_is_judged_and_points_are_not() -> None:
    found = help_values(PROMPTS, answers(sofa="Navy blue curtains with a little white go well, and so does teal."))
    assert "help.points" not in found
    assert "help.false" not in found
    assert found["help.helps"][1:] == [0.0, 0.0, 0.0]
    assert found["help.empty"][1:] == [1.0, 1.0, 1.0]


def test_an_echo_and_a_pleasantry() -> None:
    made = answers(sofa="You're looking for curtains for a mustard yellow sofa.", bees="I'm so glad you asked!")
    found = help_values(PROMPTS, made, POINTS)
    assert found["help.echo"][0] == 1.0
    assert found["help.helps"][:2] == [0.0, 0.0]
    assert found["help.empty"][1] == 1.0


def test_stock_is_what_answers_to_other_prompts_say_too() -> None:
    stock = "I'm here to help you with anything you need today."
    rows = [(text, stock) for text in ASKED.values()]
    assert [score.label for score in StockScorer()(rows)] == ["stock"] * 4
    assert [score.label for score in StockScorer()(rows[:2])] == ["own"] * 2
    about = {"sofa": ("sofa", "yellow"), "bees": ("honey", "bee"), "sum": ("eight", "seven"), "card": ("card", "coach")}
    framed = [(ASKED[name], f"The {one} for a {other}.") for name, (one, other) in about.items()]
    assert [score.label for score in StockScorer()(framed)] == ["own"] * 4  # what frames the topic is grammar
    same = [(ASKED["sofa"], stock)] * 5
    assert [score.value for score in StockScorer()(same)] == [0.0] * 5  # one prompt's answers are alike by nature


def test_the_version_tells_the_points_and_the_benchmark_what_it_measures() -> None:
    plain, pointed = heldout_benchmark(()), heldout_benchmark((), points=POINTS)
    assert POINTS.version in pointed.version
    assert POINTS.version not in plain.version
    assert plain.metric("help.points") is None
    assert pointed.metric("help.points") is not None
    assert HELDOUT.metric("help.points") is not None
    assert [metric_named(name).rate for name in ("help.helps", "help.echo", "help.false", "help.points")] == [
        True, True, True, False,
    ]  # fmt: skip


def test_what_an_opened_scorer_is_decides_not_its_registered_namesake() -> None:
    ref = ScorerRef(scorer="help")
    opened = {ref: HelpScorer(POINTS)}
    bench = heldout_benchmark((), (ref,)).with_scorers(opened)
    assert POINTS.version in bench.version
    made = [[answer] for answer in answers(sum="Seven times eight is 54.")]
    (found,) = bench.measured(PROMPTS, made)
    assert found.values["score.help"][2] == 0.0


def test_scorers_by_points_can_be_sent_to_another_process() -> None:
    for made in (PointsScorer(POINTS), HelpScorer(POINTS)):
        again = pickle.loads(pickle.dumps(made))
        assert again.version == made.version
        assert again([(ASKED["sum"], "56")]) == made([(ASKED["sum"], "56")])
