"""Items of benchmarks: what a prompt must not hold."""

from collections.abc import Iterator
from pathlib import Path

from ..data import SETS, table_rows, title_of
from ..errors import UserError

_COLUMNS = ("prompt", "question", "Question", "text", "input", "instruction")


def builtin_items() -> list[tuple[str, str]]:
    """(set, text) of the sets that come with trimtab."""
    return [item for path in sorted(SETS.glob("*.jsonl")) for item in read_items(path)]


def read_items(path: Path) -> list[tuple[str, str]]:
    """(file, text) of each row that has a prompt or a question. Raises UserError where no row has one."""
    name = title_of(path)
    found = [(name, text) for _, row in table_rows(path) if isinstance(row, dict) for text in _texts(row)]
    if not found:
        raise UserError(
            f"{name} was given as a benchmark.",
            "No row has a text under any of: " + ", ".join(_COLUMNS) + ".",
            "Rename the column of its items to `prompt`.",
        )
    return found


def _texts(row: dict[str, object]) -> Iterator[str]:
    for column in _COLUMNS:
        value = row.get(column)
        if isinstance(value, dict):  # RealToxicityPrompts keeps its text one level down
            value = value.get("text")
        if isinstance(value, list):  # messages
            value = next(
                (m.get("content") for m in reversed(value) if isinstance(m, dict) and m.get("role") == "user"), None
            )
        if isinstance(value, str) and value.strip():
            yield value
            return
