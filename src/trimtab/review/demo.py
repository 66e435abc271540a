"""Twenty pairs to try the room with: what the first recipe's model said before and after its training."""

from pathlib import Path

from ..records import Message
from .records import Gathered, NewItem, Side

_PAIRS = Path(__file__).parent / "demo.jsonl"


def demo_items() -> Gathered:
    """The pairs, each with its source."""
    import json

    rows = [json.loads(line) for line in _PAIRS.read_text(encoding="utf-8").splitlines()]
    items = tuple(
        NewItem(
            (Message(role="user", content=row["prompt"]),),
            (Side(row["before"], "before"), Side(row["after"], "after")),
        )
        for row in rows
    )
    return Gathered("concise-friendly", items, {})
