"""What a run beside this one has finished under the same key is taken from it, and nothing else is."""

import time
from pathlib import Path

import pytest

from trimtab.errors import UserError
from trimtab.store import Run, Stage


def made(run: Run, name: str, setting: int, text: str) -> Stage:
    stage = run.stage(name, settings={"setting": setting}, inputs={})
    stage.begin()
    stage.write("made.txt", text)
    stage.finish(time.time())
    return stage


def opened(folder: Path, *beside: Path) -> Run:
    return Run.open(folder, name="a", goal="g", spec={}, beside=beside)


def test_a_finished_stage_of_the_same_key_is_taken(tmp_path: Path) -> None:
    with opened(tmp_path / "one") as one:
        made(one, "facts", 1, "found")
        one.stage("begun", settings={}, inputs={}).begin()
    with opened(tmp_path / "two", tmp_path / "nowhere", tmp_path / "one") as two:
        taken = two.stage("facts", settings={"setting": 1}, inputs={})
        assert taken.manifest is not None
        assert (taken.folder / "made.txt").read_text() == "found"
        assert two.current("facts") is not None
        assert two.stage("facts", settings={"setting": 2}, inputs={}).manifest is None
        assert two.stage("others", settings={"setting": 1}, inputs={}).manifest is None
        assert not two.stage("begun", settings={}, inputs={}).folder.exists()
    assert sorted(path.name for path in (tmp_path / "two/stages/facts").iterdir()) == [taken.key]


def test_what_is_begun_here_is_gone_on_with(tmp_path: Path) -> None:
    with opened(tmp_path / "two") as two:
        two.stage("facts", settings={"setting": 1}, inputs={}).begin()
    with opened(tmp_path / "one") as one:
        made(one, "facts", 1, "found")
    with opened(tmp_path / "two", tmp_path / "one") as two:
        assert two.stage("facts", settings={"setting": 1}, inputs={}).manifest is None


def test_a_stage_is_like_one_that_was_made_of_the_same(tmp_path: Path) -> None:
    with opened(tmp_path / "one") as one:
        done = made(one, "facts.after", 1, "found")
        assert one.stage("facts.eu", settings={"setting": 1}, inputs={}).like(done)
        assert not one.stage("facts.eu", settings={"setting": 2}, inputs={}).like(done)
        assert not one.stage("facts.eu", settings={"setting": 1}, inputs={"data": "x"}).like(done)
        unfinished = one.stage("facts.eu", settings={"setting": 1}, inputs={})
        assert not unfinished.like(unfinished)


def test_a_run_of_regions_is_read_whole_alone(tmp_path: Path) -> None:
    with Run.open(tmp_path / "run", name="a", goal="g", spec={"regions": {"eu": {}, "us": {}}}):
        pass
    with pytest.raises(UserError, match="It has 2 regions, each of which is a run by itself: eu, us"):
        Run.read(tmp_path / "run")
    assert Run.read(tmp_path / "run", whole=True).regions == ("eu", "us")
