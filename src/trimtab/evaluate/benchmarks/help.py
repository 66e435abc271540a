"""Help, as the held-out answers give it: the share that helps, only echoes, says nothing, or makes its points."""

from collections.abc import Mapping, Sequence

from ...metrics import Metric
from ...records import Answer, Better, Prompt
from ...scorers import HELP_VERSION, HelpScorer, Points, PointsScorer, StockScorer, judge_empty
from ..values import reasons_of


def _metric(name: str, title: str, better: Better, summary: str, *, rate: bool = True, detail: bool = False) -> Metric:
    return Metric(f"help.{name}", title, "share", better, "heldout", summary, rate=rate, detail=detail)


HELP_METRICS = (
    _metric("helps", "Helps at all", "higher", "Share of answers that help at all, as the offline scorer hears it."),
    _metric("echo", "Only an echo", "lower", "Share of answers that only restate or praise the question."),
    _metric(
        "stock", "Stock answers", "lower", "Share of answers of which half or more is said to others too.", detail=True
    ),
    _metric("empty", "Says nothing", "lower", "Share of answers that are pleasantries and no more.", detail=True),
)
"""What is measured of every run."""
POINT_METRICS = (
    _metric(
        "points", "Points made", "higher", "Share of the points that answers must make that they make.", rate=False
    ),
    _metric(
        "false",
        "Says something false",
        "lower",
        "Share of answers that say what their points call wrong, of those whose points call anything so; what is false "
        "in another way is not checked.",
    ),
)
"""What is measured where points are given."""


def help_values(
    prompts: Sequence[Prompt], answers: Sequence[Answer], points: Points | None = None
) -> Mapping[str, list[float | None]]:
    """The values of the metrics over answers that run parallel to their prompts; an empty answer helps nobody."""
    return measured_help(prompts, answers, points)[0]


def measured_help(
    prompts: Sequence[Prompt], answers: Sequence[Answer], points: Points | None = None
) -> tuple[dict[str, list[float | None]], dict[str, list[str]]]:
    """The same values, and why they are as they are."""
    rows = [(prompt.text, answer.text) for prompt, answer in zip(prompts, answers, strict=True)]
    helped = HelpScorer(points)(rows)
    stock = StockScorer()(rows)
    found: dict[str, list[float | None]] = {
        "help.helps": [float((score.value or 0.0) >= 0.5) for score in helped],
        "help.echo": [float(score.details["echo"] >= 0.5) for score in helped],
        "help.stock": [float(score.label == "stock") for score in stock],
        "help.empty": [float(judge_empty(*row).label in ("empty", None)) for row in rows],
    }
    scores = {"help.helps": helped}
    if points is not None:
        known = [points.of(prompt) for prompt, _ in rows]
        made = PointsScorer(points)(rows)
        scores["help.points"] = made
        found["help.points"] = [score.value for score in made]
        found["help.false"] = [
            float(score.label == "contradicts") if own is not None and own.wrong else None
            for own, score in zip(known, made, strict=True)
        ]
    return found, reasons_of(scores)


def help_version(points: Points | None) -> str:
    """The versions of what measures help, with that of the points."""
    by = "" if points is None else f", {PointsScorer(points).version}"
    return f"help {HELP_VERSION}, stock {StockScorer().version}{by}"
