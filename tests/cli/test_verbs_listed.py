"""The list of verbs imports none of them, and each opens with what the list says."""

import ast
import json
import subprocess
import sys

import pytest

from trimtab.cli import VERBS

IMPORTED = (
    "import sys, trimtab.cli\nsys.argv = ['trimtab', '--help']\n"
    "try: trimtab.cli.main()\nexcept SystemExit: pass\n"
    "import json\n"
    "rooms = [name for name in sys.modules if name.startswith('trimtab.') and name.count('.') == 1]\n"
    "print(json.dumps(rooms))"
)


def test_help_imports_no_verb_and_no_room() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True)
    rooms = done.stdout.splitlines()[-1]
    assert set(json.loads(rooms)) <= {"trimtab.cli", "trimtab.errors", "trimtab.lazy", "trimtab.terminal"}
    assert all(f"  {name} " in done.stdout for name in VERBS)


LIGHT = "import sys; {}\nprint(sorted({{name.partition('.')[0] for name in sys.modules}} | set(sys.modules)))"
HEAVY = {
    "numpy",
    "pandas",
    "polars",
    "pyarrow",
    "pydantic",
    "rich",
    "scipy",
    "sklearn",
    "torch",
    "transformers",
    "yaml",
}


@pytest.mark.parametrize(
    ("code", "without"),
    [
        ("import trimtab", {*HEAVY, "typer", "importlib.metadata"}),
        ("sys.argv = ['trimtab', '--help']; import trimtab.cli; trimtab.cli.app(standalone_mode=False)", HEAVY),
    ],
    ids=["import trimtab", "trimtab --help"],
)
def test_what_starts_fast_brings_nothing_heavy(code: str, without: set[str]) -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT.format(code)], capture_output=True, text=True, check=True)
    brought = set(ast.literal_eval(done.stdout.splitlines()[-1]))
    assert "trimtab" in brought
    assert brought & without == set()


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_says_what_the_list_says(name: str) -> None:
    helped = " ".join((VERBS[name].command(name).help or "").split())
    assert helped.split()[:4] == VERBS[name].line.rstrip(".").split()[:4]
