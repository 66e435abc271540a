"""Help, as the held-out answers give it: the share that helps, only echoes, says nothing, or makes its points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ...metrics import Metric
from ...records import Answer, Better, Prompt, PromptPoints, Score
from ...scorers import (
    ECHO_CONFUSION,
    HELP_CONFUSION,
    HELP_VERSION,
    PLAIN_HELP_CONFUSION,
    HelpScorer,
    Points,
    PointsScorer,
    StockScorer,
    judge_empty,
    not_judged,
    words,
)
from ..values import values_of


def _metric(name: str, title: str, better: Better, summary: str, *, rate: bool = True, detail: bool = False) -> Metric:
    return Metric(f"help.{name}", title, "share", better, "heldout", summary, rate=rate, detail=detail)


_HELPS = replace(
    _metric("helps", "Helps at all", "higher", "Share of answers that help at all, as the offline scorer hears it."),
    confusion=PLAIN_HELP_CONFUSION,
    by_points=HELP_CONFUSION,
)
_ECHO = replace(
    _metric("echo", "Only an echo", "lower", "Share of answers that only restate or praise the question."),
    confusion=ECHO_CONFUSION,
)


HELP_METRICS = (
    _HELPS,
    _ECHO,
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


@dataclass(frozen=True)
class Helped:
    """What each metric of help counts of each answer, and the scores that say why."""

    counted: Mapping[str, Sequence[Score]]
    scores: Mapping[str, Sequence[Score]]


def help_values(
    prompts: Sequence[Prompt], answers: Sequence[Answer], points: Points | None = None
) -> Mapping[str, list[float | None]]:
    """The values of the metrics over answers that run parallel to their prompts; an empty answer helps nobody."""
    return values_of(measured_help(prompts, answers, points).counted)


def measured_help(prompts: Sequence[Prompt], answers: Sequence[Answer], points: Points | None = None) -> Helped:
    """The same as scores, and why they are as they are."""
    rows = [(prompt.text, answer.text) for prompt, answer in zip(prompts, answers, strict=True)]
    helped = HelpScorer(points)(rows)
    counted: dict[str, list[Score]] = {
        "help.helps": [_counts(score, (score.value or 0.0) >= 0.5) for score in helped],
        "help.echo": [_counts(score, score.details.get("echo", 0.0) >= 0.5) for score in helped],
        "help.stock": [_counts(score, score.label == "stock") for score in StockScorer()(rows)],
        "help.empty": [
            _counts(score, score.label == "empty") if words(answer) else Score(scorer="empty", value=1.0)
            for score, (_, answer) in ((judge_empty(*row), row) for row in rows)
        ],
    }
    scores = {"help.helps": helped}
    if points is not None:
        known = [points.of(prompt) for prompt, _ in rows]
        made = PointsScorer(points)(rows)
        scores["help.points"] = made
        counted["help.points"] = made
        counted["help.false"] = [_false(own, score) for own, score in zip(known, made, strict=True)]
    return Helped(counted, scores)


def _false(own: PromptPoints | None, score: Score) -> Score:
    """Whether an answer says what its points call wrong, which is told in English alone."""
    if own is None or not own.wrong:
        return Score(scorer="points", value=None, reason="nothing is called wrong", applies=False)
    return not_judged("points", own.prompt) or _counts(score, score.label == "contradicts")


def _counts(score: Score, yes: bool) -> Score:
    """Whether an answer counts, as a score; the score itself where it could not judge."""
    return Score(scorer=score.scorer, value=float(yes)) if score.scored else score


def help_version(points: Points | None) -> str:
    """The versions of what measures help, with that of the points."""
    by = "" if points is None else f", {PointsScorer(points).version}"
    return f"help {HELP_VERSION}, stock {StockScorer().version}{by}"
