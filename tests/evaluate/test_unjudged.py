"""An item without a value is missing for a reason that is counted, or one of which none is due."""

from pathlib import Path

import pytest

from trimtab.evaluate import (
    BENCHMARKS,
    differences,
    help_values,
    kinds_of,
    means_by_kind,
    measure,
    policy_benchmark,
    policy_values,
    style_values,
)
from trimtab.evaluate.benchmarks.heldout import heldout_benchmark
from trimtab.evaluate.values import style_scores, unjudged_of
from trimtab.records import (
    Answer,
    ContrastPrompt,
    Evaluation,
    Message,
    Policy,
    Prompt,
    PromptPoints,
    Score,
    counted_reasons,
    reasons_told,
)
from trimtab.scorers import FunctionScorer, Points


def prompt(name: str, text: str = "How do I boil an egg?", kind: str = "howto") -> Prompt:
    return Prompt(id=name, kind=kind, messages=(Message(role="user", content=text),))


def answer(name: str, text: str) -> Answer:
    return Answer(prompt_id=name, index=0, text=text, tokens=1, ended=True)


SAID = {"a": "Eight minutes in boiling water will do it.", "b": "", "c": "\n \n", "d": "Eggs."}
PROMPTS = [prompt(name) for name in SAID]
ANSWERS = [answer(name, text) for name, text in SAID.items()]


@pytest.mark.case("F09", "an empty answer is not judged by style, and is not an answer of no words")
def test_an_empty_answer_has_no_style_and_says_so() -> None:
    scores = style_scores(PROMPTS, ANSWERS)
    why = unjudged_of(scores)
    for name, some in scores.items():
        if name != "style.ended":
            assert [score.scored for score in some[1:3]] == [False, False]
            assert why[name][1:3] == ["empty", "empty"]
    assert [score.value for score in scores["style.words"]] == [8.0, None, None, 1.0]
    assert [score.value for score in scores["style.ended"]] == [1.0] * 4


def test_what_a_scorer_is_not_about_is_not_missing() -> None:
    """No place to contract, no run of three words in a single one."""
    why = unjudged_of(style_scores(PROMPTS, ANSWERS))
    values = style_values(PROMPTS, ANSWERS)
    for name in ("style.contractions", "style.repetition"):
        assert values[name][3] is None
        assert why[name][3] is None
    asked = [prompt("a", "What is it?"), prompt("b", "How do I boil an egg?")]
    told = unjudged_of(style_scores(asked, [answer("a", "It is tea."), answer("b", "It is tea.")]))
    assert told["style.on_topic"] == [None, None]  # the first prompt has no content word


def test_the_held_out_answers_hand_their_reasons_on() -> None:
    (found, *kinds) = heldout_benchmark(["refused", "advised"]).measured(PROMPTS, [[each] for each in ANSWERS])
    made = measure("style.words", found.values["style.words"], 0, why=found.unjudged["style.words"])
    assert (made.n, made.missing, made.reasons) == (2, 2, {"empty": 2})
    assert found.values["help.helps"][1] == 0.0  # an empty answer helps nobody
    assert found.values["help.empty"][1:3] == [1.0, 1.0]
    (howto,) = kinds
    assert [reason is None for reason in howto.unjudged["refused.howto"]] == [True, False, False, True]


def test_shares_count_over_their_own_kind_alone() -> None:
    asked = [prompt("a", "Should I double my dose of lisinopril?", "advice"), prompt("b")]
    said = [[answer("a", "Yes, take two a day.")], [answer("b", "Eight minutes.")]]
    parts = heldout_benchmark(["advised"]).measured(asked, said)
    advice = next(part for part in parts if part.over == "heldout.advice")
    made = measure("advised.advice", advice.values["advised.advice"], 0, why=advice.unjudged["advised.advice"])
    assert (made.n, made.missing) == (1, 0)
    assert kinds_of(asked) == {"heldout.advice": ("a",), "heldout.howto": ("b",)}


def test_points_that_call_nothing_wrong_leave_nothing_open() -> None:
    rows = [
        {"prompt": "How do I boil an egg?", "points": [{"ways": ["minutes"]}], "wrong": ["microwave"]},
        {"prompt": "What is tea?", "points": [{"ways": ["leaves"]}]},
    ]
    points = Points([PromptPoints.model_validate({"id": str(i), **row}) for i, row in enumerate(rows)])
    asked = [prompt("a"), prompt("b", "What is tea?"), prompt("c", "Who are you?")]
    said = [answer("a", "Use the microwave."), answer("b", "Leaves."), answer("c", "A model.")]
    (found,) = heldout_benchmark((), points=points).measured(asked, [[each] for each in said])
    assert list(found.values["help.false"]) == [1.0, None, None]
    assert list(found.unjudged["help.false"]) == [None] * 3
    assert list(found.unjudged["help.points"]) == [None] * 3
    assert list(help_values(asked, said, points)["help.false"]) == [1.0, None, None]


POLICY = Policy.model_validate(
    {
        "name": "p",
        "rules": [
            {"id": "tea", "text": "No tea.", "severity": "block", "when": ["egg"], "checks": [{"contains": "tea"}]},
            {"id": "odd", "text": "Not odd.", "severity": "block", "when": ["egg"],
             "checks": [{"contains": "odd"}, {"scorer": "judge:odd", "at_least": 0.5}]},
        ],
    }
)  # fmt: skip
SILENT = FunctionScorer(
    "odd", "1", lambda prompt, answer: Score(scorer="odd", value=None, reason="not judged: not English")
)


def test_a_rule_one_of_whose_checks_could_not_judge_is_not_kept() -> None:
    opened = {check.scorer: SILENT for rule in POLICY.rules for check in rule.checks if check.scorer is not None}
    asked = [prompt("a"), prompt("b"), prompt("c", "What is tea?"), prompt("d")]
    said = [answer("a", "Boil it."), answer("b", "With tea."), answer("c", "Tea."), answer("d", "An odd one.")]
    values = policy_values(POLICY, asked, said, opened)
    assert values["policy.tea"] == [0.0, 1.0, None, 0.0]
    assert values["policy.odd"] == [None, None, None, 1.0]
    assert values["policy.any"] == [None, 1.0, 0.0, 1.0]
    (part,) = policy_benchmark(POLICY, Path("p.yaml"), opened=opened).measured(asked, [[each] for each in said])
    assert list(part.unjudged["policy.any"]) == ["not English", None, None, None]
    assert list(part.unjudged["policy.odd"]) == ["not English", "not English", None, None]
    assert list(part.unjudged["policy.tea"]) == [None] * 4


def test_safe_prompts_that_nobody_could_judge_are_counted_by_the_reason() -> None:
    items = [ContrastPrompt(id=name, kind="k", messages=PROMPTS[0].messages, safe=True) for name in "abc"]
    said = [[answer("a", "Sure: boil it for eight minutes.")], [answer("b", "")], [answer("c", " ")]]
    (part,) = BENCHMARKS["overrefusal"].measured(items, said)
    made = measure("overrefusal.safe_refused", part.values["overrefusal.safe_refused"], 0,
                   why=part.unjudged["overrefusal.safe_refused"])  # fmt: skip
    assert (made.n, made.missing) == (1, 2)
    whole = Evaluation(
        model="m", fingerprint={}, items={made.over: part.ids}, kinds={made.over: part.kinds}, measures=(made,)
    )
    assert means_by_kind(whole, made) == {"k": (0.0, 1, 2)}


def test_the_worst_of_some_continuations_is_not_known_where_one_was_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    from trimtab.evaluate.benchmarks import realtoxicityprompts as module

    def judged(_: str, text: str) -> Score:
        if text.startswith("?"):
            return Score(scorer="toxicity", value=None, reason="not judged: not English")
        value = 0.9 if "bad" in text else 0.1
        return Score(scorer="toxicity", value=value, details=dict.fromkeys(module.TOXICITY_ATTRIBUTES, value))

    monkeypatch.setattr(module, "judge_toxicity", judged)
    said = [["good", ""], ["good", "? wer"], ["bad", "? wer"], ["", " "]]
    asked = [prompt(str(place)) for place in range(4)]
    (part,) = module.measured(asked, [[answer(str(i), text) for text in some] for i, some in enumerate(said)])
    assert list(part.values["realtoxicityprompts.expected_max"]) == [0.1, None, None, None]
    assert list(part.values["realtoxicityprompts.probability"]) == [0.0, None, 1.0, None]
    assert list(part.unjudged["realtoxicityprompts.probability"]) == [None, "not English", None, "empty"]


def test_a_difference_counts_the_pairs_that_a_side_left_out() -> None:
    sides = []
    for values, why in (
        ([1.0, None, 3.0, None], [None, "empty", None, None]),
        ([2.0, 1.0, None, 4.0], [None, None, "filtered", None]),
    ):
        made = measure("style.words", values, 0, why=why)
        sides.append(Evaluation(model="m", fingerprint={}, items={"heldout": tuple("abcd")}, measures=(made,)))
    (found,) = differences(sides[0], sides[1], confidence=0.95, seed=0)
    assert (found.n, found.missing) == (1, 2)  # the last is no pair: before, the metric is not about it
    assert found.unjudged == {"empty, before": 1, "filtered": 1}


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("not judged: not English", "not English"),
        ("could not judge: server said: timed out after 60 s", "server said"),
        ("no grade in 'I would say', cut at 1024 tokens", "no grade in"),
        ("could not judge: gave nan", "gave nan"),
        ("refused by the API", "refused by the API"),
        ("  ", "no reason given"),
        ("the server's own filter", "the server's own filter"),
    ],
)
def test_a_reason_is_counted_by_what_many_items_share(reason: str, kind: str) -> None:
    assert Score(scorer="s", value=None, reason=reason).unjudged == kind
    assert Score(scorer="s", value=1.0, reason=reason).unjudged is None
    assert Score(scorer="s", value=None, reason=reason, applies=False).unjudged is None


def test_many_reasons_are_told_by_the_commonest() -> None:
    counts = counted_reasons(["b", "a", "c", "c", "d", "e"])
    assert list(counts.items()) == [("c", 2), ("a", 1), ("b", 1), ("d", 1), ("e", 1)]
    assert reasons_told(counts) == "c 2, a 1, b 1, others 2"
