"""A copied recipe stands by itself: its spec loads, its files are read, and its gates are those of the original."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from trimtab.cli.recipe import app
from trimtab.loop.inputs import read_inputs
from trimtab.recipes import RECIPES, recipe_spec
from trimtab.spec import load_spec


@pytest.mark.parametrize("name", RECIPES)
def test_a_copy_stands_by_itself(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "mine"
    done = CliRunner().invoke(app, ["copy", name, str(folder)])
    assert done.exit_code == 0, done.output
    copied, original = load_spec(folder / "spec.yaml"), load_spec(recipe_spec(name))
    assert read_inputs(copied).hashes == read_inputs(original).hashes
    assert copied.spec.gates == original.spec.gates
    assert copied.policy == original.policy
    paths = [copied.spec.prompts.train, copied.spec.prompts.heldout, copied.spec.prompts.facts, copied.spec.policy]
    assert not [path for path in paths if path and ".." in path]
