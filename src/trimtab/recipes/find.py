"""Recipes by name."""

from pathlib import Path

from ..errors import UserError

RECIPES: dict[str, str] = {
    "concise-friendly": "A verbose, formal model becomes concise and friendly: feedback from itself, DPO, gates.",
    "medical-policy": "No personal medical advice, and no refusal of general health questions: both sides of the line.",
    "constitution": "Answers criticised, written anew and compared by written rules, by the model itself; DPO, gates.",
    "three-regions": "The EU, the US and Asia-Pacific at once: a pack and an adapter each; does one show in another?",
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


def spec_path(what: str) -> Path:
    """The spec that a user names by a recipe's name or by its path, or one region of it (`SPEC:NAME`). Raises UserError
    where it is neither."""
    if what in RECIPES:
        return recipe_spec(what)
    path = Path(what)
    before, colon, region = what.rpartition(":")
    if colon and not path.exists() and (before in RECIPES or Path(before).is_file()):
        found = spec_path(before)
        return found.with_name(f"{found.name}:{region}")
    if not path.exists() and path.suffix not in {".yaml", ".yml"}:
        raise UserError(
            f"{what!r} was given.",
            "It is neither a recipe nor a file.",
            f"The recipes are {', '.join(RECIPES)}; a spec is a YAML file.",
        )
    return path
