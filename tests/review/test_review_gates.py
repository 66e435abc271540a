"""A run is trained on what people say of its answers, in each round, and gated on what they say of what came of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from rooms import judge
from typer.testing import CliRunner

from killing import results
from tiny import save_tiny, tiny_spec
from trimtab.cli import app
from trimtab.errors import UserError
from trimtab.loop.asking import SIDES, askings, items_of, measures_of, nobody_said
from trimtab.records import Answer, Message, PeopleMeasure, Prompt, SourcedRow, to_jsonl
from trimtab.review import Plan, put_in, reading_room, said_of
from trimtab.spec import load_spec, people_measures
from trimtab.store import FileName, Run, Stage

SAMPLE = {"samples_per_prompt": 2, "max_new_tokens": 8, "temperature": 1.0}
FAST = {"epochs": 4.0, "batch_size": 2, "rehearsal_weight": 0.0, "probe_prompts": 0, "learning_rate": 1e-2}
GATES = [{"metric": "people.preferred", "at_least": 0.2}, {"metric": "people.helps", "no_worse_by": 0.9}]


def spec_with(folder: Path, **more: Any) -> Path:
    """A run of two rounds, whose reward model and policy learn from people, and which people judge in the end."""
    return tiny_spec(
        folder,
        **{
            "rounds": 2,
            "prompts": {"train": "train.jsonl", "heldout": "heldout.jsonl"},
            "feedback": {"sources": [{"review": {"need": 4, "sample": SAMPLE}}]},
            "training": FAST,
            "evaluation": {"max_new_tokens": 8, "benchmarks": ["heldout"], "people": {"need": 5}},
            "gates": GATES,
            **more,
        },
    )


def run(path: Path, out: Path, *more: str) -> tuple[int, dict[str, Any], str]:
    done = CliRunner().invoke(app, ["run", str(path), "--out", str(out), "--json", *more])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, json.loads(done.stdout or f'{{"said": {json.dumps(done.stderr)}}}'), done.stderr


def test_people_feed_each_round_and_decide_the_gates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_tiny(tmp_path / "model")
    path, out = spec_with(tmp_path), tmp_path / "out"
    room = out / "review.db"

    code, told, said = run(path, out)
    assert (code, told) == (4, {"state": "waiting", "have": 0, "need": 4})
    assert f"trimtab review serve {room}" in said
    judge(room, "bo", [{"kind": "pair", "choice": "A"}] * 4)

    code, told, _ = run(path, out)  # the second round's answers are others
    assert (code, told) == (4, {"state": "waiting", "have": 0, "need": 4})
    judge(room, "bo", [{"kind": "pair", "choice": "A"}] * 4)

    code, told, _ = run(path, out)
    if told["need"] == 4:  # one of those four was a pair that came a second time
        judge(room, "bo", [{"kind": "pair", "choice": "A"}] * (4 - told["have"]))
        code, told, _ = run(path, out)
    # trained twice; now for the gates: pairs, and answers of either side
    assert (code, told) == (4, {"state": "waiting", "have": 0, "need": 15})
    first, second = (taught(out, name) for name in ("feedback.review", "feedback.review.2"))
    assert len(first) == len(second) == 4
    assert first[0].row.provenance.annotator == "bo"
    assert "train/" in second[0].row.chosen_model  # type: ignore[union-attr]  # the model of the first round answered

    judge(room, "bo", [{"kind": "pair", "choice": "second"}] * 6, task=2)
    judge(room, "bo", [{"kind": "thumb", "liked": True}] * 9, task=3)
    assert run(path, out)[:2] == (4, {"state": "waiting", "have": 14, "need": 15})
    judge(room, "cy", [{"kind": "thumb", "liked": True}] * 2, task=3)

    killed(monkeypatch, "gate")
    assert run(path, out)[0] == 130
    monkeypatch.undo()
    kept = results(out)
    judge(room, "di", [{"kind": "thumb", "liked": False}], task=3)  # too late: the run has gone on
    code, told, _ = run(path, out)
    assert {name: made for name, made in results(out).items() if name != "gate"} == kept
    preferred, helps = told["gates"]
    assert (preferred["figure"], preferred["n"], preferred["verdict"]) == (1.0, 6, "pass")
    assert "6 judgements by 1 reviewer, for whom alone it holds" in preferred["summary"]
    assert (helps["figure"], helps["verdict"]) == (0.0, "pass")
    assert code == 0
    assert preferred["rewarded"]  # people judged the feedback too
    rows = {row["metric"]: row for row in told["measures"]}
    assert rows["people.preferred"]["after"] == 1.0
    assert "People: preferred to before" in (out / "report.md").read_text()
    again = CliRunner().invoke(app, ["gate", str(out), "--junit", str(tmp_path / "j.xml")])
    assert again.exit_code == 0
    assert "people.preferred: 1 [" in (tmp_path / "j.xml").read_text()
    compared = CliRunner().invoke(app, ["compare", f"{out}:before", str(out)]).stdout
    assert "People: preferred to before, B: 1 [" in compared
    assert "People: helps" in compared


def killed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A run ends as this stage is about to be marked as whole."""
    finish = Stage.finish

    def finished(stage: Stage, started: float) -> Any:
        if stage.name == name:
            raise KeyboardInterrupt
        return finish(stage, started)

    monkeypatch.setattr(Stage, "finish", finished)


def taught(out: Path, name: str) -> list[SourcedRow]:
    stage = Run.read(out).current(name)
    assert stage is not None
    return stage.read_lines(FileName.SUPERVISION, SourcedRow)


def said(out: Path) -> dict[tuple[str, str], PeopleMeasure]:
    stage = Run.read(out).current("people")
    assert stage is not None
    return {(each.metric, each.of): each for each in stage.read_lines(FileName.PEOPLE, PeopleMeasure)}


@pytest.mark.parametrize(
    ("sections", "says"),
    [
        ({"evaluation": {}}, "does not say how many items"),
        ({"gates": [{"metric": "people.liked", "at_least": 0.5}]}, "People are not asked for that"),
        ({"gates": [{"metric": "people.preferred", "no_worse_by": 0.1}]}, "comparison with before already"),
        ({"gates": [{"metric": "people.false", "at_most_of_base": 0.9}]}, "as a difference"),
        ({"gates": [{"metric": "people.hhh.honest", "at_least": 4}]}, "between 0 and 1"),
        ({"gates": [{"metric": "style.words", "at_most": 9}]}, "no measure is named"),
        ({"gates": [{"metric": "people.preferred", "better_than": "baseline"}]}, "The spec has no baseline"),
        ({"gates": [{"metric": "people.preferred_to_baseline", "at_least": 0.5}]}, "The spec has no baseline"),
        ({"gates": [{"metric": "people.preferred_to_baseline", "better_by": 0.1}]}, "with the baseline already"),
        ({"gates": [{"metric": "people.preferred", "better_than": "baseline", "by": 0.6}]}, "against one half"),
        ({"feedback": {"sources": [{"review": {"need": 4}}]}, "rounds": 1}, "Give the `room`"),
        ({"feedback": {"sources": [{"review": {"room": "r.db", "need": 4}}]}}, "no feedback of its own"),
    ],
)
def test_what_people_cannot_be_asked_is_said_before_anything_runs(
    tmp_path: Path, sections: dict[str, Any], says: str
) -> None:
    with pytest.raises(UserError) as error:
        load_spec(spec_with(tmp_path, **sections))
    assert says in str(error.value)


def test_the_baseline_is_a_third_blind_side(tmp_path: Path) -> None:
    """Pairs of before and after and of baseline and after are one task, and each side's answers are judged alone."""
    gates = [
        {"metric": "people.preferred", "at_least": 0.5},
        {"metric": "people.preferred", "better_than": "baseline", "by": 0.1},
        {"metric": "people.helps", "no_worse_than": "baseline", "by": 0.2},
    ]
    loaded = load_spec(spec_with(tmp_path, gates=gates, baseline={"system": "Be brief."}))
    asked = {name: sorted(beside) for name, beside in people_measures(loaded.spec).items()}
    assert asked == {"people.preferred": [], "people.preferred_to_baseline": [], "people.helps": ["baseline"]}
    prompts = [Prompt(id=f"p{n}", messages=(Message(role="user", content=f"Question {n}?"),)) for n in range(6)]
    folder = tmp_path / "r-7b"
    with Run.open(folder, name="r", goal="g", spec={"model": {"name": "m"}}, spec_folder=tmp_path) as opened:
        for which in ("before", "baseline", "after"):
            texts = [f"{'before' if n == 0 and which == 'baseline' else which} says {n}" for n in range(6)]
            if which == "after":
                texts[1] = "baseline says 1"
            stage = opened.stage(f"evaluate.{which}", settings={}, inputs={})
            stage.begin()
            stage.write(FileName.PROMPTS, to_jsonl(prompts))
            stage.write(
                FileName.ANSWERS,
                to_jsonl(
                    Answer(prompt_id=each.id, index=0, text=text, tokens=3, ended=True)
                    for each, text in zip(prompts, texts, strict=True)
                ),
            )
            stage.finish(0.0)
    pairs, thumbs = askings(loaded, "r-7b")
    assert (pairs.sides, thumbs.sides) == ({"before", "baseline"}, {"baseline", "after"})
    ids, expected = {each.messages: each.id for each in prompts}, dict.fromkeys(SIDES, 6)
    about, found = items_of(pairs, folder, ids, expected)  # type: ignore[arg-type]
    assert [each.sides[0].source for each in about.items] == ["before"] * 6 + ["baseline"] * 5
    assert about.alike == {"before": 0, "baseline": 1}
    assert set(found.names) >= {"r-7b"}
    room = str(tmp_path / "r.db")
    number = put_in(room, pairs.task, Plan(repeat=0, by_chance=1), found)
    judge(room, "bo", [{"kind": "pair", "choice": "second"}] * 11, task=number)
    with reading_room(room) as session:
        heard = said_of(session, number, about.digests, 1)
    measures = {each.metric: each for each in measures_of(pairs, about, heard, "room")}
    assert {name: (each.of, each.n, each.mean) for name, each in measures.items()} == {
        "people.preferred": ("after", 6, 1.0), "people.preferred_to_baseline": ("after", 5, 1.0),
    }  # fmt: skip
    assert measures["people.preferred_to_baseline"].alike == 1
    single, _ = items_of(thumbs, folder, ids, expected)  # type: ignore[arg-type]
    assert [each.sides[0].source for each in single.items] == ["baseline"] * 6 + ["after"] * 6
    sides = [(each.metric, each.of) for each in measures_of(thumbs, single, nobody_said(), "room")]
    assert sides == [("people.helps", "baseline"), ("people.helps", "after")]
