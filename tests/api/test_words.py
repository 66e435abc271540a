"""A message speaks of arguments in Python and of options on the command line, and no room writes an option itself."""

import ast
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import trimtab
from trimtab.cli import app
from trimtab.errors import UserError, command, command_line, option

ROOT = Path(trimtab.__file__).parent


def test_settings_and_verbs_are_named_as_the_caller_writes_them() -> None:
    assert (option("judge_url"), option("out", Path("a/b"))) == ("`judge_url`", "out='a/b'")
    assert command("eval") == "`trimtab.evaluate`"
    with command_line():
        assert (option("judge_url"), option("out", Path("a/b")), option("zero", 3)) == (
            "--judge-url", "--out a/b", "--zero 3",
        )  # fmt: skip
        assert command("eval") == "`trimtab eval`"
    assert option("out") == "`out`"


def test_the_same_mistake_in_both_worlds(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("no run")
    with pytest.raises(UserError) as told:
        trimtab.run("concise-friendly", out=tmp_path / "other")
    assert "`out`" in told.value.fix
    typed = CliRunner().invoke(app, ["run", "concise-friendly", "--out", str(tmp_path / "other")])
    assert isinstance(typed.exception, UserError)
    assert "--out" in typed.exception.fix
    assert option("out") == "`out`"  # the command line's words end with it


def test_no_room_below_the_command_line_writes_an_option_in_a_message() -> None:
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        if path.is_relative_to(ROOT / "cli") or path.parts[-2:] == ("launch", "start.py"):
            continue
        tree = ast.parse(path.read_text())
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                found += [f"{path.name}:{node.lineno} {hit}" for hit in re.findall(r"(?<!\w)--[a-z][\w-]*", node.value)]
    assert [each for each in found if each.split()[1] not in ALLOWED] == []


ALLOWED: set[str] = set()
