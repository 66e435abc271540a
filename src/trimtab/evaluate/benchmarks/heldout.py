"""The held-out prompts of a run: how the answers are written, and shares of them by the kind of prompt."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ...data import read_prompts
from ...metrics import SCORE, SHARES, Metric, score_metric, share_metric
from ...records import Answer, Prompt, ScorerRef
from ...scorers import STYLE_SCORERS, Opened, Points
from ..values import kinds_of, reasons_of, scorer_scores, share_scores, shares_of, style_scores, unjudged_of, values_of
from .base import Benchmark, Measured, scorer_versions
from .help import HELP_METRICS, POINT_METRICS, help_version, measured_help

ENDED = Metric(
    "style.ended",
    "Ended by itself",
    "share",
    "higher",
    "heldout",
    "Share of answers that close their turn before the cap on new tokens.",
    rate=True,
)
COST = Metric(
    "cost.tokens",
    "Tokens a request",
    "tokens",
    "lower",
    "heldout",
    "What a request costs: tokens of the prompt, a system message and the template among them, and of the answer.",
)
STYLE_METRICS = (
    *(Metric(f"style.{s.name}", s.title, s.unit, s.better, "heldout", s.summary) for s in STYLE_SCORERS),
    ENDED,
)


def heldout_benchmark(
    shares: Sequence[str],
    scorers: Sequence[ScorerRef] = (),
    opened: Opened | None = None,
    *,
    points: Points | None = None,
) -> Benchmark:
    """The benchmark with these of `SHARES` measured too, and any scorers; `opened` holds those that need a model.

    With `points`, help is measured by them too.
    """
    made = opened or {}

    def measured(items: Sequence[Prompt], answers: Sequence[Sequence[Answer]]) -> list[Measured]:
        said = [some[0] for some in answers]
        kinds = tuple(item.kind for item in items)
        scored = scorer_scores(scorers, items, said, made)
        style, helped = style_scores(items, said), measured_help(items, said, points)
        values = {**values_of(style), **values_of(helped.counted), **_cost(said), **values_of(scored)}
        unjudged = unjudged_of({**style, **helped.counted, **scored})
        ids = tuple(item.id for item in items)
        why = reasons_of({**helped.scores, **scored})
        found = [Measured("heldout", ids, kinds, values, why, unjudged)]
        counted = share_scores(items, said, shares, points)
        for over, ids in kinds_of(items).items() if shares else ():
            kind = over.partition(".")[2]
            own = {name: some for name, some in counted.items() if name.partition(".")[2] == kind}
            found.append(Measured(over, ids, (kind,) * len(ids), shares_of(own), reasons_of(own), unjudged_of(own)))
        return found

    def family(name: str) -> Metric | None:
        return share_metric(name) if name.partition(".")[0] in shares else None

    plain = (ref.name for ref in scorers if ref.registered and ref not in made)
    names = ["style", *(SHARES[name].scorer for name in shares), *plain]
    asked = (f"{ref.name} {made[ref].version}" for ref in scorers if ref in made)
    by_points = POINT_METRICS if points is not None else ()
    metrics = (score_metric(f"{SCORE}{ref.name}") for ref in scorers)
    return Benchmark(
        name="heldout",
        summary="held-out prompts of a run: how the answers are written, and shares of them by kind",
        read=lambda source: read_prompts(Path(str(source))),
        prompts=list,
        measured=measured,
        version=", ".join((scorer_versions(names), help_version(points), "tokens 1", *shares, *asked)),
        metrics=(
            *STYLE_METRICS,
            *HELP_METRICS,
            *by_points,
            COST,
            *(metric for metric in metrics if metric is not None),
        ),
        family=family,
        scorers=made,
        by=lambda others: heldout_benchmark(shares, scorers, others, points=points),
    )


def _cost(said: Sequence[Answer]) -> dict[str, list[float | None]]:
    """Tokens of each prompt and its answer; nothing where no engine counted the prompts'."""
    cost = [None if one.prompt_tokens is None else float(one.prompt_tokens + one.tokens) for one in said]
    return {COST.name: cost} if any(value is not None for value in cost) else {}


_BY_POINTS = {metric.name: metric for metric in POINT_METRICS}
HELDOUT = replace(
    heldout_benchmark(()), family=lambda name: share_metric(name) or score_metric(name) or _BY_POINTS.get(name)
)
"""Its own row of the table, which knows what every share and score is called, and what points would measure."""
