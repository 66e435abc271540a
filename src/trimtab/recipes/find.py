"""Recipes by name."""

from pathlib import Path

RECIPES: dict[str, str] = {
    "concise-friendly": "A verbose, formal model becomes concise and friendly: feedback from itself, DPO, gates.",
}
"""Each recipe's name and what it does, in one line."""


def recipe_folder(name: str) -> Path:
    """The folder that holds a recipe. Raises KeyError where there is none."""
    if name not in RECIPES:
        raise KeyError(name)
    return Path(__file__).parent / name.replace("-", "_")


def recipe_spec(name: str) -> Path:
    """A recipe's spec. Raises KeyError where there is none."""
    return recipe_folder(name) / "spec.yaml"
