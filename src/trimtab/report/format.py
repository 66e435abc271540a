"""Figures as text, the same in every view: true minus signs, fixed decimals, a dash for what is not there."""

import math
from collections.abc import Sequence

DASH = "–"
"""Stands for a figure that is not there."""
NOT_JUDGED = "not judged"
"""Stands for a mean over items of which none could be judged."""
NOT_CONTROLLED = "could not be controlled for"
"""Stands for a mean that the items cannot tell; its bounds stand beside it."""

_DECIMALS = {"words": 1, "tokens": 1}
_DEFAULT_DECIMALS = 3
_LARGE = 10.0
"""Figures from here on carry one decimal where the unit is not known."""


def decimals(unit: str) -> int:
    """How many decimals a figure of this unit has in tables."""
    return _DECIMALS.get(unit, _DEFAULT_DECIMALS)


def decimals_like(figures: Sequence[float | None]) -> int:
    """Decimals for figures of one row whose unit is not known: one where any is large, else three."""
    known = [abs(x) for x in figures if x is not None and math.isfinite(x)]
    return 1 if known and max(known) >= _LARGE else _DEFAULT_DECIMALS


def there(x: float | None) -> bool:
    """Whether there is a finite figure."""
    return x is not None and math.isfinite(x)


def number(x: float | None, places: int = _DEFAULT_DECIMALS, *, missing: str = DASH) -> str:
    """A figure with fixed decimals, or `missing`."""
    if x is None or not math.isfinite(x):
        return missing
    text = f"{x:,.{places}f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return text.replace("-", "−")


def signed(x: float | None, places: int = _DEFAULT_DECIMALS) -> str:
    """A difference: as `number`, with a plus sign where it is above zero."""
    text = number(x, places)
    return f"+{text}" if x is not None and x > 0 and text.strip("0.,–") else text


def span(low: float | None, high: float | None, places: int = _DEFAULT_DECIMALS) -> str:
    """An interval, or a dash where a bound is missing."""
    return f"{number(low, places)} to {number(high, places)}" if there(low) and there(high) else DASH


def plain(x: float) -> str:
    """A figure as the spec's author wrote it: no padding, no rounding to a table's decimals."""
    return f"{x:g}".replace("-", "−") if math.isfinite(x) else DASH


def share(x: float | None) -> str:
    """A share as a whole percentage."""
    return f"{x:.0%}" if x is not None and math.isfinite(x) else DASH


def counted(n: int, one: str, many: str | None = None) -> str:
    """`1 gate`, `2 gates`, `1,024 items`."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """Wall time: `0.4 s`, `3 min 12 s`, `2 h 05 min`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"
