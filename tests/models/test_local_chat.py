"""A model in this process asked as a server is: what it is given, its first token, and no mark that works in a text."""

import pytest
import torch

from tiny import tiny_model, tiny_tokenizer
from trimtab.judges import RuleJudge, RulePair, probed
from trimtab.judges.rule_reading import LEAST_LETTERS, letters_of
from trimtab.loop import Quiet
from trimtab.loop.preflight import _asked_reads
from trimtab.models import Decoding, LoadedModel, LocalChat, ModelRef, NotTaken, beginnings, prompt_ids
from trimtab.records import Message, Rule
from trimtab.spec import CriticSpec, RuleJudgeSpec

RULE = Rule.model_construct(id="r", text="tea", why="", checks=())
FIRST = Decoding(1)


def chat_with(template: str | None = None) -> LocalChat:
    tokenizer = tiny_tokenizer()
    if template is not None:
        tokenizer.chat_template = template
    return LocalChat(LoadedModel(tiny_model(max_position_embeddings=2048), tokenizer, ModelRef("tiny"), "fp32"))  # type: ignore[arg-type]


def asked(text: str) -> list[Message]:
    return [Message(role="user", content=text)]


def test_the_first_tokens_probabilities_are_the_models_own() -> None:
    chat = chat_with()
    reply = chat.chat(asked("tell me about tea"), decoding=FIRST, seed=None, top=5)
    ids = prompt_ids(chat.loaded.tokenizer, asked("tell me about tea"))
    with torch.no_grad():
        plain = chat.loaded.model(torch.tensor([ids])).logits[0, -1].log_softmax(-1).topk(5)
    assert [value for _, value in reply.first] == pytest.approx(plain.values.tolist(), abs=1e-6)
    assert reply.first[0][0] == chat.loaded.tokenizer.decode([int(plain.indices[0])])
    assert reply.tokens_in == len(ids)


def test_a_letter_may_be_begun_for_the_model() -> None:
    chat = chat_with()
    begun = [*asked("tell me about tea"), Message(role="assistant", content="tea is")]
    tokenizer = chat.loaded.tokenizer
    ids = prompt_ids(tokenizer, asked("tell me about tea")) + tokenizer("tea is", add_special_tokens=False)["input_ids"]
    with torch.no_grad():
        plain = chat.loaded.model(torch.tensor([ids])).logits[0, -1].log_softmax(-1).topk(5)
    reply = chat.chat(begun, decoding=FIRST, seed=None, top=5)
    assert [value for _, value in reply.first] == pytest.approx(plain.values.tolist(), abs=1e-6)


def test_an_answer_in_words_is_cut_at_its_cap_or_ends() -> None:
    reply = chat_with().chat(asked("tell me about tea"), decoding=Decoding(3), seed=None)
    assert reply.cut != reply.ended
    assert reply.tokens_out <= 3


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{% for m in messages %}{% if m.role != 'user' %}{{ m.content }}{% endif %}{% endfor %}go", "leaves out"),
        ("{% for m in messages %}{{ m.content[:9] }}{% endfor %}go", "leaves out or changes"),
        ("{% for m in messages %}{{ m.content | upper }}{% endfor %}go", "leaves out or changes"),
        ("{{ raise_exception('no user here') }}", "no user here"),
    ],
)
def test_a_judge_that_is_not_given_what_it_is_asked_is_found(template: str, why: str) -> None:
    chat = chat_with(template)
    with pytest.raises(NotTaken, match=why):
        chat.chat(asked("tell me about tea and rain"), decoding=FIRST, seed=None, top=5)
    with pytest.raises(NotTaken, match=why):
        chat.reads(asked("tell me about tea and rain"))


def test_a_template_that_drops_the_system_message_drops_nothing_of_a_judges_question() -> None:
    keeps = "{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}go"
    chat = chat_with(keeps)
    with pytest.raises(NotTaken):
        chat.reads([Message(role="system", content="be a judge"), *asked("tea")])
    every, words = chat.reads(probed(RuleJudge(lambda: chat, "m", "w", "votes")).messages)
    assert 0 < words <= every


def test_a_question_longer_than_the_model_reads_is_not_asked() -> None:
    chat = chat_with()
    most = chat.loaded.model.config.max_position_embeddings
    with pytest.raises(NotTaken, match="the model reads"):
        chat.chat(asked("tea " * most), decoding=FIRST, seed=None, top=5)


def test_no_special_token_of_the_tokenizer_gets_in_through_what_is_judged() -> None:
    chat = chat_with()
    judge = RuleJudge(lambda: chat, "m", "w", "log-probabilities")
    special = {chat.loaded.tokenizer.convert_tokens_to_ids(mark) for mark in chat.marks}
    assert special

    def count(text: str) -> int:
        pair = RulePair("p", tuple(asked(f"tell {text}")), f"tea {text}", "rain", RULE)
        messages = judge.questions(pair, 0)[0].messages
        return sum(token in special for token in prompt_ids(chat.loaded.tokenizer, messages))

    unknown = chat.loaded.tokenizer.unk_token_id
    special -= {unknown}
    assert count(" ".join(sorted(chat.marks))) == count("and")


def test_the_order_of_what_is_asked_changes_no_probability() -> None:
    chat = chat_with()
    texts = ["tea", "tell me about rain and the red house", "what is the plan", "sun"]

    def told(some: list[str]) -> dict[str, object]:
        return {text: chat.chat(asked(text), decoding=FIRST, seed=None, top=9).first for text in some}

    assert told(texts) == told(texts[::-1])


def test_a_tiny_model_that_does_not_answer_by_a_letter_is_known_for_it() -> None:
    reply = chat_with().chat(asked("tea"), decoding=FIRST, seed=None, top=1000)
    found = letters_of(reply.first)
    assert found is None or sum(found) < LEAST_LETTERS


@pytest.mark.parametrize(("template", "passed"), [(None, True), ("{% for m in messages %}{% endfor %}go", False)])
@pytest.mark.parametrize(("kind", "who"), [(RuleJudgeSpec, "judge"), (CriticSpec, "critic")])
def test_the_preflight_says_whether_who_is_asked_is_given_the_question(
    template: str | None, passed: bool, kind: type[RuleJudgeSpec | CriticSpec], who: str
) -> None:
    chat = chat_with(template)
    check = _asked_reads(None, kind(), chat.loaded, Quiet())  # type: ignore[arg-type]
    assert (check.passed, check.required) == (passed, True)
    assert check.name == f"a {who} reads what it is asked"
    served = kind(url="http://x", model="m")
    assert not _asked_reads(None, served, chat.loaded, Quiet()).required  # type: ignore[arg-type]


def test_the_beginning_of_a_question_is_computed_once_and_what_was_asked_before_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(beginnings, "_LEAST", 4)
    head = "tell me about the red house and the blue tree and the plan "
    some = [asked(f"{head}<<< {text}") for text in ("tea is great", "why rain", "go now and plan the one")]
    others = [asked(f"why is it that the {text} <<< go now") for text in ("red", "blue")]
    chat = chat_with()
    plain = []
    for each in (*some, *others):
        with torch.no_grad():
            ids = torch.tensor([prompt_ids(chat.loaded.tokenizer, each)])
            plain.append(chat.loaded.model(ids).logits[0, -1].log_softmax(-1).topk(5).values.tolist())

    def told(order: list[int]) -> dict[int, object]:
        chat, every = chat_with(), [*some, *others]
        return {at: chat.chat(every[at], decoding=FIRST, seed=None, top=5) for at in order}

    found = told([0, 1, 2, 3, 4])
    assert [[value for _, value in found[at].first] for at in range(5)] == [  # type: ignore[attr-defined]
        pytest.approx(each, abs=1e-5) for each in plain
    ]
    assert told([4, 2, 0, 3, 1]) == found  # to the last bit
    read: list[int] = []
    chat.chat(some[0], decoding=FIRST, seed=None, top=5)  # its beginning is held now, and the model tried
    chat.loaded.model.get_input_embeddings().register_forward_hook(lambda _, ids, out: read.append(ids[0].shape[1]))
    chat.chat(some[1], decoding=FIRST, seed=None, top=5)
    assert sum(read) < len(prompt_ids(chat.loaded.tokenizer, some[1])) - 10
