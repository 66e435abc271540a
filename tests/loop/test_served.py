"""A served model's evaluation: what is not there has no value and a reason, and who answers is told."""

from pathlib import Path
from typing import Any

import pytest

from stub_server import Asked, Says, chat, serving
from trimtab import evaluate
from trimtab.api import EvaluationResult
from trimtab.errors import UserError
from trimtab.loop.notes import notes_of
from trimtab.records import Answer, ItemReason, Score
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
    same = some(["a", "a", "a"])
    assert "for 5 of 5 prompts, at temperature 1: what answers is greedy" in notes_of(same, 1.0)[0]
    assert not any("greedy" in note for note in notes_of(same, 0.0))
    assert notes_of(some(["a", "b"]), 1.0) == []
    assert "for 3 of 5 prompts" in notes_of(same[:9] + some(["a", "b", "c"])[9:], 1.0)[0]
    assert notes_of(same[:6] + some(["a", "b", "c"])[6:], 1.0) == []  # two in five may be chance
    assert "for 1 of 1 prompts" in notes_of(same[:3] + same[:2], 1.0)[0]
    assert notes_of(same[:3], 1.0) == []
    filtered = [same[0].model_copy(update={"outcome": "filtered"}), *same[1:]]
    assert "for 5 of 5 prompts" in notes_of(filtered, 1.0)[0]


def test_one_answer_to_every_prompt_is_told() -> None:
    alike = some(["I am  a bot."])
    assert notes_of(alike, 0.0) == ["all 5 prompts have one answer: 'I am a bot.'"]
    assert notes_of([*alike[1:], alike[0].model_copy(update={"text": "No."})], 0.0) == []
    assert notes_of(alike[:4], 0.0) == []
    after_thought = [a.model_copy(update={"text": f"<think>{i}</think>No."}) for i, a in enumerate(alike)]
    assert "all 5 prompts have one answer: 'No.'" in notes_of(after_thought, 0.0)


def test_whether_an_answer_ended_is_not_known_where_its_server_says_nothing_of_it(tmp_path: Path) -> None:
    mute = Says({"choices": [{"finish_reason": None, "message": {"content": TEA}}]})
    ended = measured(tmp_path, mute, "style")["style.ended"]
    assert (ended.mean, ended.n, ended.missing) == (None, 0, 20)
    assert measured(tmp_path / "b", chat(TEA), "style")["style.ended"].mean == 1


def judged(tmp_path: Path, *says: Any, heard: Heard | None = None) -> EvaluationResult:
    with serving(chat(TEA)) as stub, serving(*says) as judge:
        return evaluate(
            "tiny", "truthfulqa-generation", tmp_path / "judged", url=stub.url, most=24, progress=heard or Heard(),
            judge_url=judge.url, judge_model="j",
        )  # fmt: skip


def verdict(by: str) -> Says:
    told = '{"why": "so", "true": true, "informative": true}'
    return Says({**chat(told, usage=None).body, "model": by})  # type: ignore[dict-item]


def test_another_judge_in_the_midst_is_told_and_kept(tmp_path: Path) -> None:
    done = judged(tmp_path, *[verdict("one")] * 5, verdict("two"))
    assert done.evaluation.notes[-1].endswith("of its judge under one name have answered two (19), one (5)")
    stage = Run.read(done.folder).current("judge.truthfulqa-generation")
    assert stage is not None
    assert {each.served for each in stage.read_lines("scores.jsonl", Score)} == {"one", "two"}


def test_what_a_judge_that_is_down_could_not_say_is_asked_again(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"not asked any more after 10 failures in a row: It answered 500"):
        judged(tmp_path, verdict("one"), Says({"error": {"message": "gone"}}, status=500))
    assert judged(tmp_path, verdict("one"))["truthfulqa.judged"].missing == 0
