"""Prompts that a chat template wrote before, of every family, are known and read back; what people write is not."""

import time

import polars as pl
import pytest

from trimtab.data import family_of, prompt_heads, read_back

ONE = [("user", "Why?")]
TOLD = [("system", "Be brief."), ("user", "Why?")]
TURNS = [("user", "Why?"), ("assistant", "So."), ("user", "And?")]
WRITTEN = {
    "ChatML": ("<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n", ONE),
    "ChatML, told": (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant", TOLD),
    "ChatML without an opened turn": ("<|im_start|>user\nWhy?<|im_end|>\n", ONE),
    "ChatML, turns": (
        "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\nSo.<|im_end|>\n<|im_start|>user\nAnd?<|im_end|>\n"
        "<|im_start|>assistant\n", TURNS),
    "Phi-4": ("<|im_start|>user<|im_sep|>Why?<|im_end|><|im_start|>assistant<|im_sep|>", ONE),
    "Llama 3": (
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user"
        "<|end_header_id|>\n\nWhy?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n", TOLD),
    "Llama 2": ("<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nWhy? [/INST]", TOLD),
    "Llama 2, turns": ("<s>[INST] Why? [/INST] So. </s><s>[INST] And? [/INST]", TURNS),
    "Mistral": ("<s> [INST] Why? [/INST]", ONE),
    "Gemma": ("<bos><start_of_turn>user\nWhy?<end_of_turn>\n<start_of_turn>model\n", ONE),
    "Zephyr": ("<|system|>\nBe brief.</s>\n<|user|>\nWhy?</s>\n<|assistant|>\n", TOLD),
    "Phi-3": ("<|user|>\nWhy?<|end|>\n<|assistant|>\n", ONE),
    "DeepSeek": ("<｜begin▁of▁sentence｜>Be brief.<｜User｜>Why?<｜Assistant｜>", TOLD),
    "Command R": (
        "<BOS_TOKEN><|START_OF_TURN_TOKEN|><|USER_TOKEN|>Why?<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|>"
        "<|CHATBOT_TOKEN|>", ONE),
    "gpt-oss": ("<|start|>user<|message|>Why?<|end|><|start|>assistant", ONE),
    "Granite": (
        "<|start_of_role|>user<|end_of_role|>Why?<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>", ONE),
    "OpenChat": ("GPT4 Correct User: Why?<|end_of_turn|>GPT4 Correct Assistant:", ONE),
    "Alpaca": ("Below is an instruction. Do it.\n\n### Instruction:\nWhy?\n\n### Response:\n", ONE),
    "Alpaca with input": ("### Instruction:\nSum up.\n\n### Input:\nA text.\n\n### Response:",
                          [("user", "Sum up.\n\nA text.")]),
    "Guanaco": ("### Human: Why?### Assistant:", ONE),
    "Vicuna": ("A chat between a child and a helper. USER: Why? ASSISTANT:",
               [("system", "A chat between a child and a helper."), ("user", "Why?")]),
    "Together": ("<human>: Why?\n<bot>:", ONE),
    "Human and Assistant": ("Human: Why?\n\nAssistant:", ONE),
    "User and AI": ("User: Why?\nAI: So.\nUser: And?\nAI:", TURNS),
}  # fmt: skip
PEOPLES = [
    "Why is the sky blue?",
    "What does <|im_start|>user mean?",
    "User: hello\nAssistant: hi\nSum up this dialogue.",
    "Go on with it:\nUser: hello\nAssistant:",
    "### My notes\nTea, rain, sun.",
    "Human: is that a name?",
    "Is <s>this</s> struck through?",
    "",
]


@pytest.mark.case("F15", "a prompt that a chat template wrote is known and read back into messages")
@pytest.mark.parametrize(("text", "wanted"), WRITTEN.values(), ids=WRITTEN)
def test_it_is_known_and_read_back(text: str, wanted: list[tuple[str, str]]) -> None:
    found = read_back(text)
    assert found is not None
    assert [(message.role, message.content) for message in found] == wanted
    assert pl.Series([text]).str.strip_chars_start().str.contains(prompt_heads()).to_list() == [True]


@pytest.mark.parametrize("text", PEOPLES)
def test_what_people_write_is_left_alone(text: str) -> None:
    assert family_of(text) is None
    assert read_back(text) is None


def test_what_does_not_wait_for_an_answer_is_known_and_not_read_back() -> None:
    for text in (
        "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\nSure, ",
        "<|im_start|>user\nWhy?<|im_end|> said nobody <|im_start|>assistant\n",
        "<|im_start|>system\nBe brief.<|im_end|>\n",
    ):
        assert family_of(text) is not None
        assert read_back(text) is None


@pytest.mark.parametrize(
    "unit", ["a", " ", "\n", "< ", "<s>", "<|user|>", "[INST]", "### Input:", "Below is a ", "User: a\n", "USER:"]
)
def test_long_texts_take_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit)) + "Assistant:"
    began = time.process_time()
    read_back(text)
    assert time.process_time() - began < 10  # a square of the length takes minutes
