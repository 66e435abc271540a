"""New data from old, with what can be mended mended: rows left out, answers cut or masked. The old file stays."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..data import RowError, Source, comparison_from_row, json_rows, title_of
from ..records import Message
from .result import CheckResult

if TYPE_CHECKING:
    import polars


def mended(
    source: Source, table: "polars.DataFrame", found: tuple[CheckResult, ...], counts: Counter[str]
) -> Iterator[dict[str, Any]]:
    """The rows of `source` that stay, as conversational preference rows with their id and all other columns.

    `counts` is told what became of each row: kept, changed, the id of the finding that left it out, or "rejected" where
    the row never was a comparison, or is none after mending. They add up to the rows of the source, changed ones apart,
    which are also kept.
    """
    places = table["place"].to_list()
    out: dict[int, str] = {}
    for one in found:
        for row in one.drop.tolist():
            out.setdefault(places[row], one.finding.id)
    wanted = set(places)
    for number, (place, raw) in enumerate(json_rows(source)):
        if number in out:
            counts[out[number]] += 1
            continue
        mend = _row(raw, title_of(source), place, found, counts) if number in wanted else None
        if mend is None:
            counts["rejected"] += 1
            continue
        counts["kept"] += 1
        yield mend


def _row(
    raw: Any, source: str, place: str, found: tuple[CheckResult, ...], counts: Counter[str]
) -> dict[str, Any] | None:
    read = comparison_from_row(raw, source=source, place=place)
    sides = {"prompt": read.prompt, "chosen": read.chosen, "rejected": read.rejected}
    new = {name: _edited(messages, name, found) for name, messages in sides.items()}
    row = {**raw, "id": read.id, **new}
    try:
        comparison_from_row(row, source=source, place=place)
    except RowError:
        return None  # cut to nothing, or to the same on both sides
    counts["changed"] += new != {name: [m.model_dump() for m in messages] for name, messages in sides.items()}
    return row


def _edited(messages: tuple[Message, ...], name: str, found: tuple[CheckResult, ...]) -> list[dict[str, Any]]:
    new = [message.model_dump() for message in messages]
    for one in found:
        if one.edit is not None and (name != "prompt" or one.edits_prompt):
            for message in new:
                message["content"] = one.edit(message["content"])
    return new
