"""The run directory: one writer, finished stages found again, unfinished ones resumed, foreign folders left alone."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from trimtab.errors import UserError
from trimtab.records import Score
from trimtab.store import FORMAT, Run, Stage, file_digest

HOLD = """
import sys, time
from pathlib import Path
from trimtab.store import Run
with Run.open(Path(sys.argv[1]), name="r", goal="g", spec={}):
    print("held", flush=True)
    time.sleep(60)
"""


def opened(folder: Path, name: str = "r", **spec: Any) -> Run:
    return Run.open(folder, name=name, goal="g", spec=spec)


@contextmanager
def another_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline().strip() == "held"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def finish(run: Run, name: str = "sample", content: str = "out", **settings: Any) -> Stage:
    stage = run.stage(name, settings=settings, inputs={})
    stage.begin()
    stage.write("out.txt", content)
    stage.finish(time.time())
    return stage


# the run's folder and its lock


def test_a_new_run_and_the_same_run_again(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "run"
    with opened(folder, seed=1) as run:
        created = run.info.created
    with opened(folder, seed=2) as run:
        assert run.info.created == created
        assert run.info.spec == {"seed": 2}
    assert Run.read(folder).info == run.info
    assert json.loads((folder / "run.json").read_text())["format"] == FORMAT


def test_a_second_process_is_refused_and_told_which_one_holds_it(tmp_path: Path) -> None:
    with another_process(tmp_path) as process:
        with pytest.raises(UserError) as caught:
            opened(tmp_path)
        assert f"process {process.pid}" in caught.value.why
        assert "`out`" in caught.value.fix
        assert Run.read(tmp_path).info.name == "r"  # readers need no lock


def test_a_killed_process_frees_the_lock(tmp_path: Path) -> None:
    with another_process(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with opened(tmp_path) as run:
            assert run.info.name == "r"
            assert (tmp_path / ".holder").read_text() == str(os.getpid())


def test_leaving_the_block_frees_the_lock(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    with pytest.raises(ZeroDivisionError), opened(tmp_path):
        raise ZeroDivisionError
    with another_process(tmp_path):
        pass


def test_a_refusal_does_not_keep_the_lock(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    with pytest.raises(UserError) as kept:
        opened(tmp_path, name="other")
    good = (tmp_path / "run.json").read_text()
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(UserError) as kept_too:
        opened(tmp_path)
    (tmp_path / "run.json").write_text(good)
    with opened(tmp_path):  # while both errors, and with them their frames, are still alive
        assert kept.value
        assert kept_too.value


def test_a_run_of_another_name_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    with pytest.raises(UserError) as caught:
        opened(tmp_path, name="other")
    assert "'r'" in caught.value.why
    assert "'other'" in caught.value.why


def test_a_foreign_folder_or_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    for place in (tmp_path, tmp_path / "thesis.txt"):
        with pytest.raises(UserError, match="no run of trimtab's"):
            opened(place)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    with opened(tmp_path) as run:
        assert run.info.stages == {}


def test_a_run_killed_before_its_first_run_json_starts_again(tmp_path: Path) -> None:
    (tmp_path / ".lock").write_text("1234")
    (tmp_path / ".run.json.abc123").write_text('{"for')
    with opened(tmp_path) as run:
        assert run.info.name == "r"


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="cannot be written"):
        opened(tmp_path / "file" / "run")


@pytest.mark.parametrize("place", ["", "nowhere"])
def test_reading_what_is_no_run(tmp_path: Path, place: str) -> None:
    with pytest.raises(UserError, match="was given as a run"):
        Run.read(tmp_path / place)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"5", b'{"format": 1}', b"\xff\xfe", b'{"format": "x", "name": 3}', b'{"extra": 1}'],
)
def test_a_corrupt_run_json(tmp_path: Path, content: bytes) -> None:
    with opened(tmp_path):
        pass
    (tmp_path / "run.json").write_bytes(content)
    for use in (lambda: opened(tmp_path), lambda: Run.read(tmp_path)):
        with pytest.raises(UserError) as caught:
            use()
        assert str(tmp_path / "run.json") in caught.value.given
        assert "not what trimtab wrote" in caught.value.why
        assert "validation error" not in caught.value.why
    assert (tmp_path / "run.json").read_bytes() == content


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    raw = json.loads((tmp_path / "run.json").read_text())
    (tmp_path / "run.json").write_text(json.dumps({**raw, "format": FORMAT + 1, "news": "unknown here"}))
    for use in (lambda: opened(tmp_path), lambda: Run.read(tmp_path)):
        with pytest.raises(UserError) as caught:
            use()
        assert f"format {FORMAT + 1}" in caught.value.given
        assert "newer trimtab" in caught.value.fix


# stages


def test_a_finished_stage_is_found_again(tmp_path: Path) -> None:
    with opened(tmp_path) as run:
        stage = run.stage("sample", settings={"n": 4}, inputs={"prompts": "abc"})
        assert stage.manifest is None
        assert run.current("sample") is None
        stage.begin()
        stage.write("out.txt", "out")
        made = stage.finish(time.time() - 2)
    with opened(tmp_path) as run:
        again = run.stage("sample", settings={"n": 4}, inputs={"prompts": "abc"})
        assert again.manifest == made
        current = run.current("sample")
        assert current is not None
        assert current.folder == again.folder
    assert made.outputs == {"out.txt": file_digest(again.folder / "out.txt")}
    assert (made.stage, made.settings, made.inputs, made.attempts) == ("sample", {"n": 4}, {"prompts": "abc"}, 1)
    assert made.wall_seconds >= 2
    assert made.versions["python"]
    assert not again.work.exists()


def test_reopening_remembers_which_stages_are_current(tmp_path: Path) -> None:
    with opened(tmp_path) as run:
        made = finish(run, n=4)
    with opened(tmp_path, other="spec") as run:
        current = run.current("sample")
        assert current is not None
        assert current.key == made.key


def test_other_settings_or_inputs_or_names_are_another_folder_and_the_old_stays(tmp_path: Path) -> None:
    with opened(tmp_path) as run:
        old = finish(run, n=4)
        before = {path: path.read_bytes() for path in old.folder.rglob("*") if path.is_file()}
        folders = {old.folder}
        for stage in (
            run.stage("sample", settings={"n": 5}, inputs={}),
            run.stage("sample", settings={"n": 4}, inputs={"a": "b"}),
            run.stage("judge", settings={"n": 4}, inputs={}),
        ):
            assert stage.manifest is None
            folders.add(stage.folder)
        assert len(folders) == 4
        assert run.current("sample") is None  # the newest settings are the current ones, and are unfinished
        finish(run, n=5, content="new")
        assert {path: path.read_bytes() for path in before} == before
        back = run.stage("sample", settings={"n": 4}, inputs={})
        assert back.manifest is not None
        assert run.current("sample") is not None


def test_the_key_does_not_hang_on_the_order_of_settings(tmp_path: Path) -> None:
    with opened(tmp_path) as run:
        first = run.stage("s", settings={"a": 1, "b": 2}, inputs={"x": "1", "y": "2"})
        second = run.stage("s", settings={"b": 2, "a": 1}, inputs={"y": "2", "x": "1"})
    assert first.key == second.key


def test_reading_a_run_changes_nothing_on_disk(tmp_path: Path) -> None:
    with opened(tmp_path) as run:
        finish(run, n=4)
    before = (tmp_path / "run.json").read_bytes()
    read = Run.read(tmp_path)
    assert read.stage("sample", settings={"n": 9}, inputs={}).manifest is None
    assert (tmp_path / "run.json").read_bytes() == before
    assert read.current("sample") is not None


def test_stages_of_an_earlier_spec_are_forgotten_but_stay_on_disk(tmp_path: Path) -> None:
    with opened(tmp_path) as run:
        kept, dropped = finish(run, "sample"), finish(run, "import")
        run.keep_stages({"sample"})
    again = Run.read(tmp_path)
    assert again.current("sample") is not None
    assert again.current("import") is None
    assert kept.manifest is not None
    assert dropped.manifest is not None


def test_what_auto_came_to_stays_for_the_whole_run(tmp_path: Path) -> None:
    with opened(tmp_path) as run:
        assert run.resolve("device", lambda: "cuda") == "cuda"
        assert run.resolve("device", lambda: "cpu") == "cuda"
    with opened(tmp_path, other="spec") as run:
        assert run.resolve("device", lambda: "cpu") == "cuda"
        assert run.resolve("precision", lambda: "fp32") == "fp32"


# parts


def _scores(*values: float) -> list[Score]:
    return [Score(scorer="a\u2028b", value=value) for value in values]


def test_a_part_is_made_once(tmp_path: Path) -> None:
    calls: list[str] = []

    def make() -> list[Score]:
        calls.append("made")
        return _scores(1, 2, 3)

    with opened(tmp_path) as run:
        stage = run.stage("sample", settings={}, inputs={})
        stage.begin()
        assert stage.part("first", Score, make) == _scores(1, 2, 3)
        assert stage.part("first", Score, make) == _scores(1, 2, 3)
    with opened(tmp_path) as run:  # as after a kill
        stage = run.stage("sample", settings={}, inputs={})
        stage.begin()
        assert stage.part("first", Score, make) == _scores(1, 2, 3)
        assert stage.part("empty", Score, list) == stage.part("empty", Score, make) == []
        manifest = stage.finish(time.time())
    assert calls == ["made"]
    assert manifest.attempts == 2
    assert manifest.outputs == {}


def test_a_part_that_fails_is_made_again_from_nothing(tmp_path: Path) -> None:
    def fail() -> list[Score]:
        raise ZeroDivisionError

    with opened(tmp_path) as run:
        stage = run.stage("sample", settings={}, inputs={})
        stage.begin()
        with pytest.raises(ZeroDivisionError):
            stage.part("first", Score, fail)
        assert stage.part("first", Score, lambda: _scores(7)) == _scores(7)


def test_outputs_are_read_back(tmp_path: Path) -> None:
    with opened(tmp_path) as run:
        stage = run.stage("sample", settings={}, inputs={})
        stage.begin()
        (one,) = _scores(0.5)
        stage.write("one.json", one.to_json())
        stage.write("many.jsonl", one.to_json() + "\n" + one.to_json() + "\n")
        assert stage.read("one.json", Score) == one
        assert stage.read_lines("many.jsonl", Score) == [one, one]
        assert run.write("report.html", "<p>") == tmp_path / "report.html"


KILLED = """
import sys, time
from pathlib import Path
from trimtab.records import Score
from trimtab.store import Run
with Run.open(Path(sys.argv[1]), name="r", goal="g", spec={}) as run:
    stage = run.stage("sample", settings={}, inputs={})
    stage.begin()
    for i in range(3):
        def make():
            if i == 2 and len(sys.argv) > 2:
                print("stuck", flush=True)
                time.sleep(60)
            print("made", i, flush=True)
            return [Score(scorer="s", value=float(i))]
        stage.write(f"{i}.jsonl", "".join(s.to_json() for s in stage.part(f"part-{i}", Score, make)))
    stage.finish(time.time())
"""


def test_a_stage_killed_in_the_middle_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    def go(folder: Path, *more: str) -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", KILLED, str(folder), *more], stdout=subprocess.PIPE, text=True)

    process = go(tmp_path / "killed", "stick")
    assert process.stdout is not None
    assert [process.stdout.readline().strip() for _ in range(3)] == ["made 0", "made 1", "stuck"]
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert Run.read(tmp_path / "killed").current("sample") is None
    assert go(tmp_path / "killed").communicate()[0] == "made 2\n"
    assert go(tmp_path / "whole").communicate()[0] == "made 0\nmade 1\nmade 2\n"
    killed, whole = (Run.read(tmp_path / name).current("sample") for name in ("killed", "whole"))
    assert killed is not None
    assert whole is not None
    assert killed.manifest is not None
    assert whole.manifest is not None
    assert killed.key == whole.key
    assert killed.manifest.outputs == whole.manifest.outputs
    assert (killed.manifest.attempts, whole.manifest.attempts) == (2, 1)
