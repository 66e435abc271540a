"""A run and a folder of scores of format 1, as files."""

import json
from pathlib import Path

MADE: dict[str, str] = json.loads(Path(__file__).with_name("format_1.json").read_text(encoding="utf-8"))
"""The text of each file, by its place: `run/…` is a tiny model's run of DPO, `scores/…` what `trimtab eval` left."""


def lay_out(folder: Path) -> Path:
    """Writes both into a folder, with an adapter folder that holds no weights."""
    for name, text in MADE.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    adapter = of_stage(folder / "run", "train", "manifest.json").with_name("adapter")
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text("{}")
    return folder


def of_stage(run: Path, name: str, file: str) -> Path:
    """A file of a stage."""
    (found,) = (run / "stages" / name).glob(f"*/{file}")
    return found
