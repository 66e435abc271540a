"""`trimtab recipe`: list, show and copy recipes."""

import re
import shutil
from pathlib import Path

import typer

from ..errors import UserError

HELP = "List, show and copy recipes."
app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@app.command("list")
def show_all() -> None:
    """List the recipes."""
    from ..recipes import RECIPES

    for name, says in RECIPES.items():
        print(f"{name}: {says}")


@app.command("show")
def show(name: str = typer.Argument(..., metavar="NAME", help="A recipe's name.")) -> None:
    """Print a recipe's spec."""
    print((_folder(name) / "spec.yaml").read_text(encoding="utf-8"), end="")


@app.command("copy")
def copy(
    name: str = typer.Argument(..., metavar="NAME", help="A recipe's name."),
    folder: Path = typer.Argument(..., metavar="FOLDER", help="A folder that does not exist yet."),
) -> None:
    """Copy a recipe's files into a folder, to start a spec of your own from."""
    if folder.exists():
        raise UserError(f"The folder is {folder}.", "It is there already.", "Give a folder that does not exist yet.")
    shutil.copytree(_folder(name), folder, ignore=shutil.ignore_patterns("__pycache__"))
    spec = folder / "spec.yaml"
    text = spec.read_text(encoding="utf-8")
    for shared in set(re.findall(r"\.\./\w+/[\w.-]+", text)):  # a file of another recipe's
        shutil.copy(_folder(name) / shared, folder)
        text = text.replace(shared, Path(shared).name)
    spec.write_text(text, encoding="utf-8")
    print(spec)


def _folder(name: str) -> Path:
    from ..recipes import RECIPES, recipe_folder

    if name not in RECIPES:
        raise UserError(
            f"The recipe {name!r} was asked for.",
            "There is none of that name.",
            f"The recipes are {', '.join(RECIPES)}.",
        )
    return recipe_folder(name)
