"""What runs, folders of scores and files give to be judged; what is left out is counted."""

import io
import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from cli_runner import trimtab
from trimtab.api import review_report
from trimtab.errors import UserError
from trimtab.records import Answer, Message, Policy, Prompt, to_jsonl
from trimtab.review import (
    Plan,
    demo_items,
    judgements,
    make_task,
    open_database,
    open_room,
    open_task,
    read_items,
    read_task_file,
)
from trimtab.review.records import severity_of
from trimtab.store import FileName, Run, StageName


def rows(path: Path, *given: dict[str, object]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in given))
    return str(path)


def answer(prompt: str, text: str, index: int = 0, **more: object) -> Answer:
    return Answer.model_validate(
        {"prompt_id": prompt, "index": index, "text": text, "tokens": 3, "ended": True, **more}
    )


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run that has sampled, and half sampled its second round."""
    folder, spec_folder = tmp_path / "runs" / "tea-7b", tmp_path / "spec"
    spec_folder.mkdir()
    rows(spec_folder / "train.jsonl", {"id": "t1", "prompt": "One?"}, {"id": "t2", "prompt": "Two?"})
    spec = {"prompts": {"train": "train.jsonl"}, "rounds": 2, "model": {"name": "smollm2-135m"}}
    with Run.open(folder, name="tea-7b", goal="g", spec=spec, spec_folder=spec_folder) as opened:
        done = opened.stage(StageName.SAMPLE, settings={}, inputs={})
        done.begin()
        said = [answer("t1", "first", 0), answer("t1", "<think>hm</think>second", 1), answer("t2", "alone", 0)]
        done.write(FileName.ANSWERS, to_jsonl(said))
        done.finish(0.0)
    return folder


def finish(folder: Path, spec: dict[str, object], prompts: list[Prompt], **answers: list[Answer]) -> None:
    spec_folder = folder.parent.parent / "spec"
    with Run.open(folder, name="tea-7b", goal="g", spec=spec, spec_folder=spec_folder) as opened:
        for which, said in answers.items():
            stage = opened.stage(f"evaluate.{which}", settings={}, inputs={})
            stage.begin()
            stage.write(FileName.PROMPTS, to_jsonl(prompts))
            stage.write(FileName.ANSWERS, to_jsonl(said))
            stage.finish(0.0)


def test_a_run_half_way_gives_its_samples_in_couples(run: Path) -> None:
    found = read_items([str(run)], 2)
    assert [[side.text for side in item.sides] for item in found.items] == [["first", "second"]]
    assert found.left_out["with no answer to the same prompt on the other side"] == 1
    assert {"tea-7b", "smollm2-135m"} <= set(found.names)
    with Run.open(
        run, name="tea-7b", goal="g", spec=Run.read(run).info.spec, spec_folder=run.parent.parent / "spec"
    ) as opened:
        stage = opened.stage("feedback.sample.2", settings={"r": 2}, inputs={})
        stage.begin()
        stage.part("answers-00000", Answer, lambda: [answer("t2", "later", 0), answer("t2", "than that", 1)])
    assert [side.text for side in read_items([str(run)], 2).items[0].sides] == ["later", "than that"]


def test_a_finished_run_gives_before_and_after(run: Path) -> None:
    prompts = [Prompt(id=name, messages=(Message(role="user", content=name),)) for name in ("p1", "p2", "p3")]
    before = [answer("p1", "old"), answer("p2", "same"), answer("p3", "", outcome="filtered")]
    after = [answer("p1", "new"), answer("p2", "same"), answer("p3", "now")]
    finish(run, Run.read(run).info.spec, prompts, before=before, after=after)
    found = read_items([str(run)], 2)
    assert [(side.text, side.source) for side in found.items[0].sides] == [("old", "before"), ("new", "after")]
    assert len(found.items) == 1
    assert sum(found.left_out.values()) == 3  # the alike pair, the answer that was filtered and the one beside it
    assert [each.sides[0].text for each in read_items([f"{run}:after"], 1).items] == ["new", "same", "now"]
    assert len(read_items([str(run)], 2, "samples").items) == 1
    with pytest.raises(UserError, match="no evaluation called 'later'"):
        read_items([f"{run}:later"], 1)


def test_files_of_comparisons_answers_and_two_models(tmp_path: Path) -> None:
    compared = rows(
        tmp_path / "c.jsonl",
        {"prompt": "p", "chosen": "good", "rejected": "bad"},
        {"prompt": "p", "completions": ["1", "2", "3"], "ranks": [1, 2, 3]},
        {"prompt": "p", "completion": "x", "label": True},
        {"prompt": "p", "chosen": "alike", "rejected": "alike"},
    )
    found = read_items([compared], 2)
    assert [[side.text for side in item.sides] for item in found.items] == [
        ["good", "bad"], ["1", "2"], ["1", "3"], ["2", "3"],
    ]  # fmt: skip
    assert sum(found.left_out.values()) == 2
    one = rows(tmp_path / "m-1b.jsonl", {"prompt": "a", "response": "A1"}, {"prompt": "b", "response": "B1"})
    other = rows(tmp_path / "m-2b.jsonl", {"prompt": "b", "response": "B2"}, {"prompt": "c", "response": "C2"})
    both = read_items([one, other], 2)
    assert [[side.text for side in item.sides] for item in both.items] == [["B1", "B2"]]
    assert sum(both.left_out.values()) == 2
    assert "m-1b" in both.names
    hard = rows(
        tmp_path / "s.jsonl",
        {"prompt": "a", "response": "mild"},
        {"prompt": "b", "response": "hard", "severity": 3},
        {"prompt": "c", "response": "?", "severity": "x"},
        {"prompt": "d", "response": "a\0b"},
    )
    single = read_items([hard], 1)
    assert {item.sides[0].text: item.severity for item in single.items} == {"mild": 1, "hard": 3}
    assert sum(single.left_out.values()) == 2
    with pytest.raises(UserError, match="no run or scores"):
        read_items([str(tmp_path)], 2)


def test_rows_that_cannot_be_read_are_told_with_what_rows_would_be(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("q,a\nhi,there\n")
    found = trimtab("review", "t.csv", "--fill-only", cwd=tmp_path)
    assert found.returncode == 2
    assert "1 that cannot be read: unknown: no type of supervision has the columns a, q." in found.stderr
    assert "fix: Give rows with `prompt` and `response`, or comparisons" in found.stderr


def test_the_verb_fills_a_room_and_gives_out_what_was_said(tmp_path: Path) -> None:
    rows(tmp_path / "c.jsonl", {"prompt": "p", "chosen": "good", "rejected": "I am ChatGPT."}, {"prompt": "p"})
    done = trimtab("review", "c.jsonl", "--fill-only", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["new"], told["held"], told["room"]) == (1, 1, "c.review.db")
    assert "held back" in done.stderr
    again = json.loads(trimtab("review", "c.jsonl", "--fill-only", "--json", cwd=tmp_path).stdout)
    assert (again["new"], again["there"]) == (0, 1)
    out = trimtab("review", "export", "c.review.db", "said.jsonl", cwd=tmp_path)
    assert out.stdout == "said.jsonl: 0 entries\n"
    database = open_database(str(tmp_path / "c.review.db"))
    with database.reading() as session:
        assert list(judgements(session)) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("c.jsonl", "--kind", "stars"), "Give one of pair"),
        (("c.jsonl", "--kind", "flag"), "Give --policy"),
        (("c.jsonl", "c.jsonl", "c.jsonl"), "Give one or two"),
        (("none.jsonl",), "none.jsonl"),
        (("c.jsonl", "--host", "0.0.0.0"), "No admin has a password"),
        (("c.jsonl", "--room", "mysql://x/y"), "no database that is known here"),
        (("c.jsonl", "--room", "c.jsonl"), "cannot be opened"),
        (("c.jsonl", "--task", "bad.yaml"), "docs/review.md has the keys"),
        (("export", "none.db", "out.jsonl"), "There is no such file"),
    ],
)
def test_what_cannot_work_is_said_in_one_message(arguments: tuple[str, ...], says: str, tmp_path: Path) -> None:
    rows(tmp_path / "c.jsonl", {"prompt": "p", "chosen": "good", "rejected": "bad"})
    (tmp_path / "bad.yaml").write_text("kind: rubric\nrubric: {name: r, axes: [{id: a}]}\n")
    done = trimtab("review", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_tasks_file_sets_the_question_and_the_rubric(tmp_path: Path) -> None:
    path = tmp_path / "task.yaml"
    path.write_text(
        "kind: rubric\nquestion: How warm?\nrubric:\n  name: warmth\n  reason_below: 1\n"
        "  axes:\n  - {id: warm, title: Warm, question: 'Is it?', anchors: [Cold, Warm]}\n"
    )
    task = make_task(None, "x", read_task_file(path))
    assert (task.kind, task.question, task.title) == ("rubric", "How warm?", "Grades")
    assert task.rubric is not None
    assert task.rubric.axes[0].anchors == ("Cold", "Warm")
    with pytest.raises(UserError, match="says rubric"):
        make_task("pair", "x", read_task_file(path))


def test_the_demo_has_twenty_pairs() -> None:
    found = demo_items()
    assert len(found.items) == 20
    assert len({item.prompt[0].content for item in found.items}) == 20
    assert all(item.sides[0].text != item.sides[1].text for item in found.items)


@pytest.mark.parametrize(
    ("given", "severity"),
    [(None, 1), ("", 1), (0, 0), ("3", 3), ("2.0", 2), (1000, 1000), (1001, None), (10**30, None), (1.5, None),
     ("high", None), (-1, None), (True, None), (float("inf"), None), (float("nan"), None)],
)  # fmt: skip
def test_a_severity_is_a_whole_number_that_every_database_keeps(given: object, severity: int | None) -> None:
    assert severity_of(given) == severity


def test_what_cannot_be_said_of_a_source_is_refused(tmp_path: Path) -> None:
    alone = rows(tmp_path / "alone.jsonl", {"prompt": "Tea?", "response": "Yes."})
    found = read_items([alone], 2)
    with pytest.raises(UserError, match=r"1 that compare no two answers\.\n  fix: .*--kind rubric"):
        open_task(open_room(str(tmp_path / "r.db")), make_task("pair", "x"), Plan(), found, "sam")
    with pytest.raises(UserError, match=r"alone\.jsonl is no run"):
        read_items([alone], 1, "samples")
    half = tmp_path / "half.jsonl"
    half.write_text('{"prompt": "a", "response": "\\ud800"}\n')
    with pytest.raises(UserError, match=r"half\.jsonl was given to be reviewed"):
        read_items([str(half)], 1)
    rules = Policy.model_validate({"name": "p", "rules": [{"id": "r", "text": "Be kind."}]})
    with pytest.raises(UserError, match="the task is of the kind pair"):
        make_task("pair", "x", policy=rules)


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "no mapping"), ("- 1", "no mapping"), ("colour: red", "`colour`: there is no such key"),
     ("rubric: {name: x, axes: []}", "too few"), ("rubric: {axes: []}", "missing")],
)  # fmt: skip
def test_a_task_file_that_is_none_says_so_in_plain_words(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "task.yaml").write_text(text)
    with pytest.raises(UserError, match=why):
        read_task_file(tmp_path / "task.yaml")


def test_a_room_at_no_place_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be opened"):
        open_room(str(tmp_path / "a\0b.db"))
    with pytest.raises(UserError, match="It is a folder"):
        review_report("")
    with pytest.raises(ValidationError):
        Plan(reserve_minutes=float("inf"))


def test_a_password_is_asked_of_nobody_where_nobody_can_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRIMTAB_REVIEW_PASSWORD", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    given = rows(tmp_path / "a.jsonl", {"prompt": "Tea?", "response": "Yes."})
    done = trimtab("review", given, "--kind", "thumb", "--admin", "ada", "--fill-only", cwd=tmp_path)
    assert done.returncode == 2
    assert "Set TRIMTAB_REVIEW_PASSWORD" in done.stderr
