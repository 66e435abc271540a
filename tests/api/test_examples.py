"""The examples run as they stand, and so does every cell of the notebook; each shows what it promises."""

import ast
import json
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import trimtab
from tiny import save_tiny
from trimtab.scorers import SCORERS

EXAMPLES = Path(trimtab.__file__).parents[2] / "examples"
SAYS = {
    "audit_feedback": ["template", "duplicate", "'kept': 56", "dpo"],
    "gate_answers": ["score.hedges", "the scored answers: pass"],
    "train_with_trl": ["prompts shared: True", "GRPO: mean reward"],
}


@pytest.fixture(autouse=True)
def _scorers_as_before() -> Iterator[None]:
    before = dict(SCORERS)
    yield
    SCORERS.clear()
    SCORERS.update(before)


def test_every_script_is_tried() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(SAYS)
    assert len(list(EXAMPLES.glob("*.ipynb"))) == 1


@pytest.mark.parametrize("name", SAYS)
def test_a_script_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = [str(save_tiny(tmp_path / "model"))] if name == "train_with_trl" else []
    monkeypatch.setattr(sys, "argv", [name, *arguments])
    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    shown = capsys.readouterr().out
    for text in SAYS[name]:
        assert text in shown


def test_the_notebook_runs_and_shows_its_results() -> None:
    notebook = json.loads((EXAMPLES / "first_look.ipynb").read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)  # stripped
    scope: dict[str, Any] = {}
    shown = "".join(_shown("".join(cell["source"]), scope) for cell in cells)
    for text in ("audit of 10 comparisons", "collect", "score.words", "pass", "length-bias"):
        assert text in shown


def _shown(code: str, scope: dict[str, Any]) -> str:
    """Runs a cell as a notebook does, and gives the HTML of its last expression."""
    tree = ast.parse(code)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), scope)
    if last is None:
        return ""
    assert isinstance(last, ast.Expr)
    value = eval(compile(ast.Expression(last.value), "cell", "eval"), scope)
    return str(value._repr_html_())
