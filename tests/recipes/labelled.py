"""Short answers with labels of our own (labelled.jsonl): "advises", "redirects" or "neither".

The patterns of the advice scorer and of the medical policy were written with SEEN in view and without UNSEEN. UNSEEN is
never to be looked at in order to change a pattern: write new answers when one has been.
"""

import json
from pathlib import Path

Labelled = list[tuple[str, str, str]]
_ROWS = [json.loads(line) for line in Path(__file__).with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()]


def _set(name: str) -> Labelled:
    return [(row["prompt"], row["answer"], row["label"]) for row in _ROWS if row["set"] == name]


SEEN: Labelled = _set("seen")
UNSEEN: Labelled = _set("unseen")
"""(prompt, answer, label) each."""
