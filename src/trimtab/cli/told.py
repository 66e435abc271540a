"""Options by which a caller says what rows or answers do not tell: whose form, which scale and columns, which marks."""

from collections.abc import Sequence

import typer

from ..errors import UserError

FORM = typer.Option(None, metavar="NAME", help="Whose rows these are, where their look does not tell.")
SCALE = typer.Option(None, metavar="LOW,HIGH", help="The scale of ratings, where the rows do not tell it.")
COLUMN = typer.Option(
    [], metavar="ROLE=NAME", help="Which column is the prompt, answer, left, right or rating. Repeatable."
)
IGNORE = typer.Option([], metavar="COLUMN", help="A column that says nothing of an answer. Repeatable.")
THOUGHT = typer.Option(
    [],
    "--thought",
    metavar="OPEN...CLOSE",
    help="Marks that a thought stands between, beside those that are known: '<plan>...</plan>'. Repeatable.",
)


def scale_of(text: str | None) -> tuple[float, float] | None:
    """A scale as `--scale` has it. Raises UserError."""
    if text is None:
        return None
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        raise UserError(f"--scale is {text!r}.", "That is not two figures.", "Write it as in --scale 1,5.") from None
    return low, high


def columns_of(given: Sequence[str]) -> dict[str, str]:
    """Columns by their role, as `--column` has them. Raises UserError."""
    found = {}
    for one in given:
        role, sign, name = one.partition("=")
        if not sign or not name:
            raise UserError(f"--column is {one!r}.", "That names no column.", "Write it as in --column left=text1.")
        found[role.strip()] = name.strip()
    return found
