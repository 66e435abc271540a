"""What a chat template takes and leaves out is told, and which tokens an assistant says."""

from types import SimpleNamespace
from typing import Any

import pytest

from tiny import TEMPLATE, tiny_tokenizer
from trimtab.errors import UserError
from trimtab.models import CannotRender, assistants, end_ids, prompt_ids, render, why_not_taken, words_of
from trimtab.models.turns import as_sent
from trimtab.records import Message

END = frozenset({0})
NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
IN_TURN = (
    "{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate') }}{% endif %}{% endfor %}"
)
WITHOUT_SYSTEM = TEMPLATE.replace("in messages", "in messages if m['role'] != 'system'")
WITHOUT_TOOL = TEMPLATE.replace("in messages", "in messages if m['role'] != 'tool'")
CALLING = TEMPLATE.replace(
    "{{ m['content'] }}",
    "{% for t in m.tool_calls or [] %}{{ t.function.name }} {{ t.function.arguments | tojson }} {% endfor %}"
    "{{ m['content'] }}",
)
AS_TEXT = CALLING.replace("{{ t.function.arguments | tojson }}", "{{ 'with ' + t.function.arguments }}")
AS_PYTHON = CALLING.replace("{{ t.function.arguments | tojson }}", "{{ t.function.arguments }}")
TOOLS = "{% for t in tools or [] %}{{ t.function.name }} {% endfor %}" + CALLING
THINKING = (
    "{% set ns = namespace(asked=0) %}{% for m in messages if m.role == 'user' %}{% set ns.asked = ns.asked + 1 %}"
    "{% endfor %}{% set seen = namespace(asked=0) %}{% for m in messages %}<|{{ m.role }}|> {% if m.role == 'user' %}"
    "{% set seen.asked = seen.asked + 1 %}{% elif seen.asked == ns.asked %}now {{ m.reasoning_content or '' }} then "
    "{% endif %}{{ m.content }} <|end|> {% endfor %}{% if add_generation_prompt %}<|assistant|> {% endif %}"
)
"""Writes the thought of the last turn alone, and there marks where it would stand, as Qwen3's does."""
NEVER_ENDS = "{% for m in messages %}<|{{ m.role }}|> {{ m.content }} {% if loop.last %}<|end|> {% endif %}{% endfor %}"
ONLY_USERS_END = (
    "{% for m in messages %}<|{{ m.role }}|> {{ m.content }} {% if m.role == 'user' or loop.last %}<|end|> {% endif %}"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|> {% endif %}"
)


def user(text: str, **more: Any) -> Message:
    return Message(role="user", content=text, **more)


def says(text: str, **more: Any) -> Message:
    return Message(role="assistant", content=text, **more)


def system(text: str = "be fun") -> Message:
    return Message(role="system", content=text)


def of(template: str) -> Any:
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = template
    return tokenizer


CALL = says("", tool_calls=[{"id": "k", "type": "function", "function": {"name": "tea", "arguments": {"to": "go"}}}])
RESULT = Message(role="tool", content="rain", tool_call_id="k", name="tea")
TOOL = user("how", tools=[{"type": "function", "function": {"name": "tea", "parameters": {}}}])
THOUGHT = says("fun", reasoning_content="sun")
FAULTS: dict[str, tuple[str, list[Message], list[Message], str | None]] = {
    "a system message": (TEMPLATE, [system(), user("how")], [says("fun")], None),
    "refused": (NO_SYSTEM + TEMPLATE, [system(), user("how")], [says("fun")],
                "takes no system message: put it into the first message of the user"),
    "left out": (WITHOUT_SYSTEM, [system(), user("how")], [says("fun")],
                 "leaves out the system message: put it into the first message of the user"),
    "two turns of the user": (IN_TURN + TEMPLATE, [user("how"), user("why")], [says("fun")],
                              r"does not take the turns user, user, assistant \(Conversation roles must alternate\); "
                              "let the user begin, and join turns of one role"),
    "the assistant begins": (IN_TURN + TEMPLATE, [says("fun"), user("why")], [says("fun")], "let the user begin"),
    "a tool's message": (CALLING, [user("how"), CALL, RESULT], [says("fun")], None),
    "a tool's message left out": (WITHOUT_TOOL, [user("how"), RESULT], [says("fun")], "out a message of the tool"),
    "a call": (TEMPLATE, [user("how"), CALL, RESULT], [says("fun")], r"leaves out calls of tools \(`tool_calls`\)"),
    "a call as the answer": (CALLING, [user("how")], [CALL], None),
    "tools": (TOOLS, [TOOL], [says("fun")], None),
    "tools left out": (CALLING, [TOOL], [says("fun")], r"leaves out the descriptions of tools \(`tools`\)"),
    "a thought": (THINKING, [user("how")], [THOUGHT], None),
    "a thought left out": (TEMPLATE, [user("how")], [THOUGHT], r"what the assistant thought \(`reasoning_content`\)"),
    "an earlier thought": (THINKING, [user("how"), THOUGHT, user("why")], [says("go")], None),
    "an earlier thought, no thinker": (TEMPLATE, [user("how"), THOUGHT, user("why")], [says("go")], "thought"),
    "a first turn's thought": (THINKING, [user("how")], [THOUGHT, user("why"), says("go")], "thought"),
    "a name": (TEMPLATE, [user("how", name="sun")], [says("fun")], "leaves out the `name` of messages of the user"),
    "a template that fails": ("{{ messages[9].content }}", [user("how")], [says("fun")], "does not take the turns"),
}  # fmt: skip


@pytest.mark.case("F37", "a template that takes no system message is told, with the remedy")
@pytest.mark.parametrize(("template", "prompt", "said", "why"), FAULTS.values(), ids=FAULTS)
def test_what_is_refused_or_left_out_is_told(
    template: str, prompt: list[Message], said: list[Message], why: str | None
) -> None:
    found = why_not_taken(of(template), prompt, said)
    if why is None:
        assert found is None
    else:
        with pytest.raises(CannotRender, match=why):
            raise CannotRender(str(found))


def test_a_model_is_not_asked_what_it_would_not_see() -> None:
    for template in (NO_SYSTEM + TEMPLATE, WITHOUT_SYSTEM):
        with pytest.raises(CannotRender, match="user says 'how'") as told:
            prompt_ids(of(template), [system(), user("how")])
        assert "put it into the first message of the user" in told.value.why


LAST_ALONE = "{% set m = messages[-1] %}<|user|> {{ m['content'] }} <|end|> <|assistant|> "
A_CONSTANT = "<|user|> hello <|end|> <|assistant|> "


@pytest.mark.parametrize(
    ("template", "turns", "left"),
    [
        (A_CONSTANT, ["user"], "a message of the user"),
        (LAST_ALONE, ["user", "assistant", "user"], "a message of the user"),
        (LAST_ALONE, ["user"], None),
    ],
)
@pytest.mark.case("template-drops-turns", "a template that leaves out plain turns is told, and no model is asked")
def test_plain_turns_that_a_template_leaves_out_are_told(template: str, turns: list[Any], left: str | None) -> None:
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = template
    messages = [Message(role=role, content="tea or rain") for role in turns]
    if left is None:
        assert prompt_ids(tokenizer, messages)
        return
    for _ in range(2):  # what is known of a template is told of each prompt
        with pytest.raises(CannotRender, match=f"leaves out {left}"):
            prompt_ids(tokenizer, messages)


def test_a_mark_of_the_end_that_is_no_token_is_told() -> None:
    model: Any = SimpleNamespace(generation_config=SimpleNamespace(eos_token_id="x"))
    with pytest.raises(UserError, match=r"'x'.*generation_config\.json"):
        end_ids(model, tiny_tokenizer())


def test_arguments_are_written_as_the_template_takes_them() -> None:
    wanted = {CALLING: '{"to": "go"}', AS_TEXT: 'with {"to": "go"}', AS_PYTHON: '{"to": "go"}'}
    for template, written in wanted.items():
        tokenizer = of(template)
        given: list[Any] = []
        real = tokenizer.apply_chat_template
        tokenizer.apply_chat_template = lambda told, real=real, seen=given, **kw: seen.append(told) or real(told, **kw)
        render(tokenizer, [user("how"), CALL], generation=False)
        assert written in real(given[-1], tokenize=False)


def test_a_server_is_sent_all_of_it() -> None:
    sent = as_sent([TOOL, CALL, RESULT])
    assert sent["tools"][0]["function"]["name"] == "tea"
    assert sent["messages"][1]["tool_calls"][0]["function"]["arguments"] == '{"to": "go"}'
    assert sent["messages"][2] == {"role": "tool", "content": "rain", "name": "tea", "tool_call_id": "k"}
    assert as_sent([user("how")]) == {"messages": [{"role": "user", "content": "how"}]}


PROMPT = [user("tell me about tea")]
ANSWER = [says("tea is great ."), user("and then ?"), says("go .")]
TRAINED = {
    "each turn ended": (TEMPLATE, ANSWER, "tea is great . <|end|> go . <|end|>"),
    "the last turn is written otherwise": (THINKING, ANSWER, "tea is great . <|end|> now then go . <|end|>"),
    "tools": (CALLING, [CALL, RESULT, says("go .")], 'tea {"to": "go"} <|end|> go . <|end|>'),
    "two turns of its own": (TEMPLATE, [says("tea"), says("go .")], "tea <|end|> go . <|end|>"),
    "one turn": (TEMPLATE, [says("tea is great .")], "tea is great . <|end|>"),
}


@pytest.mark.case("F16", "a turn of the user's within an answer is never trained")
@pytest.mark.parametrize(("template", "said", "wanted"), TRAINED.values(), ids=TRAINED)
def test_the_assistants_tokens_are_theirs_alone(template: str, said: list[Message], wanted: str) -> None:
    tokenizer = of(template)
    ids = render(tokenizer, [*PROMPT, *said], generation=False)
    own = assistants(tokenizer, PROMPT, said, ids, len(prompt_ids(tokenizer, PROMPT)), END)
    expected = tokenizer(wanted, add_special_tokens=False)["input_ids"]
    assert [token for token, mine in zip(ids, own, strict=True) if mine] == expected


def test_where_it_cannot_be_told_it_is_not_guessed() -> None:
    for template in (NEVER_ENDS, ONLY_USERS_END):
        tokenizer = of(template)
        ids = render(tokenizer, [*PROMPT, *ANSWER], generation=False)
        before = len(prompt_ids(tokenizer, PROMPT))
        try:
            own = assistants(tokenizer, PROMPT, ANSWER, ids, before, END)
        except CannotRender:
            continue
        begin, end = words_of(tokenizer, [*PROMPT, *ANSWER], 2, ids)
        assert not any(own[begin:end])


def test_where_each_messages_words_stand() -> None:
    tokenizer = of(TEMPLATE)
    whole = [*PROMPT, *ANSWER]
    ids = render(tokenizer, whole, generation=False)
    for place, message in enumerate(whole):
        begin, end = words_of(tokenizer, whole, place, ids)
        assert ids[begin:end] == tokenizer(message.content, add_special_tokens=False)["input_ids"]
    with pytest.raises(CannotRender, match="leaves out the system message"):
        words_of(of(WITHOUT_SYSTEM), [system(), *PROMPT], 0, render(of(WITHOUT_SYSTEM), PROMPT, generation=False))
