"""The Goodhart monitor of preference training: what is watched, what it says, and that a killed run ends the same."""

import signal
from pathlib import Path
from typing import Any

import pytest

from killing import RunKilled, results
from tiny import save_tiny, tiny_spec
from trimtab.errors import UserError
from trimtab.loop import Quiet, run_loop
from trimtab.loop.publish import read_report
from trimtab.loop.watching import FEWEST, set_aside
from trimtab.records import Demonstration, Message, Overoptimization, Prompt, Provenance
from trimtab.spec import load_spec
from trimtab.store import Run

MONITOR = {"every": 2, "prompts": 8, "max_new_tokens": 8, "gold": {"scorer": "on_topic"}}


def spec(folder: Path, **training: Any) -> Path:
    save_tiny(folder / "model")
    given = {"learning_rate": 1e-3, "batch_size": 2, "checkpoint_every": 2, "epochs": 2, "probe_prompts": 0}
    path = tiny_spec(folder, training={**given, "monitor": MONITOR, **training})
    rows = [f'{{"id": "w{i}", "kind": "a", "prompt": "how do {word} and tea"}}\n' for i, word in enumerate(WORDS)]
    with (folder / "train.jsonl").open("a") as file:
        file.writelines(rows)
    return path


WORDS = "you your are is great fun the a one two red green".split()


def prompt(number: int) -> Prompt:
    return Prompt(id=f"p{number}", messages=(Message(role="user", content=f"prompt {number}"),))


def row(number: int) -> Demonstration:
    told = Provenance(source="s", judge="j", why="w")
    said = (Message(role="assistant", content="said"),)
    return Demonstration(id=f"r{number}", prompt=prompt(number).messages, completion=said, provenance=told)


def test_prompts_that_no_row_is_about_are_watched_first() -> None:
    prompts, rows = [prompt(i) for i in range(60)], [row(i) for i in range(30)]
    watched, kept, out = set_aside(prompts, rows, 24)
    assert len(watched) == 24
    assert not {each.messages for each in watched} & {each.prompt for each in rows}
    assert (kept, out) == (rows, [])


def test_a_monitor_that_leaves_no_row_to_train_on_is_one_message() -> None:
    prompts, rows = [prompt(i) for i in range(6)], [row(i) for i in range(6)]
    with pytest.raises(UserError, match="watches 6 of 6 training prompts") as raised:
        set_aside(prompts, rows, 24)
    assert "None of 6 rows is left" in raised.value.why
    assert set_aside(prompts, [], 24)[1] == []


def test_where_too_few_are_left_some_rows_are_set_aside_and_told() -> None:
    prompts, rows = [prompt(i) for i in range(30)], [row(i) for i in range(30)]
    watched, kept, out = set_aside(prompts, rows, 24)
    assert len(watched) == len(out) == FEWEST
    assert len(kept) == 30 - FEWEST
    assert not {each.messages for each in watched} & {each.prompt for each in kept}
    assert {each.row for each in out} | {each.id for each in kept} == {each.id for each in rows}
    assert all("watched" in each.reason for each in out)
    many = [row(i) for i in range(400)]
    assert len(set_aside([prompt(i) for i in range(400)], many, 24)[0]) == 24


@pytest.mark.parametrize("method", ["dpo", "kto", "sft"])
def test_checkpoints_are_judged_by_the_rubric_and_by_gold(tmp_path: Path, method: str) -> None:
    run_loop(load_spec(spec(tmp_path / "s", method=method)), tmp_path / "out", Quiet())
    data = read_report(Run.read(tmp_path / "out"))
    found = data.overoptimization
    assert isinstance(found, Overoptimization)
    assert [point.step for point in found.points] == [*range(0, data.training.steps, 2), data.training.steps]
    assert found.points[0].kl == pytest.approx(0, abs=1e-6)
    assert all(set(point.rewards) == {"rubric"} for point in found.points)
    assert len(found.points[0].gold_values) == MONITOR["prompts"]
    assert found.kept_step == data.training.steps  # no alarm
    assert "The last checkpoint is kept" in found.summary
    assert "Reward against gold" in (tmp_path / "out" / "report.md").read_text()


def test_a_monitored_training_that_was_killed_ends_in_the_same_bytes(tmp_path: Path, run: RunKilled) -> None:
    path = spec(tmp_path / "s", checkpoint_every=3)
    assert run(path, tmp_path / "whole", "never") == 0
    for moment in ("step:1", "step:5", "save:6"):
        assert run(path, tmp_path / "killed", moment) == -signal.SIGKILL
    assert run(path, tmp_path / "killed", "never") == 0
    assert results(tmp_path / "whole") == results(tmp_path / "killed")


def test_a_rubric_must_be_there_or_what_is_rewarded_be_named(tmp_path: Path) -> None:
    files = {"files": [{"path": "heldout.jsonl"}]}
    given = {"monitor": {}}
    with pytest.raises(UserError, match=r"monitor\.proxy"):
        load_spec(tiny_spec(tmp_path / "a", feedback=files, training=given))
    named = {"monitor": {"proxy": {"scorer": "warmth"}}}
    assert load_spec(tiny_spec(tmp_path / "b", feedback=files, training=named)).spec.training.watched is not None
    rl = {**given, "method": "rlhf"}
    assert load_spec(tiny_spec(tmp_path / "c", training=rl)).spec.training.watched is None  # RL has its own
    assert "monitor" not in load_spec(tiny_spec(tmp_path / "d")).spec.training.deciding
