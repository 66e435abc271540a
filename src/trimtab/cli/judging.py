"""A judge from the options of the command line."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UserError

if TYPE_CHECKING:
    from ..judges import Judge


def make_judge(url: str | None, model: str | None, rubric: Path | None, prices: str | None) -> "Judge":
    """The judge that the options name. Raises UserError where one is missing or cannot be read."""
    from ..data import read_text
    from ..judges import DEFAULT_RUBRIC, Judge
    from ..models import Endpoint

    if url is None or model is None:
        raise UserError(
            "A judge is asked for.", "It needs a server and a model.", "Give --judge-url and --judge-model."
        )
    text = read_text(rubric, "the rubric as text") if rubric else DEFAULT_RUBRIC
    return Judge(Endpoint(url, model), text, prices=_prices(prices))


def _prices(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        before, after = (float(part) for part in text.split(","))
    except ValueError:
        raise UserError(
            f"--prices is {text!r}.", "It is not two numbers.", "Give the price of a million tokens in and out: 2.5,10"
        ) from None
    return before, after


def print_usage(judge: "Judge") -> None:
    """Calls, tokens, what could not be judged, and the cost where prices are known."""
    used = judge.usage()
    print(f"judge: {', '.join(f'{name} {value}' for name, value in used.items() if value is not None)}")
