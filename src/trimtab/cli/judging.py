"""What the options of a judge say, and what its use came to."""

from collections.abc import Mapping
from typing import Any

from ..errors import UserError


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
    """Calls, tokens, what could not be judged, and the cost where prices are known; nothing without a judge."""
    if used:
        print(f"judge: {', '.join(f'{name} {value}' for name, value in used.items() if value is not None)}")
