"""Turns in which an assistant calls tools and they answer, in roles of their own as ShareGPT and ms-swift have them."""

import json
from collections.abc import Iterable
from typing import Any

from ..parts import RowError
from .form import Made, Row, listed, mappings

CALLS = frozenset({"function_call", "tool_call"})
"""Whose turns hold a call, or a list of calls, as JSON text with a name and its arguments."""
RESULTS = frozenset({"observation", "tool", "tool_response"})
"""Whose turns hold what a tool answered."""


def with_calls(turns: Iterable[Made]) -> list[Made]:
    """The turns with roles of messages: calls join the assistant's turn that they follow. Raises RowError."""
    found: list[Made] = []
    for turn in turns:
        role = turn["role"]
        if role in RESULTS:
            found.append({**turn, "role": "tool"})
        elif role not in CALLS:
            found.append(turn)
        elif found and found[-1]["role"] == "assistant":
            found[-1] = {**found[-1], "tool_calls": [*found[-1].get("tool_calls", ()), *_calls(turn["content"])]}
        else:
            rest = {name: value for name, value in turn.items() if name not in ("role", "content")}
            found.append({"role": "assistant", "content": None, "tool_calls": _calls(turn["content"]), **rest})
    return found


def tools_of(row: Row) -> Made:
    """The column `tools` as OpenAI describes what can be called; nothing where there is none. Raises RowError."""
    given = row.get("tools")
    if not given:
        return {}
    found = listed(given)
    if found == []:
        return {}
    if not mappings(found):
        raise RowError("`tools` is no list of tools")
    return {"tools": [one if "function" in one else {"type": "function", "function": one} for one in found]}


def _calls(said: Any) -> list[Made]:
    try:
        read = json.loads(said) if isinstance(said, str) else said
    except (ValueError, RecursionError):
        read = None
    calls = read if isinstance(read, list) else [read]
    if not mappings(calls, "name"):
        raise RowError(f"a call of a tool is {str(said)[:40]!r}, and must be JSON of a name and its arguments")
    return [
        {"type": "function", "function": {"name": one["name"], "arguments": one.get("arguments", {})}} for one in calls
    ]
