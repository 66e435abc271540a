"""What the options of a judge say, and what its use came to."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import UserError

if TYPE_CHECKING:
    from ..records import Evaluation, JudgedRate

_NAMED = {"uncounted": "calls without a count"}


def parsed_prices(text: str | None) -> tuple[float, float] | None:
    """The price of a million tokens in and out. Raises UserError where the text is not two numbers."""
    if text is None:
        return None
    try:
        before, after = (float(part) for part in text.split(","))
    except ValueError:
        raise UserError(
            f"--prices is {text!r}.", "It is not two numbers.", "Give the price of a million tokens in and out: 2.5,10"
        ) from None
    return before, after


def print_usage(used: Mapping[str, Any]) -> None:
    """Calls, tokens, calls without a count, what could not be judged, and the cost where prices are known; nothing
    without a judge."""
    told = {
        _NAMED.get(name, name): int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in used.items()
    }
    if used:
        print(f"judge: {', '.join(f'{name} {value}' for name, value in told.items() if value is not None)}")


def print_judged(found: "Evaluation", side: str = "", metric: str | None = None) -> None:
    """Each rate that a judge gave, raw and corrected, of an evaluation or one `side` of two."""
    for each in found.judged:
        if metric in (None, each.metric):
            print(f"{side}{each.says}")


def judged_json(each: "JudgedRate") -> dict[str, Any]:
    """A rate that a judge gave; `calibrated` is whether its corrected figure is known."""
    told = each.model_dump(mode="json", exclude={"metric", "title"})
    return {"calibrated": each.corrected is not None, **told, "says": each.says}
