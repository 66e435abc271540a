"""`trimtab run --check` tells what gates need, and the baseline to paste where there is none."""

from pathlib import Path

import yaml

from cli_runner import trimtab
from tiny import tiny_spec

GATES = [{"metric": "style.ended", "no_worse_by": 0.05}, {"metric": "facts.accuracy", "no_worse_by": 0.05}]


def checked(path: Path, *more: str) -> str:
    done = trimtab("run", str(path), "--check", *more, cwd=path.parent)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_prints_a_baseline_that_can_be_pasted(tmp_path: Path) -> None:
    path = tiny_spec(tmp_path, goal="The assistant answers in one short line.")
    told = checked(path)
    block = told[told.index("baseline:") :]
    assert "The assistant answers in one short line" in yaml.safe_load(block)["baseline"]["system"]
    path.write_text(path.read_text() + block)
    assert "baseline:" not in checked(path)


def test_it_prints_the_items_that_each_paired_gate_needs(tmp_path: Path) -> None:
    told = checked(tiny_spec(tmp_path, gates=GATES))
    assert "style.ended, no worse than before by 0.05: needs 619 items for 80 % power, and there are 6: too few" in told
    assert "facts.accuracy, no worse than before by 0.05: needs 619 items for 80 % power, and there are 10" in told


def test_a_gate_against_a_baseline_that_is_not_there_is_one_message(tmp_path: Path) -> None:
    path = tiny_spec(tmp_path, gates=[{"metric": "style.words", "better_than": "baseline"}])
    done = trimtab("run", str(path), "--check", cwd=tmp_path)
    assert done.returncode == 2
    assert "The spec has no baseline." in done.stderr
    assert "Traceback" not in done.stderr
    scores = trimtab("gate", "a", "--base", "b", "--gates", str(path), cwd=tmp_path)
    assert scores.returncode == 2
