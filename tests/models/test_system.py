"""A system message before prompts: joined with their own, folded into the user's, and computed once for all."""

import pytest
import torch

from tiny import tiny_model, tiny_tokenizer
from trimtab.models import Decoding, InProcess, LoadedModel, ModelRef, sample_batch, takes_system, under_system
from trimtab.records import Message, Prompt

SYSTEM = "let's go now , then ."
_TURN = "<|{{ m['role'] }}|> {{ m['content'] }} <|end|> {% endfor %}<|assistant|> "
REFUSES = "{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('no') }}{% endif %}" + _TURN
LEAVES_OUT = "{% for m in messages if m['role'] != 'system' %}" + _TURN


def prompt(name: str, text: str, system: str | None = None) -> Prompt:
    own = (Message(role="system", content=system),) if system is not None else ()
    return Prompt(id=name, messages=(*own, Message(role="user", content=text)))


PROMPTS = [prompt("a", "tell me about tea"), prompt("b", "why"), prompt("c", "how is it", "be fun")]


def told(prompts: list[Prompt], *, takes: bool) -> list[list[tuple[str, str]]]:
    made = [under_system(one, SYSTEM, takes=takes) for one in prompts]
    return [[(message.role, message.content) for message in one.messages] for one in made]


def test_it_stands_first_and_is_joined_with_a_prompts_own() -> None:
    assert told(PROMPTS, takes=True) == [
        [("system", SYSTEM), ("user", "tell me about tea")],
        [("system", SYSTEM), ("user", "why")],
        [("system", f"{SYSTEM}\n\nbe fun"), ("user", "how is it")],
    ]


def test_without_room_for_it_it_is_put_into_the_first_message_of_the_user() -> None:
    turns = (
        Message(role="user", content="hi"),
        Message(role="assistant", content="yes"),
        Message(role="user", content="why"),
    )
    assert told([Prompt(id="d", messages=turns)], takes=False) == [
        [("user", f"{SYSTEM}\n\nhi"), ("assistant", "yes"), ("user", "why")]
    ]


@pytest.mark.parametrize(("template", "takes"), [(None, True), (REFUSES, False), (LEAVES_OUT, False)])
def test_templates_that_take_none_are_known(template: str | None, takes: bool) -> None:
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = template or tokenizer.chat_template
    assert takes_system(tokenizer) is takes
    engine = InProcess(LoadedModel(tiny_model("llama"), tokenizer, ModelRef("tiny"), "fp32"), system=SYSTEM)
    asked = PROMPTS[:2]
    plain = sample_batch(
        engine.loaded.model, tokenizer, [under_system(one, SYSTEM, takes=takes) for one in asked],
        samples=2, decoding=Decoding(12, temperature=1.0), seed=1,
    )  # fmt: skip
    assert engine.answers(asked, samples=2, decoding=Decoding(12, temperature=1.0), seed=1, chat=True) == plain
    none = InProcess(engine.loaded).answers(asked, samples=2, decoding=Decoding(12, temperature=1.0), seed=1, chat=True)
    assert [one.text for one in none] != [one.text for one in plain]
    grown = len(SYSTEM.split()) + (2 if takes else 0)  # the message, and where it is one of its own its two marks
    assert [b.prompt_tokens - a.prompt_tokens for a, b in zip(none, plain, strict=True)] == [grown] * 4


def test_it_is_computed_once_for_all_prompts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model reads the message's tokens in one pass, and in each prompt's only what is its own."""
    model, read = tiny_model("llama"), []
    forward = type(model).forward

    def counted(self: torch.nn.Module, *args: object, **given: object) -> object:
        read.append(tuple(given["input_ids"].shape))  # type: ignore[attr-defined]
        return forward(self, *args, **given)

    monkeypatch.setattr(type(model), "forward", counted)
    engine = InProcess(LoadedModel(model, tiny_tokenizer(), ModelRef("tiny"), "fp32"), system=SYSTEM)
    engine.answers(PROMPTS[:2], samples=1, decoding=Decoding(1), seed=0, chat=True)  # the model is tried first
    read.clear()
    made = engine.answers(PROMPTS[:2], samples=1, decoding=Decoding(1), seed=0, chat=True)
    shared = read[0][1]
    assert shared > len(SYSTEM.split())
    longest = max(one.prompt_tokens or 0 for one in made)
    assert read[:2] == [(1, shared), (2, longest - shared)]
