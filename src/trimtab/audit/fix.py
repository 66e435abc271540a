"""New data from old, with what can be mended mended: rows left out, answers cut or masked. The old file stays."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..data import SYSTEM_COLUMNS, TOOLS_COLUMNS, Framed, RowError, Source, comparison_from_row, read_frame
from ..records import Completion, Message, asked_of
from .result import CheckResult
from .run import Audit

_ROUNDS = 5
"""Each leaves out or edits something; two are nearly always enough."""


def mend(
    read: Framed, done: Audit, again: Callable[[Framed], Audit], kept: Callable[[Iterable[dict[str, Any]]], Source]
) -> Counter[str]:
    """Mends what an audit found, and audits and mends the outcome until nothing is left that can be mended: rows that
    are masked may be copies of each other now.

    `kept` takes the rows of each round and gives them to be read `again`. What is given back is as `mended` counts.
    """
    counts, changed, edited = Counter[str](), Counter[str](), set[str]()
    for _ in range(_ROUNDS):
        found = tuple(replace(one, edit=None, reread=None) if one.finding.id in edited else one for one in done.found)
        edited |= {one.finding.id for one in found if one.edit is not None or one.reread is not None}
        counts["kept"] = 0
        outcome = kept(mended(read, found, counts, changed))
        if not any(len(one.drop) or one.edit or one.reread for one in found) or not counts["kept"]:
            break
        read = read_frame(outcome)
        done = again(read)
        if not any(one.finding.fixable for one in done.found):
            break
    return counts


def mended(
    read: Framed, found: tuple[CheckResult, ...], counts: Counter[str], before: Counter[str] | None = None
) -> Iterator[dict[str, Any]]:
    """The comparisons that stay, as conversational preference rows with their id and all other columns.

    `counts` is told what became of each: kept, the id of the finding that left it out, or "rejected", which are also
    the rows that never were a comparison and made none; together they add up to the comparisons audited and those
    rejects. Those that were changed, `before` or now, and stay are counted too.
    """
    changed = before if before is not None else Counter[str]()
    out: dict[int, str] = {}
    for one in found:
        for row in one.drop.tolist():
            out.setdefault(row, one.finding.id)
    for number, (raw, name) in enumerate(zip(read.rows(), read.table["id"].to_list(), strict=True)):
        stays = None if number in out else _row(raw, name, found)
        counts["kept" if stays is not None else out.get(number, "rejected")] += 1
        if stays is None:
            changed.pop(name, None)
        else:
            row, differs = stays
            if differs:
                changed[name] = 1
            yield row
    if read.rejected:
        counts["rejected"] += len(read.rejected)
    counts["changed"] = changed.total()


def _row(raw: Mapping[str, Any], name: str, found: tuple[CheckResult, ...]) -> tuple[dict[str, Any], bool] | None:
    """A row with its texts edited, and whether that changed anything; None where it is no comparison any more."""
    read = comparison_from_row(raw, source=name, place=name)
    sides = {"prompt": read.prompt, "chosen": read.chosen, "rejected": read.rejected}
    asked = _reread(read.prompt, found)
    if asked is None:
        return None
    again = {**sides, "prompt": asked}
    new = {side: _edited(messages, side, asked_of(asked), found) for side, messages in again.items()}
    kept = {column: value for column, value in raw.items() if column not in SYSTEM_COLUMNS}  # it is in the prompt
    if any(kept.get(column) for column in TOOLS_COLUMNS):
        for message in new["prompt"]:
            message.pop("tools", None)
    row = {**kept, "id": name, **new}
    try:
        comparison_from_row(row, source=name, place=name)
    except RowError:
        return None  # cut to nothing, or to the same on both sides
    return row, new != {side: [m.model_dump() for m in messages] for side, messages in sides.items()}


def _reread(prompt: Completion, found: tuple[CheckResult, ...]) -> Completion | None:
    asked: Completion | None = prompt
    for one in found:
        if one.reread is not None and asked is not None:
            asked = one.reread(asked)
    return asked


def _edited(
    messages: tuple[Message, ...], name: str, asked: str, found: tuple[CheckResult, ...]
) -> list[dict[str, Any]]:
    new = [message.model_dump() for message in messages]
    for one in found:
        if one.edit is not None and (name != "prompt" or one.edits_prompt):
            for message in new:
                message["content"] = one.edit(message["content"], asked)
    return new
