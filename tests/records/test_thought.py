"""Thought and answer are told apart, whichever marks a model has, and an answer that speaks of marks is left alone."""

import time

import pytest

from trimtab.records import (
    Answer,
    ThoughtMarks,
    also_thought,
    answered,
    is_thought_mark,
    opens_thought,
    split_thought,
    thought_version,
)

MARKED = {
    "tags": "<think>hm</think>\n\nYes.",
    "tags in capitals": "<THINKING>hm</THINKING>Yes.",
    "a tag with attributes": '<thinking effort="low">hm</thinking>\nYes.',
    "a tag of its own name space": "<seed:think>hm</seed:think>Yes.",
    "an underscored tag": "<longcat_think>hm</longcat_think>\nYes.",
    "reasoning and answer": "<reasoning>hm</reasoning>\n<answer>Yes.</answer>",
    "thought and response": "<think>hm</think><response>\nYes.\n</response>",
    "square": "[THINK]hm[/THINK]Yes.",
    "triangles": "◁think▷hm◁/think▷Yes.",
    "begin of thought": "<|begin_of_thought|>hm<|end_of_thought|>\n<|begin_of_solution|>Yes.<|end_of_solution|>",
    "start thinking": "<|START_THINKING|>hm<|END_THINKING|><|START_RESPONSE|>Yes.<|END_RESPONSE|>",
    "channels": "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Yes.<|return|>",
    "channels without their tokens": "analysisHm.assistantfinalYes.",
    "Gemma's channel": "<|channel>thought\nhm<channel|>Yes.",
    "inner prefix": "<|inner_prefix|>hm<|inner_suffix|>Yes.",
    "reflection behind thinking": "<thinking></thinking><reflection>hm</reflection><output>Yes.</output>",
    "reflection": "<reflection>hm</reflection>Yes.",
    "a monologue": "<internal_monologue>hm</internal_monologue>\nYes.",
    "an analysis before an answer": "<analysis>hm</analysis>\n<answer>Yes.</answer>",
    "channels without their tokens, in small letters": "analysishm.assistantfinalYes.",
    "an interface's": '<details type="reasoning" done="true">\nhm\n</details>\nYes.',
    "in words": "Here is my thought process:\nhm\n\nHere is my response:\nYes.",
    "opened in the prompt": "hm\n</think>\n\nYes.",
    "opened in the prompt, on one line": "Hm.</think>Yes.",
    "square, opened in the prompt": "hm[/THINK]Yes.",
    "behind the turn's own marks": "<|im_start|>assistant\n<think>hm</think>Yes.<|im_end|>",
    "other tags within": "<thinking>hm</thinking>Yes.",
}


@pytest.mark.case("F08", "thought before an answer is no part of it, whichever marks it stands between")
@pytest.mark.parametrize("name", MARKED)
def test_thought_is_taken_off(name: str) -> None:
    thought, answer = split_thought(MARKED[name])
    assert answer == "Yes."
    assert (thought or "").strip(".").lower() == "hm"


@pytest.mark.parametrize(
    "text",
    [
        "Plain words.",
        "The mark `</think>` closes it.",
        'They wrote "</think>" there.',
        "You close it with </think> and then you answer.",
        "First comes <think>, then </think>. That is all.",
        "An example:\n```\n<think>hm</think>\nYes.\n```\nIt is short.",
        "An example:\n```\nhm\n</think>\nYes.\n```",
        "`<think>` opens a thought.",
        "Sure. <think>hm</think> is how it looks.",
        "analysis of variance compares means",
        "## Thinking\nIt is hard.",
        "Use [THINK] and [/THINK] around it.",
        "<b>bold</b> and <reasonable>",
        "  indented, as it was  ",
    ],
)
def test_an_answer_that_speaks_of_marks_is_left_as_it_is(text: str) -> None:
    assert split_thought(text) == (None, text)


@pytest.mark.parametrize(
    ("text", "thought"),
    [
        ("<think>They ask for tea, so", "They ask for tea, so"),
        ("<think>all of it</think>\n", "all of it"),
        ("[THINK]and so", "and so"),
        ("<|channel|>analysis<|message|>They want", "They want"),
        ("analysisThey want", "They want"),
        ("◁think▷用户", "用户"),
        ("Here is my thought process: I would", "I would"),
        ('<think>I must not write "</think>" yet', 'I must not write "</think>" yet'),
    ],
)
def test_thought_without_an_answer(text: str, thought: str) -> None:
    assert split_thought(text) == (thought, None)


def test_the_first_mark_that_a_thought_does_not_speak_of_closes_it() -> None:
    said = "<think>They ask what </think> does. I tell.</think>\nIt closes."
    assert split_thought(said) == ("They ask what </think> does. I tell.", "It closes.")
    assert split_thought("<think>so </think> here you are") == ("so", "here you are")
    assert split_thought("<think>a</think><think>b</think>Yes.") == ("a\n\nb", "Yes.")
    assert split_thought("<thinking>a <reasoning>b</reasoning> c</thinking>Yes.")[1] == "Yes."
    assert split_thought("<think>\n\n</think>\n\nYes.") == (None, "Yes.")
    assert split_thought("") == split_thought(" \n") == (None, None)


def test_what_the_prompt_opened_is_known() -> None:
    assert opens_thought("<|assistant|>\n<think>\n") == "<think>"
    assert opens_thought("assistant: hello <think> and") == ""
    assert split_thought("They ask", opened="<think>") == ("They ask", None)
    assert split_thought("They ask.</think>Yes.", opened="<think>") == ("They ask.", "Yes.")
    assert [is_thought_mark(token) for token in ("[THINK]", "<|channel|>", "</think>", "<|eot_id|>")] == [
        True,
        True,
        True,
        False,
    ]


def test_marks_can_be_added_for_a_while() -> None:
    said, before = "«plan» do it «/plan» Done.", thought_version()
    with also_thought([ThoughtMarks(open="«plan»", close="«/plan»")]):
        assert split_thought(said) == ("do it", "Done.")
        assert thought_version() != before
    assert split_thought(said) == (None, said)
    assert thought_version() == before


def an_answer(text: str, *, ended: bool = True, **more: object) -> Answer:
    return Answer.model_validate({"prompt_id": "p", "index": 0, "text": text, "tokens": 5, "ended": ended, **more})


def test_answers_that_were_cut_in_a_thought_of_the_prompts_are_known_by_the_others() -> None:
    cut = an_answer("They ask for tea and I", ended=False)
    assert answered([cut]) == [cut]
    first, second = answered([an_answer("They ask.\n</think>\n\nYes."), cut])
    assert (first.text, first.thought, first.withheld) == ("Yes.", "They ask.", "")
    assert (second.text, second.thought, second.withheld) == ("", "They ask for tea and I", "thought only")
    whole = an_answer("Tea is warm.")
    assert answered([an_answer("They ask.\n</think>\n\nYes."), whole])[1] == whole


def test_what_a_server_tells_apart_is_kept() -> None:
    (kept,) = answered([an_answer("<think>b</think>Yes.", thought="a")])
    assert (kept.text, kept.thought) == ("Yes.", "a\n\nb")
    assert an_answer("", thought="a").withheld == "thought only"
    assert an_answer("", outcome="filtered").withheld == "filtered"
    assert an_answer("", outcome="refused").withheld == an_answer("").withheld == ""


@pytest.mark.parametrize(
    "text",
    [
        "<" * 300_000,
        "<think>" * 50_000,
        "</think>" * 50_000,
        "<think>a</think>" * 30_000,
        "x </think> a" * 30_000,
        "```\n" * 80_000 + "</think>",
        "`" * 300_000 + "</think>",
        "\n" * 300_000 + "x",
        "<think>" + "</think> a," * 30_000,
    ],
)
def test_any_text_takes_linear_time(text: str) -> None:
    began = time.process_time()
    split_thought(text)
    assert time.process_time() - began < 10  # a square of the length takes minutes
