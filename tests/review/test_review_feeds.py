"""A run waits for people, trains on what they said, and keeps that whatever is said later."""

import json
from pathlib import Path
from typing import Any

import pytest
from rooms import ONCE, judge, room_with
from typer.testing import CliRunner

from tiny import save_tiny, tiny_spec
from trimtab.cli import app
from trimtab.errors import UserError
from trimtab.loop import Quiet, WaitingForPeople, run_training
from trimtab.loop.sources.review import heard_now
from trimtab.records import Judgement, Message, Reject, SourcedRow, kind_of
from trimtab.review import Gathered, NewItem, Side
from trimtab.spec import ReviewSpec, load_spec
from trimtab.store import FileName, Run

FAST: dict[str, Any] = {"epochs": 1.0, "rehearsal_weight": 0.0, "probe_prompts": 0}


def spec_with(folder: Path, **review: Any) -> Path:
    room = {"room": "r.db", "need": 3, **review}
    return tiny_spec(folder, feedback={"sources": [{"review": room}]})


def test_a_run_waits_then_trains_on_what_people_said_and_freezes_it(tmp_path: Path) -> None:
    save_tiny(tmp_path / "model")
    path = spec_with(tmp_path)
    room_with(tmp_path / "r.db", pairs(5), plan=ONCE)[0].database.close()
    judge(tmp_path / "r.db", "bo", [{"kind": "pair", "choice": "second"}, {"kind": "pair", "choice": "tie"}])
    out = tmp_path / "out"

    done = CliRunner().invoke(app, ["run", str(path), "--out", str(out), "--json"])
    assert (done.exit_code, json.loads(done.stdout)) == (4, {"state": "waiting", "have": 2, "need": 3})
    assert "waiting for people: 2 of 3 judged in r.db." in done.stderr

    judge(tmp_path / "r.db", "cy", [{"kind": "pair", "choice": "first"}])
    loaded = load_spec(path, {f"training.{name}": value for name, value in FAST.items()})
    _, summary = run_training(loaded, out, Quiet())
    assert summary.comparisons == 2  # one for the new answer, one for the old; the tie trains neither side
    kept = frozen(out)
    assert kept == {"bo": ["comparison", "ranking"], "cy": ["comparison"]}

    judge(tmp_path / "r.db", "di", [{"kind": "pair", "choice": "both bad"}])
    again = run_training(loaded, out, Quiet())[1]
    assert frozen(out) == kept
    assert again == summary  # nothing was trained anew
    first = Run.read(out).info.stages["feedback.review"]
    run_training(loaded, out, Quiet(), fresh=True)
    assert frozen(out)["di"] == ["thumb", "thumb"]
    assert Run.read(out).info.stages["feedback.review"] != first
    stage = Run.read(out).current("feedback.review")
    assert stage is not None
    assert len(stage.read_lines(FileName.JUDGEMENTS, Judgement)) == 4


def pairs(count: int) -> Gathered:
    """Pairs in words that the tiny model has."""
    words = ("tea", "rain", "sun", "dog", "cat")[:count]
    sides = (Side("furthermore ensure the plan .", "before"), Side("fun !", "after"))
    return Gathered("r", tuple(NewItem((Message(role="user", content=f"why {word}"),), sides) for word in words), {})


def frozen(out: Path) -> dict[str, list[str]]:
    stage = Run.read(out).current("feedback.review")
    assert stage is not None
    found: dict[str, list[str]] = {}
    for each in stage.read_lines(FileName.SUPERVISION, SourcedRow):
        found.setdefault(str(each.row.provenance.annotator), []).append(kind_of(each.row))
    assert stage.read_lines(FileName.REJECTED, Reject) == []
    return found


def test_what_a_room_lacks_is_said(tmp_path: Path) -> None:
    save_tiny(tmp_path / "model")
    with pytest.raises(UserError, match=r"r\.db"):  # there is no room yet
        run_training(load_spec(spec_with(tmp_path)), tmp_path / "out", Quiet())
    room_with(tmp_path / "r.db", pairs(2), plan=ONCE)[0].database.close()
    with pytest.raises(WaitingForPeople, match=r"0 of 3 judged .* shows 2 items: put more in"):
        run_training(load_spec(spec_with(tmp_path)), tmp_path / "out", Quiet())
    with pytest.raises(UserError, match="its task 7"):
        run_training(load_spec(spec_with(tmp_path, task=7)), tmp_path / "out", Quiet())
    told = CliRunner().invoke(app, ["run", str(spec_with(tmp_path)), "--check"])
    assert "r.db: 0 of 3 judged, 2 items shown" in told.stdout


def test_a_password_does_not_get_into_a_run(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="PGPASSWORD"):
        load_spec(spec_with(tmp_path, room="postgresql://a:secret@host/review"))
    assert ReviewSpec(room="postgresql://a@host/review", need=1).called == "review"


@pytest.mark.parametrize(
    ("review", "why"),
    [
        ({"axis": "helpful"}, "It asks for no rubric"),
        ({"room": "a\0b"}, "holds a zero byte"),
        ({"room": "mysql://host/name"}, "[Nn]o room can be kept in mysql"),
        ({"room": "sqlite:///r.db"}, "[Nn]o room can be kept in sqlite"),
        ({"per_item": 1001}, "at most 1000"),
    ],
)
def test_a_check_finds_what_a_room_could_never_give(tmp_path: Path, review: dict[str, Any], why: str) -> None:
    room_with(tmp_path / "r.db", pairs(2), plan=ONCE)[0].database.close()
    with pytest.raises(UserError, match=why):
        _heard(spec_with(tmp_path, **review))


def _heard(path: Path) -> None:
    loaded = load_spec(path)
    settings = loaded.spec.feedback.sources[0].review
    assert settings is not None
    heard_now(loaded, settings)


def test_a_room_of_the_gates_that_nothing_can_open_is_found_before_training(tmp_path: Path) -> None:
    people = {"max_new_tokens": 8, "benchmarks": ["heldout"], "people": {"need": 5, "room": "mysql://host/name"}}
    with pytest.raises(UserError, match=r"[Nn]o room can be kept in mysql"):
        load_spec(tiny_spec(tmp_path, evaluation=people))
