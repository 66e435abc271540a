"""What a reviewer may know, and the answers that would say too much."""

import pytest
from pydantic import TypeAdapter, ValidationError
from rooms import pair_said

from trimtab.records import Check, FlagJudgement, Message, PairJudgement, Policy, Rule
from trimtab.review import HHH, Task, make_task
from trimtab.review.blind import Card, Refused, Wire, card, unblinded
from trimtab.review.identity import Names, telling, why_held
from trimtab.review.render import to_html

_WIRE: TypeAdapter[Wire] = TypeAdapter(Wire)
PROMPT = (Message(role="user", content="Hello?"),)
POLICY = Policy(name="tea-room", rules=(Rule(id="no-prices", text="Name no price.", checks=(Check(contains="euro"),)),))


def said(task: Task, order: list[int], what: dict[str, object], *answers: str) -> object:
    return unblinded(_WIRE.validate_python(what), task, order, answers or ("one", "other"))


def test_a_card_has_no_field_that_could_tell() -> None:
    made = card("ref", make_task("pair", "qwen-7b.jsonl"), PROMPT, ["before's", "after's"], [1, 0], False)
    assert set(Card.model_fields) == {"id", "prompt", "answers", "blur"}
    told = made.model_dump_json()
    assert "qwen" not in told
    assert [answer.html for answer in made.answers] == ["<p>after's</p>\n", "<p>before's</p>\n"]


@pytest.mark.parametrize(
    ("order", "choice", "meant"),
    [([0, 1], "A", "first"), ([1, 0], "A", "second"), ([0, 1], "B", "second"), ([1, 0], "B", "first")]
    + [([1, 0], same, same) for same in ("tie", "both bad", "cannot tell")],
)
def test_what_is_said_of_sides_is_turned_into_the_items_order(order: list[int], choice: str, meant: str) -> None:
    assert said(make_task("pair", "x"), order, pair_said(choice)) == PairJudgement(choice=meant)  # type: ignore[arg-type]


def test_a_flag_keeps_the_policy_and_the_wording_of_its_rule() -> None:
    task = make_task("flag", "x", policy=POLICY)
    flag = {"start": 6, "end": 13, "quote": "4 euros", "rule": "no-prices"}
    found = said(task, [0], {"kind": "flag", "flags": [flag]}, "Tea 😀 4 euros")
    assert isinstance(found, FlagJudgement)
    assert (found.flags[0].rule, found.flags[0].quote) == ("no-prices", "4 euros")
    assert task.policy is not None
    assert found.flags[0].policy == task.policy.digest
    other = Policy(name="tea-room", rules=(Rule(id="no-prices", text="No price!", checks=POLICY.rules[0].checks),))
    changed = make_task("flag", "x", policy=other).policy
    assert changed is not None
    assert changed.rules[0].version != found.flags[0].rule_version == task.policy.rules[0].version


HIGH = {"helpful": 4, "honest": None, "harmless": 5}


@pytest.mark.parametrize(
    ("kind", "what", "why"),
    [
        ("pair", {"kind": "thumb", "liked": True}, "of the kind pair"),
        ("pair", pair_said("tie", strength=2), "strength"),
        ("rubric", {"kind": "rubric", "marks": {"helpful": 3}}, "needs a mark"),
        ("rubric", {"kind": "rubric", "marks": HIGH | {"helpful": 6}}, "from 1 to 5"),
        ("rubric", {"kind": "rubric", "marks": HIGH | {"helpful": 2}}, "needs a reason"),
        ("rubric", {"kind": "rubric", "marks": HIGH | {"helpful": 2}, "reasons": {"helpful": " "}}, "needs a reason"),
        ("rating", {"kind": "rating", "rating": 6}, "outside the scale"),
        ("flag", {"kind": "flag", "flags": [{"start": 0, "end": 3, "quote": "one", "rule": "other"}]}, "no rule"),
        ("flag", {"kind": "flag", "flags": [{"start": 0, "end": 3, "quote": "two", "rule": "no-prices"}]}, "not say"),
        ("claims", {"kind": "claims", "claims": [{"start": 1, "end": 3, "quote": "on", "verdict": "true"}]}, "not say"),
    ],
)
def test_what_does_not_fit_the_task_is_refused(kind: str, what: dict[str, object], why: str) -> None:
    with pytest.raises(Refused, match=why):
        said(make_task(kind, "x", policy=POLICY if kind == "flag" else None), [0, 1], what)  # type: ignore[arg-type]


def test_what_fits_is_kept_and_a_reason_is_asked_for_low_marks_alone() -> None:
    assert HHH.reason_below == 2
    assert said(make_task("rubric", "x"), [0], {"kind": "rubric", "marks": HIGH})
    low = {"kind": "rubric", "marks": HIGH | {"honest": 1}, "reasons": {"honest": "It is made up."}}
    assert said(make_task("rubric", "x"), [0], low)
    with pytest.raises(ValidationError):
        _WIRE.validate_python({"kind": "pair", "choice": "first"})  # the item's own words are not the browser's


@pytest.mark.parametrize(
    "answer",
    [
        "As ChatGPT, I cannot say.",
        "I was made by OpenAI.",
        "Ask Chat GPT or gpt-4o.",
        "I'm Claude, and I like tea.",
        "My name is **Claude**.",
        "Je suis Claude, un assistant.",
        "Ich bin Gemini.",
        "Я — Mistral.",
        "我是Kimi。",
        "Hello! I am Aria, an AI assistant.",
        "I'm Nova Pro, your friendly chatbot.",
        "I am a language model trained by Tealeaf Labs.",
        "As an AI model developed by the team at Acme, I try.",
        "I'm SmolLM2, and I can help.",
        "C\u200bhatGPT here.",
        "\uff23\uff48\uff41\uff54\uff27\uff30\uff34 here.",
        "通义千问",
        "This is what secret run 7B says.",
    ],
)
def test_answers_that_say_who_wrote_them_are_held_back(answer: str) -> None:
    assert why_held("What is tea?", ["Tea is a drink.", answer], Names(("secret-run-7b",)))


@pytest.mark.parametrize(
    "answer",
    [
        "Tea is a drink.",
        "I am an AI assistant and cannot taste it.",
        "I'm a language model.",
        "Claude Monet painted water lilies, and the mistral blew.",
        "The llama is an animal; gemini is a sign.",
        "I was raised in a house. It was built by Germans.",
        "Search with Google, or ask Alexa.",
        "The palm 20 metres away, a falcon, and phi are words.",
        "I am happy. Meta means beyond.",
        "As an adult, I was trained by my father.",
    ],
)
def test_answers_that_use_such_words_otherwise_are_shown(answer: str) -> None:
    assert why_held("What is tea?", [answer]) == ""


def test_a_name_that_was_asked_about_tells_nothing_unless_it_is_claimed() -> None:
    assert why_held("Who made ChatGPT?", ["ChatGPT was made by a company."]) == ""
    assert why_held("Who made ChatGPT?", ["OpenAI made it."]) != ""
    assert why_held("Are you Claude?", ["Yes, I am Claude."]) != ""
    assert telling(["answers.jsonl", "before", "qwen-7b", "run/x", "v2", "concise-friendly"]) == (
        "answers.jsonl",
        "qwen-7b",
        "run/x",
        "concise-friendly",
    )


def test_markdown_can_run_and_load_nothing() -> None:
    links = "![a](http://e.vil/a.png) [b](javascript:x) [c](https://a.org)"
    html = to_html(f"# Title\n<script>x()</script> {links} <img src=x>\n\n| a |\n|---|\n| b |\n")
    assert "<script" not in html
    assert "<img" not in html
    assert "javascript:" not in html.replace("[b](javascript:x)", "")
    assert 'href="https://a.org"' in html
    assert "noopener" in html
    assert "<h3>Title</h3>" in html
    assert "<td>b</td>" in html
    assert "&lt;script&gt;" in html  # shown as it was written
