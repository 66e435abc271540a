"""Keys of specs and policies that had other names before, so that older files and runs stay readable."""

from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str, ...]
"""Keys that lead to a value; "*" stands for any key or place of a list."""

SPEC_KEYS: Mapping[Path, str] = {
    ("rows",): "decode_batch_size",
    ("feedback", "sample", "most"): "max_comparisons",
    ("training", "rl", "unended_penalty"): "truncation_penalty",
}
"""A spec's old keys, each with its name of today."""
POLICY_KEYS: Mapping[Path, str] = {
    ("words",): "terms",
    ("rules", "*", "beside"): "except_rules",
    ("rules", "*", "checks", "*", "found"): "contains",
    ("rules", "*", "checks", "*", "missing"): "lacks",
}
"""A policy's old keys, each with its name of today."""


def rename_keys(raw: Any, keys: Mapping[Path, str]) -> list[tuple[tuple[int | str, ...], str]]:
    """Gives old keys of plain data their names of today, in place; returns the old places, each with the new name.

    An old key beside the new one stays as it is, for the reader to refuse.
    """
    done = []
    for path, new in keys.items():
        for place, holder in list(_holders(raw, path[:-1])):
            if isinstance(holder, dict) and path[-1] in holder and new not in holder:
                items = [(new if key == path[-1] else key, value) for key, value in holder.items()]
                holder.clear()
                holder.update(items)
                done.append(((*place, path[-1]), new))
    return done


def _holders(raw: Any, path: Path, at: tuple[int | str, ...] = ()) -> Iterator[tuple[tuple[int | str, ...], Any]]:
    if not path:
        yield at, raw
        return
    inside = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    for key, value in inside:
        if path[0] in ("*", key):
            yield from _holders(value, path[1:], (*at, key))
