"""What `import trimtab` gives: every name of its list, functions that rooms of the same name do not hide, no torch."""

import subprocess
import sys
from pathlib import Path

import pytest

import trimtab


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_name_can_be_had() -> None:
    for name in trimtab.__all__:
        assert getattr(trimtab, name) is not None
    with pytest.raises(AttributeError, match="no_such"):
        trimtab.no_such  # noqa: B018


@pytest.mark.parametrize(
    "imports",
    [
        "import toy as tt",
        "import toy as tt, toy.audit.checks",
        "import toy.audit.checks\nimport toy as tt",
        "from toy.audit import audit\nimport toy as tt\nassert audit() == 'inner'",
        "import toy as tt\ntt.audit()\nfrom toy.audit import audit\nassert audit() == 'inner'",
        "import toy as tt\nfrom toy import audit\nassert audit is tt.audit",
        "import toy as tt\nimport toy.audit as room\nassert room is tt.audit and room.checks.LIST == [1]",
        "import importlib, toy as tt\nimportlib.reload(tt.audit)",
    ],
)
def test_a_room_does_not_hide_the_function_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, imports: str
) -> None:
    (tmp_path / "toy" / "audit").mkdir(parents=True)
    (tmp_path / "toy" / "__init__.py").write_text(
        "from trimtab.lazy import attach, make_rooms_callable\n"
        "__getattr__ = attach(__name__, {'': ('audit',), 'api': ('run',)})\n"
        "make_rooms_callable(__name__, ('audit',), 'toy.api')\n"
    )
    (tmp_path / "toy" / "api.py").write_text(
        "from .audit import audit as inner\n"
        "def audit(rows=None): return f'outer {inner()} {rows}'\n"
        "def run(): return 'run'\n"
    )
    (tmp_path / "toy" / "audit" / "__init__.py").write_text("from .checks import LIST\ndef audit(): return 'inner'\n")
    (tmp_path / "toy" / "audit" / "checks.py").write_text("LIST = [1]\n")
    monkeypatch.syspath_prepend(tmp_path)
    code = f"{imports}\nimport inspect\nfound = tt.audit(3), tt.audit.LIST, tt.run(), str(inspect.signature(tt.audit))"
    scope: dict[str, object] = {}
    try:
        exec(code, scope)
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "toy"]:
            del sys.modules[name]
    assert scope["found"] == ("outer inner 3", [1], "run", "(rows=None)")


def test_the_rooms_that_are_verbs_are_callable_and_no_torch_is_needed() -> None:
    code = """
import sys
import trimtab as tt, trimtab.audit.checks
from trimtab.audit import audit
assert audit.__module__ == "trimtab.audit.run" and tt.audit.CHECKS
rows = [{"prompt": f"Why {i}?", "chosen": f"Because of {i}.", "rejected": "No idea."} for i in range(9)]
print(tt.audit(rows).summary, tt.advise(rows).method)
assert all(callable(getattr(tt, name)) for name in ("advise", "audit", "diagnose", "evaluate", "gate", "report"))
assert "torch" not in sys.modules
"""
    assert python(code).startswith("audit of 9 comparisons")


def test_importing_it_imports_next_to_nothing() -> None:
    found = python("import sys\nbefore = {*sys.modules}\nimport trimtab\nprint(*{*sys.modules} - before)")
    roots = {name.partition(".")[0] for name in found.split()}
    assert roots.isdisjoint({"numpy", "polars", "pydantic", "torch", "transformers", "typer", "rich", "yaml"})
