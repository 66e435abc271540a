"""What a folder of media says of its files: `metadata.jsonl` or `metadata.csv` beside them, a row a file."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

from ..errors import UserError

NAMES = ("metadata.jsonl", "metadata.csv")
"""The names that the libraries of the field read (datasets' ImageFolder, AudioFolder and VideoFolder)."""
FILE = "file_name"


@dataclass(frozen=True)
class Listing:
    """The rows of such a file, by the path of the file each is about, relative to the folder."""

    path: Path
    rows: dict[str, dict[str, object]]


def read_listing(folder: Path) -> Listing | None:
    """The folder's listing, None where it has none. Raises UserError where two are there or a row names no file."""
    found = [folder / name for name in NAMES if (folder / name).is_file()]
    if not found:
        return None
    if len(found) > 1:
        raise UserError(f"{folder} holds {' and '.join(NAMES)}.", "Both say what its files are.", "Keep one of them.")
    path = found[0]
    rows: dict[str, dict[str, object]] = {}
    try:
        text = path.read_text(encoding="utf-8-sig")
        read = _json_lines(text) if path.suffix == ".jsonl" else list(csv.DictReader(text.splitlines()))
    except (ValueError, csv.Error) as error:
        raise UserError(f"{path} lists the folder's files.", f"It cannot be read: {error}.", "Mend it.") from None
    for place, row in enumerate(read, start=1):
        name = row.get(FILE) if isinstance(row, dict) else None
        if not isinstance(name, str) or not name:
            raise UserError(f"Row {place} of {path}.", f"It has no `{FILE}`.", "Name the file that each row is about.")
        rows[Path(name).as_posix()] = dict(row)
    return Listing(path, rows)


def _json_lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.split("\n") if line.strip()]
