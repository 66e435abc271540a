"""New data from old, with what can be mended mended: rows left out, answers cut or masked. The old file stays."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ..data import SYSTEM_COLUMNS, TOOLS_COLUMNS, Framed, RowError, comparison_from_row
from ..records import Completion, Message
from .result import CheckResult


def mended(read: Framed, found: tuple[CheckResult, ...], counts: Counter[str]) -> Iterator[dict[str, Any]]:
    """The comparisons that stay, as conversational preference rows with their id and all other columns.

    `counts` is told what became of each: kept, changed, the id of the finding that left it out, or "rejected", which
    are also the rows that never were a comparison and made none. All but the changed ones, which are also kept, add up
    to the comparisons audited and those rejects.
    """
    out: dict[int, str] = {}
    for one in found:
        for row in one.drop.tolist():
            out.setdefault(row, one.finding.id)
    for number, (raw, name) in enumerate(zip(read.rows(), read.table["id"].to_list(), strict=True)):
        mend = None if number in out else _row(raw, name, found, counts)
        counts["kept" if mend is not None else out.get(number, "rejected")] += 1
        if mend is not None:
            yield mend
    if read.rejected:
        counts["rejected"] += len(read.rejected)


def _row(
    raw: Mapping[str, Any], name: str, found: tuple[CheckResult, ...], counts: Counter[str]
) -> dict[str, Any] | None:
    read = comparison_from_row(raw, source=name, place=name)
    sides = {"prompt": read.prompt, "chosen": read.chosen, "rejected": read.rejected}
    asked = _reread(read.prompt, found)
    if asked is None:
        return None
    again = {**sides, "prompt": asked}
    new = {side: _edited(messages, side, found) for side, messages in again.items()}
    kept = {column: value for column, value in raw.items() if column not in SYSTEM_COLUMNS}  # it is in the prompt
    if any(kept.get(column) for column in TOOLS_COLUMNS):
        for message in new["prompt"]:
            message.pop("tools", None)
    row = {**kept, "id": name, **new}
    try:
        comparison_from_row(row, source=name, place=name)
    except RowError:
        return None  # cut to nothing, or to the same on both sides
    counts["changed"] += new != {side: [m.model_dump() for m in messages] for side, messages in sides.items()}
    return row


def _reread(prompt: Completion, found: tuple[CheckResult, ...]) -> Completion | None:
    asked: Completion | None = prompt
    for one in found:
        if one.reread is not None and asked is not None:
            asked = one.reread(asked)
    return asked


def _edited(messages: tuple[Message, ...], name: str, found: tuple[CheckResult, ...]) -> list[dict[str, Any]]:
    new = [message.model_dump() for message in messages]
    for one in found:
        if one.edit is not None and (name != "prompt" or one.edits_prompt):
            for message in new:
                message["content"] = one.edit(message["content"])
    return new
