"""Names of a run's stages and files stand in store/layout.py and in no other room."""

import ast
from pathlib import Path

import pytest

from trimtab.store import FileName, StageName, benchmark_name, evaluation_name, round_name

ROOT = Path(__file__).parents[2] / "src" / "trimtab"
NAMES = {str(name) for name in FileName} | {str(name) for name in StageName if "." in name}
"""Names that can be nothing else; `gate` and `train` are verbs of the command line, too."""


def test_no_room_writes_a_name_out() -> None:
    written = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.value}"
        for path in sorted(ROOT.rglob("*.py"))
        if path != ROOT / "store" / "layout.py" and path.parent != ROOT / "evaluate" / "benchmarks"  # others' data
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in NAMES
    ]
    assert written == []


def test_the_first_round_has_no_number() -> None:
    assert round_name(StageName.TRAIN, 1) == "train"
    assert round_name(StageName.JUDGE, 2) == "feedback.judge.2"
    assert type(round_name(StageName.TRAIN, 1)) is str


def test_what_is_measured_and_when() -> None:
    assert (evaluation_name("before"), evaluation_name("after")) == (StageName.BEFORE, StageName.AFTER)
    assert benchmark_name("answer", "heldout") == "answer.heldout"
    with pytest.raises(ValueError, match="between"):
        evaluation_name("between")
