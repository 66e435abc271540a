"""A served model's evaluation: what is not there has no value and a reason, and who answers is told."""

from pathlib import Path
from typing import Any

import pytest

from stub_server import Asked, Says, chat, serving
from trimtab import evaluate
from trimtab.api import EvaluationResult
from trimtab.loop.notes import notes_of
from trimtab.records import Answer, ItemReason
from trimtab.store import Run, StageName

pytest.importorskip("openai")

TEA = "Boil water and pour it on the leaves."


class Heard:
    """Progress that keeps what is said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)

    def track(self, name: str, total: int) -> Any:
        from trimtab.loop import Quiet

        return Quiet().track(name, total)


def says(content: Any, finish: str = "stop", **more: Any) -> Says:
    return Says({"choices": [{"finish_reason": finish, "message": {"content": content, **more}}]})


def measured(
    tmp_path: Path, answer: Any, suite: str = "overrefusal", heard: Heard | None = None, **more: Any
) -> EvaluationResult:
    with serving(answer) as stub:
        url = more.pop("url", stub.url)
        return evaluate("tiny", suite, tmp_path / "scores", url=url, most=20, progress=heard or Heard(), **more)


def reasons(done: EvaluationResult) -> dict[str, set[str]]:
    stage = Run.read(done.folder).current(StageName.EVALUATION)
    assert stage is not None
    found: dict[str, set[str]] = {}
    for each in stage.read_lines("reasons.jsonl", ItemReason):
        found.setdefault(each.metric, set()).add(each.reason)
    return found


@pytest.mark.case("F10", "a refusal in the API's own field is a refusal with its text; a filter's stop is another")
@pytest.mark.case("F06", "refusals by the API's own field count, so that no half of the items is missing")
def test_refusals_by_the_apis_own_word_count_in_any_language(tmp_path: Path) -> None:
    done = measured(tmp_path, says(None, refusal="Das geht hier leider nicht."))
    safe = done["overrefusal.safe_refused_fully"]
    assert (safe.mean, safe.missing) == (1.0, 0)
    assert "refusals by the API's own word" in done.evaluation.notes[0]


@pytest.mark.case("F11", "a prompt that a provider's filter stops is counted as filtered, and the rest goes on")
def test_filtered_items_have_no_value_and_say_why(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Says:
        if len(asked.body["messages"][-1]["content"]) % 2:
            return Says({"error": {"code": "content_filter", "message": "filtered"}}, status=400)
        return chat(TEA)

    done = measured(tmp_path, answer)
    safe = done["overrefusal.safe_refused"]
    assert safe.n > 0
    assert safe.missing > 0
    assert reasons(done)["overrefusal.safe_refused"] == {"filtered"}
    assert any("filtered" in note for note in done.evaluation.notes)


@pytest.mark.case("F09", "an answer whose text is null, with its thought in a field, is thought without an answer")
@pytest.mark.parametrize(
    ("answer", "reason"),
    [(says(None, reasoning_content="They want tea."), "thought only"), (says(""), "empty")],
)
def test_an_answer_that_is_not_there_has_no_style(tmp_path: Path, answer: Says, reason: str) -> None:
    done = measured(tmp_path, answer, "style")
    words = done["style.words"]
    assert (words.mean, words.n, words.missing) == (None, 0, 20)
    assert reasons(done)["style.words"] == {reason}
    assert done["style.ended"].n == 20


@pytest.mark.case("F08", "thought before an answer is no part of it, whichever marks it stands between")
def test_the_answer_behind_a_thought_is_what_is_measured(tmp_path: Path) -> None:
    said = "<think>They ask this. First, second, third.</think>\n\nI can't help with that."
    done = measured(tmp_path, chat(said))
    assert done["overrefusal.safe_refused_fully"].mean == 1.0
    assert set(done.texts.said.values()) == {"I can't help with that."}
    raw = Run.read(done.folder).current("answer.overrefusal")
    assert raw is not None
    assert {each.text for each in raw.read_lines("answers.jsonl", Answer)} == {said}


def test_marks_that_are_added_part_what_was_said_before(tmp_path: Path) -> None:
    said = chat("((They ask for tea, and so.)) I can't help with that.")
    plain = measured(tmp_path, said, "style")
    with serving(said) as stub:
        marks = {"thought": ["((...))"], "url": stub.url}
        first = evaluate("tiny", "style", tmp_path / "other", most=20, progress=Heard(), **marks)
    assert plain["style.words"].mean == 11
    assert first["style.words"].mean == 5
    assert first.evaluation.fingerprint["thought"] != plain.evaluation.fingerprint["thought"]


@pytest.mark.case("F32", "who a server says has answered is kept, and another model under the same name is told")
def test_another_model_behind_the_name_is_told_and_can_be_measured(tmp_path: Path) -> None:
    heard = Heard()
    now = {"text": TEA}
    with serving(lambda _: chat(now["text"])) as stub:
        again = {"heard": heard, "url": stub.url}
        first = measured(tmp_path, chat(""), **again)
        measured(tmp_path, chat(""), **again)
        assert not any("another model" in line for line in heard.lines)
        now["text"] = "I'm sorry, I cannot assist with that request."
        old = measured(tmp_path, chat(""), **again)
        assert any("another model may be behind the name" in line for line in heard.lines)
        assert old["overrefusal.safe_refused"].mean == first["overrefusal.safe_refused"].mean == 0
        assert measured(tmp_path, chat(""), fresh=True, **again)["overrefusal.safe_refused"].mean == 1
        assert measured(tmp_path, chat(""), **again)["overrefusal.safe_refused"].mean == 1


@pytest.mark.case("F32", "who a server says has answered is kept, and another model under the same name is told")
def test_another_name_of_the_servers_is_told(tmp_path: Path) -> None:
    heard, by = Heard(), {"model": "one"}

    def named(_: Asked) -> Says:
        return Says({**says(TEA).body, **by})  # type: ignore[dict-item]

    with serving(named) as stub:
        first = measured(tmp_path, named, heard=heard, url=stub.url)
        by["model"] = "two"
        measured(tmp_path, named, heard=heard, url=stub.url)
    assert first.evaluation.served == ("one",)
    assert any("by one, and two answers" in line for line in heard.lines)


def some(texts: list[str]) -> list[Answer]:
    return [
        Answer(prompt_id=f"p{i}", index=index, text=text, tokens=3, ended=True)
        for i in range(5)
        for index, text in enumerate(texts)
    ]


def test_equal_continuations_of_a_greedy_server_are_told() -> None:
    assert "is greedy" in notes_of(some(["a", "a", "a"]), 1.0)[0]
    assert notes_of(some(["a", "a", "a"]), 0.0) == []
    assert notes_of(some(["a", "b"]), 1.0) == []
    assert notes_of(some(["a"]), 1.0) == []
