"""A message speaks of arguments in Python and of options on the command line, and no room writes an option itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

import trimtab
from trimtab.cli import app
from trimtab.errors import UserError, command, command_line, extra, option

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


def test_a_missing_package_is_named_with_the_extra_that_brings_it() -> None:
    with pytest.raises(UserError) as told, extra("media", "A folder is to be looked into."):
        raise ModuleNotFoundError("No module named 'toy.parts'", name="toy.parts")
    assert (told.value.given, told.value.why) == ("A folder is to be looked into.", "The package toy is not installed.")
    assert "pip install 'trimtab[media]'" in told.value.fix
    with pytest.raises(ModuleNotFoundError), extra("media", ""):
        raise ModuleNotFoundError("No module named 'trimtab.toy'", name="trimtab.toy")


def test_the_same_mistake_in_both_worlds(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("no run")
    with pytest.raises(UserError) as told:
        trimtab.run("concise-friendly", out=tmp_path / "other")
    assert "`out`" in told.value.fix
    typed = CliRunner().invoke(app, ["run", "concise-friendly", "--out", str(tmp_path / "other")])
    assert isinstance(typed.exception, UserError)
    assert "--out" in typed.exception.fix
    assert option("out") == "`out`"  # the command line's words end with it


def test_no_message_below_the_command_line_writes_an_option_itself() -> None:
    found, messages = [], 0
    for path in sorted(ROOT.rglob("*.py")):
        if path.is_relative_to(ROOT / "cli"):
            continue
        for text in _messages(ast.parse(path.read_text())):
            messages += 1
            found += [f"{path.name}: {hit}" for hit in re.findall(r"(?<!\w)--[a-z][\w-]*", text)]
    assert messages > 300  # the reader of messages does read them
    assert found == []


def _messages(tree: ast.AST) -> Iterator[str]:
    """The texts of every `UserError`, and of findings' and evidence's remedies and summaries; not those in `worded`."""
    called = getattr(tree.func, "id", "") if isinstance(tree, ast.Call) else ""
    kept = isinstance(tree, ast.keyword) and tree.arg in ("remedy", "summary")
    for child in ast.iter_child_nodes(tree) if called != "worded" else ():
        yield from _texts(child) if kept or called == "UserError" else _messages(child)


def _texts(tree: ast.AST) -> Iterator[str]:
    if isinstance(tree, ast.Call) and getattr(tree.func, "id", "") == "worded":
        return
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        yield tree.value
    for child in ast.iter_child_nodes(tree):
        yield from _texts(child)
