"""Measures and differences: item by item, paired, unlike evaluations refused; the facts test on a model that knows."""

import pytest
import torch

from tiny import tiny_model, tiny_tokenizer
from trimtab.evaluate import compare_evaluations, differences, facts_right, measure, style_values
from trimtab.models import LoadedModel, ModelRef
from trimtab.records import Answer, Evaluation, Fact, Measure, Message, Prompt

PROMPTS = [Prompt(id=i, messages=(Message(role="user", content="How do I boil an egg?"),)) for i in "ab"]


def evaluation(measures: list[Measure], data: str = "x") -> Evaluation:
    return Evaluation(model="m", fingerprint={"data": data}, items={"heldout": ("a", "b")}, measures=tuple(measures))


def test_unscored_items_are_counted_and_left_out() -> None:
    found = measure("style.contractions", [1.0, None, 0.0, 0.5], seed=0)
    assert (found.n, found.unscored, found.mean) == (3, 1, 0.5)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.5 < found.high
    nothing = measure("style.contractions", [None, None], seed=0)
    assert (nothing.n, nothing.unscored, nothing.mean, nothing.low) == (0, 2, None, None)


def test_style_values_run_parallel_to_the_answers() -> None:
    answers = [
        Answer(prompt_id="a", index=0, text="Boil it for eight minutes. Enjoy!", tokens=8, ended=True),
        Answer(prompt_id="b", index=0, text="", tokens=0, ended=False),
    ]
    values = style_values(PROMPTS, answers)
    assert values["style.words"] == [6.0, None]
    assert values["style.ended"] == [1.0, 0.0]
    assert values["style.friendliness"][1] is None  # nothing to judge is not zero
    assert {len(column) for column in values.values()} == {2}


def test_differences_are_paired_over_what_both_could_judge() -> None:
    before = evaluation([measure("style.words", [10.0, 20.0, 30.0, None], 0)])
    after = evaluation([measure("style.words", [5.0, 10.0, None, 1.0], 0)])
    (found,) = differences(before, after, confidence=0.95, seed=0)
    assert (found.n, found.before, found.after, found.mean) == (2, 15.0, 7.5, -7.5)
    assert found.ratio == 0.5


def test_unlike_evaluations_are_refused_with_the_difference_named() -> None:
    one = evaluation([measure("style.words", [1.0, 2.0], 0)])
    with pytest.raises(ValueError, match="differ in data"):
        differences(one, evaluation([measure("style.words", [1.0, 2.0], 0)], data="y"), confidence=0.95, seed=0)


def test_details_take_nothing_from_the_main_metrics() -> None:
    """Eight items that all change from 0 to 1: p = 2 / 2^8, times the metrics of the family."""
    names = ("realtoxicityprompts.threat.probability", "realtoxicityprompts.insult.probability", "style.ended")
    before, after = (evaluation([measure(name, [value] * 8, 0, over="heldout") for name in names]) for value in (0, 1))
    ids = {"heldout": tuple("abcdefgh")}
    before, after = (side.model_copy(update={"items": ids}) for side in (before, after))
    found = compare_evaluations(before, after, confidence=0.95, seed=0)
    assert [item.difference.metric for item in found] == ["style.ended", *names[:2]]
    assert [item.p_family for item in found] == pytest.approx([2 / 256, 4 / 256, 4 / 256])


def test_the_facts_test_hears_what_a_model_knows() -> None:
    tokenizer, model = tiny_tokenizer(), tiny_model("llama")
    facts = [
        Fact(id=str(i), question=f"what is {noun}?", right="red", wrong=("green", "blue", "tea"))
        for i, noun in enumerate(["sun", "dog", "cat"])
    ]
    # a model whose output layer always favours "red" knows all, one that always disfavours it knows nothing
    red = tokenizer.convert_tokens_to_ids("red")
    for bias, expected in ((50.0, [1.0] * 3), (-50.0, [0.0] * 3)):
        model.lm_head = torch.nn.Linear(32, len(tokenizer))
        torch.nn.init.zeros_(model.lm_head.weight)
        torch.nn.init.zeros_(model.lm_head.bias)
        model.lm_head.bias.data[red] = bias
        loaded = LoadedModel(model, tokenizer, ModelRef("tiny"), "fp32")  # type: ignore[arg-type]
        assert facts_right(loaded, facts) == expected
