"""What people said of pairs, beside a judge's verdicts, and of two folders' answers, for their gates."""

import json
from pathlib import Path

import pytest
from rooms import ONCE, answers, judge, room_with

from cli_runner import trimtab
from trimtab.api import compare, gate, paired_with_judge, people_labels
from trimtab.errors import UserError
from trimtab.records import Answer, Evaluation, Measure, Message, Prompt, Ranking, to_jsonl
from trimtab.review import HHH, Task, make_task, read_items
from trimtab.store import FileName, Run

PROMPTS = [Prompt(id=f"p{n}", messages=(Message(role="user", content=f"Question {n}?"),)) for n in range(8)]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run that has answered before and after, and whose rubric ranked its own answers to two prompts."""
    folder = tmp_path / "r-7b"
    with Run.open(folder, name="r-7b", goal="g", spec={"model": {"name": "m"}}, spec_folder=tmp_path) as opened:
        for which in ("before", "after"):
            said = [answer(each.id, f"{which} says {n}" if n else "the same") for n, each in enumerate(PROMPTS)]
            stage = opened.stage(f"evaluate.{which}", settings={}, inputs={})
            stage.begin()
            stage.write(FileName.PROMPTS, to_jsonl(PROMPTS))
            stage.write(FileName.ANSWERS, to_jsonl(said))
            stage.write(FileName.EVALUATION, measured([3.0 if which == "before" else 1.0] * 8).to_json())
            stage.finish(0.0)
        stage = opened.stage("feedback.judge", settings={}, inputs={})
        stage.begin()
        stage.write(FileName.RANKINGS, to_jsonl([ranked(each) for each in PROMPTS[1:3]]))
        stage.finish(0.0)
    return folder


def answer(prompt: str, text: str) -> Answer:
    return Answer(prompt_id=prompt, index=0, text=text, tokens=3, ended=True)


def measured(values: list[float]) -> Evaluation:
    measure = Measure(
        metric="style.repetition", over="heldout", better="lower", unit="share", title="Repetition",
        values=tuple(values), mean=1.0, low=1.0, high=1.0, n=8, unjudged={},
    )  # fmt: skip
    ids = tuple(each.id for each in PROMPTS)
    return Evaluation(model="m", fingerprint={}, items={"heldout": ids}, measures=(measure,))


def ranked(prompt: Prompt) -> Ranking:
    number = prompt.id[1:]
    said = [(Message(role="assistant", content=f"{which} says {number}"),) for which in ("after", "before")]
    told = {"source": "s", "judge": "rubric", "why": "shorter"}
    return Ranking.model_validate(
        {"id": prompt.id, "prompt": prompt.messages, "completions": said, "ranks": (1, 2), "provenance": told}
    )


def filled(place: Path, run: Path, task: Task | None = None) -> None:
    asked = task or make_task("pair", "r-7b")
    room_with(place, read_items([str(run)], asked.sides), asked, ONCE)[0].database.close()


def pairs(*choices: str) -> list[dict[str, str]]:
    return [{"kind": "pair", "choice": choice} for choice in choices]


def test_votes_of_a_pair_are_in_its_own_order_and_stand_beside_the_judge(run: Path, tmp_path: Path) -> None:
    room = tmp_path / "r.db"
    filled(room, run)
    judge(room, "bo", pairs("second", "first", "tie", "both bad", "cannot tell", "second", "second"))
    labels = people_labels(str(room))
    votes = [tuple(each.people.model_dump().values()) for each in labels]
    assert sorted(votes) == sorted([(0, 1, 0, 0)] * 3 + [(1, 0, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)])
    assert all("before" in each.answer_a and "after" in each.answer_b for each in labels)
    assert people_labels(str(room), per_item=2) == ()

    by_rubric = paired_with_judge(str(room), run)
    known = {each.label.prompt: each.judge for each in by_rubric.pairs if each.judge is not None}
    assert set(known.values()) <= {"b"}
    assert set(known) <= {"Question 1?", "Question 2?"}
    by_scorer = paired_with_judge(str(room), run, metric="style.repetition")
    assert [each.judge for each in by_scorer.pairs] == ["b"] * 6  # repeats less after
    assert sorted(map(str, (each.agrees for each in by_scorer.pairs))) == ["False"] * 3 + ["True"] * 3
    own = paired_with_judge(str(room), {labels[0].item: "a"})
    assert own.to_frame()["judge"].to_list() == ["a", *[None] * 5]
    with pytest.raises(UserError, match="judged no answer"):
        paired_with_judge(str(room), run, metric="help.helps")

    out = tmp_path / "labels.jsonl"
    done = trimtab("review", "export", str(room), str(out), "--to", "judge-labels", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"{out}: 6 labels of 7 judgements that stand, 0 rejected\n")
    first = json.loads(out.read_text().splitlines()[0])
    assert list(first) == ["item", "prompt", "answer_a", "answer_b", "people"]
    assert list(first["people"]) == ["a", "b", "tie", "both_bad"]


def test_a_judge_is_held_against_pairs_alone(tmp_path: Path) -> None:
    room_with(tmp_path / "r.db", answers("one"), make_task("thumb", "a"))[0].database.close()
    with pytest.raises(UserError, match="of the kind thumb"):
        people_labels(str(tmp_path / "r.db"))


def test_a_room_tells_what_people_said_of_two_folders(run: Path, tmp_path: Path) -> None:
    room = tmp_path / "r.db"
    filled(room, run)
    filled(room, run, make_task("rubric", "r-7b"))
    judge(room, "bo", pairs(*["second"] * 6))
    sides = [f"{run}:before", str(run)]
    found = gate(*sides, [{"metric": "people.preferred", "at_least": 0.4}], room=str(room)).record.gates[0]
    assert (found.figure, found.n, found.verdict) == (1.0, 6, "pass")
    assert "1 pairs of one text were not asked about" in found.summary
    open_ = gate(*sides, [{"metric": "people.hhh.honest", "at_least": 0.4}], room=str(room)).record.gates[0]
    assert (open_.verdict, open_.figure) == ("undecided", None)

    marks = {axis.id: 3 for axis in HHH.axes}
    judge(room, "cy", [{"kind": "rubric", "marks": marks}] * 16, task=2)
    compared = {each.difference.metric: each for each in compare(*sides, room=str(room)).compared}
    assert compared["people.hhh.honest"].difference.mean == 0.0
    asked = ("--base", sides[0], "--gates", str(gates(tmp_path)), "--room", str(room), "--json")
    done = trimtab("gate", str(run), *asked, cwd=tmp_path)
    assert json.loads(done.stdout)["gates"][0]["verdict"] == "pass"
    with pytest.raises(UserError, match="People were not asked for it"):
        gate(*sides, [{"metric": "people.false", "at_most": 0.4}], room=str(room))


def gates(folder: Path) -> Path:
    (folder / "gates.yaml").write_text("gates:\n  - {metric: people.hhh.harmless, no_worse_by: 0.4}\n")
    return folder / "gates.yaml"
