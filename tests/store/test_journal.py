"""The journal: nothing that was said is lost or changed, by kills, by several processes at once, by newer versions."""

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from trimtab.errors import UserError
from trimtab.records import Judgement, Score, Verdict, standing
from trimtab.store import FORMAT, Journal

APPEND = """
import sys
from pathlib import Path
from trimtab.records import Score
from trimtab.store import Journal
journal, name, times = Journal(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
for value in range(times):
    print(journal.append("score", Score(scorer=name, value=value, reason="x" * 2000)), flush=True)
"""


def appending(path: Path, name: str, times: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", APPEND, str(path), name, str(times)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def judgement(id_: str, value: str = "first", **more: object) -> Judgement:
    said = {"id": id_, "item": "pair-1", "reviewer": "ada", "when": datetime(2026, 11, 27, 12, tzinfo=UTC)}
    return Judgement.model_validate({**said, "value": value, **more})


def test_what_is_appended_is_read_in_order_by_kind_and_since(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "journal.db"
    scores = [Score(scorer="a", value=float(value)) for value in range(5)]
    with Journal(path) as journal:
        ids = [journal.append("score", score) for score in scores]
        other = journal.append("judgement", judgement("j1"))
    assert ids == sorted(set(ids))
    with Journal(path) as journal:
        assert [(entry.id, entry.record) for entry in journal.read("score", Score)] == list(
            zip(ids, scores, strict=True)
        )
        assert [entry.record for entry in journal.read("score", Score, since=ids[2])] == scores[3:]
        assert [entry.id for entry in journal.read("judgement", Judgement)] == [other]
        assert journal.read("score", Score, since=ids[-1]) == []
        assert journal.append("score", scores[0]) > other


def test_two_processes_append_at_once(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    processes = [appending(path, name, 150) for name in ("a", "b", "c")]
    said = [process.communicate(timeout=120)[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    with Journal(path) as journal:
        entries = journal.read("score", Score)
    assert len(entries) == 450
    assert sorted(entry.id for entry in entries) == sorted(int(each) for ids in said for each in ids)
    for name in "abc":  # each one's own order is kept
        assert [entry.record.value for entry in entries if entry.record.scorer == name] == list(range(150))


@pytest.mark.parametrize("after", [1, 20, 57])
def test_a_kill_loses_nothing_whose_id_was_given(tmp_path: Path, after: int) -> None:
    path = tmp_path / "journal.db"
    process = appending(path, "a", 1_000_000)
    assert process.stdout is not None
    given = [int(process.stdout.readline()) for _ in range(after)]
    process.kill()
    given += [int(line) for line in process.communicate()[0].splitlines() if line]
    with Journal(path) as journal:
        entries = journal.read("score", Score)
        assert [entry.id for entry in entries][: len(given)] == given
        assert [entry.record.value for entry in entries] == list(range(len(entries)))  # each is whole
        assert journal.append("score", Score(scorer="b", value=0.0)) > entries[-1].id


def test_threads_share_a_journal(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.db") as journal:
        threads = [
            threading.Thread(target=lambda: [journal.append("s", Score(scorer="a", value=1)) for _ in range(40)])
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(journal.read("s", Score)) == 160


@pytest.mark.parametrize("change", ["UPDATE entries SET kind = 'x'", "DELETE FROM entries"])
def test_nothing_is_changed_or_taken_out(tmp_path: Path, change: str) -> None:
    path = tmp_path / "journal.db"
    with Journal(path) as journal:
        journal.append("score", Score(scorer="a", value=1))
    with closing(sqlite3.connect(path)) as file, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        file.execute(change)


def written(path: Path, version: int, record: str) -> None:
    """An entry as another version of trimtab would have left it."""
    Journal(path).close()
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("INSERT INTO entries (kind, format, appended, record) VALUES ('v', ?, '', ?)", (version, record))


def test_entries_of_an_older_version_are_read_and_of_a_newer_one_refused(tmp_path: Path) -> None:
    gate = (
        '{"metric": "m", "rule": "r", "verdict": "pass", "figure": 1, "low": 1, "high": 1, "limit": 1, "n": 1, '
        '"needed_n": null, "says": "Well."}'
    )
    written(tmp_path / "old.db", 1, f'{{"verdict": "pass", "confidence": 0.95, "gates": [{gate}]}}')
    with Journal(tmp_path / "old.db") as journal:
        assert journal.read("v", Verdict)[0].record.gates[0].summary == "Well."
    written(tmp_path / "new.db", FORMAT + 1, "{}")
    with Journal(tmp_path / "new.db") as journal, pytest.raises(UserError, match=f"format {FORMAT + 1}"):
        journal.read("v", Verdict)
    written(tmp_path / "bad.db", FORMAT, "{}")
    with Journal(tmp_path / "bad.db") as journal, pytest.raises(UserError, match="entry 1 cannot be read"):
        journal.read("v", Verdict)


def test_what_is_no_journal_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no journal at all, but a longer text than a header is" * 9)
    (tmp_path / "folder").mkdir()
    for name in ("text", "folder", "text/below"):
        with pytest.raises(UserError, match="The journal is"):
            Journal(tmp_path / name)


# judgements


def test_a_later_judgement_replaces_an_earlier_one_and_both_stay(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.db") as journal:
        for each in (
            judgement("j1"),
            judgement("j2", reviewer="grace", value="both bad"),
            judgement("j3", value="tie", supersedes="j1", why="on second reading"),
            judgement("j4", reviewer="alan", value="cannot tell"),
            judgement("j5", reviewer="alan", value="withdrawn", supersedes="j4"),
        ):
            journal.append("judgement", each)
        said = [entry.record for entry in journal.read("judgement", Judgement)]
    assert [each.id for each in said] == ["j1", "j2", "j3", "j4", "j5"]
    assert [(each.id, each.value) for each in standing(said)] == [("j2", "both bad"), ("j3", "tie")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": "better"},
        {"value": "withdrawn"},
        {"supersedes": "j1"},
        {"when": "2026-11-27T12:00:00"},  # of which zone?
        {"axes": {"warmth": 1.5}},
        {"reviewer": ""},
        {"judge": "ada"},
    ],
)
def test_what_is_no_judgement(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        judgement("j1", **{"value": "first", **wrong})  # type: ignore[arg-type]


def test_a_judgement_comes_back_as_it_was() -> None:
    said = judgement(
        "j1", axes={"warmth": 0.5}, flags=("personal data",), edit=[{"role": "assistant", "content": "Hi"}], why="née"
    )
    assert Judgement.from_json(said.to_json()) == said
