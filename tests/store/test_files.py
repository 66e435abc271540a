"""Atomic writes leave the old file or the new one; digests depend on the content alone."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from trimtab.store import digest, file_digest, tree_digests, versions, write_atomic
from trimtab.store.files import git_revision


def test_writes_text_and_bytes_and_makes_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.txt"
    write_atomic(path, "é\n")
    assert path.read_bytes() == "é\n".encode()
    write_atomic(path, b"\x00")
    assert path.read_bytes() == b"\x00"
    assert path.stat().st_mode & 0o777 == 0o644
    assert [p.name for p in path.parent.iterdir()] == ["b.txt"]


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()], ids=["error", "interrupt"])
def test_a_failure_in_the_middle_leaves_the_old_file_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    path = tmp_path / "a.txt"
    write_atomic(path, "old")

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(os if step == "fsync" else Path, step, fail)
    with pytest.raises(type(error)):
        write_atomic(path, "new" * 1000)
    monkeypatch.undo()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_new_bytes_are_on_the_disk_before_the_name_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (steps.append(f"fsync {os.fstat(fd).st_size}"), fsync(fd))[1])
    monkeypatch.setattr(Path, "replace", lambda self, to: (steps.append("replace"), replace(self, to))[1])
    write_atomic(tmp_path / "a.txt", "12345")
    assert steps == ["fsync 5", "replace"]


def test_a_reader_never_sees_half(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    contents = ["x" * 50_000, "y" * 80_000]
    write_atomic(path, contents[0])
    stop = threading.Event()
    seen: set[str] = set()

    def look() -> None:
        while not stop.is_set():
            seen.add(path.read_text())

    reader = threading.Thread(target=look)
    reader.start()
    for i in range(40):
        write_atomic(path, contents[i % 2])
    stop.set()
    reader.join()
    assert seen <= set(contents)


def test_a_killed_writer_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    script = (
        "import sys, itertools; from pathlib import Path; from trimtab.store import write_atomic\n"
        "for i in itertools.count(): write_atomic(Path(sys.argv[1]), str(i % 10) * 300_000)\n"
    )
    for wait in (0.0, 0.013):
        process = subprocess.Popen([sys.executable, "-c", script, str(path)])
        deadline = time.time() + 60
        while not path.exists() and time.time() < deadline:
            time.sleep(0.005)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        text = path.read_text()
        assert len(text) == 300_000
        assert len(set(text)) == 1


def test_digest_is_of_the_value() -> None:
    assert digest({"a": 1, "b": [1.5, None, "é"]}) == digest({"b": (1.5, None, "é"), "a": 1})
    others = [{}, {"a": 1}, {"a": 2}, {"a": "1"}, {"a": [1]}, {"a": True}, {"b": 1}, [], None]
    assert len({digest(value) for value in others}) == len(others)
    # pinned: a changed digest would orphan every finished stage on disk
    assert digest({"a": 1}) == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"


def test_tree_digests_leave_hidden_files_out(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a.txt", "a")
    write_atomic(tmp_path / "sub" / "b.txt", "b")
    write_atomic(tmp_path / ".hidden", "h")
    write_atomic(tmp_path / ".git" / "c.txt", "c")
    found = tree_digests(tmp_path)
    assert found == {"a.txt": file_digest(tmp_path / "a.txt"), "sub/b.txt": file_digest(tmp_path / "sub" / "b.txt")}
    write_atomic(tmp_path / "a.txt", "A")
    assert tree_digests(tmp_path)["a.txt"] != found["a.txt"]


def test_versions_name_what_decides_results() -> None:
    assert {"python", "trimtab", "numpy"} <= set(versions())


def test_the_revision_is_the_commit_and_whether_files_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def git(*words: str) -> str:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        return subprocess.run(["git", *who, *words], capture_output=True, text=True, check=True).stdout.strip()

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert git_revision() is None
    git("init", "--quiet")
    assert git_revision() is None  # nothing is committed
    (tmp_path / "kept").write_text("one")
    git("add", "kept")
    git("commit", "--quiet", "--message", "one")
    commit = git("rev-parse", "HEAD")
    assert git_revision() == commit
    (tmp_path / "new").touch()
    assert git_revision() == f"{commit}+changes"
