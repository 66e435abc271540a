"""A copied recipe stands by itself: its spec loads, its files are read, and its gates are those of the original."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from trimtab.cli.recipe import app
from trimtab.loop.inputs import read_inputs
from trimtab.recipes import RECIPES, recipe_spec
from trimtab.spec import LoadedRegions, LoadedSpec, load_any


def runs_of(path: Path) -> list[LoadedSpec]:
    """The spec of each run that a recipe has: one, or one a region."""
    loaded = load_any(path)
    return list(loaded.regions.values()) if isinstance(loaded, LoadedRegions) else [loaded]


@pytest.mark.parametrize("name", RECIPES)
def test_a_copy_stands_by_itself(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "mine"
    done = CliRunner().invoke(app, ["copy", name, str(folder)])
    assert done.exit_code == 0, done.output
    for copied, original in zip(runs_of(folder / "spec.yaml"), runs_of(recipe_spec(name)), strict=True):
        assert read_inputs(copied).hashes == read_inputs(original).hashes
        assert copied.spec.gates == original.spec.gates
        assert copied.policy == original.policy
        prompts = copied.spec.prompts
        assert not [
            path for path in (prompts.train, prompts.heldout, prompts.facts, copied.spec.policy) if ".." in (path or "")
        ]
