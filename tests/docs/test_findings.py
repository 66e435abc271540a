"""docs/libraries.md and findings/ tell of the same surprises, with the versions that a script installs."""

import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "findings").iterdir())
PAGE = (ROOT / "docs" / "libraries.md").read_text()
ROWS = re.findall(r"^\| (.+?) \|.*\| \[([\w-]+)\]\(\.\./findings/([\w-]+)\.sh\) \|$", PAGE, re.MULTILINE)


def test_each_finding_has_a_row_and_each_row_a_finding() -> None:
    assert sorted(file for _, _, file in ROWS) == [path.stem for path in SCRIPTS]
    assert all(name == file for _, name, file in ROWS)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_finding_pins_what_its_row_names(script: Path) -> None:
    text = script.read_text()
    assert text.startswith("#!/usr/bin/env bash\n# Finding: ")
    assert os.access(script, os.X_OK)
    assert all(f"\n# {part}: " in text for part in ("Seen with", "Expected", "Seen"))
    row = next(named for named, _, file in ROWS if file == script.stem)
    assert {f"{library}=={version}" for library, version in map(str.split, row.split(", "))} <= set(text.split())
    assert "trimtab" not in text  # the surprise is the library's
