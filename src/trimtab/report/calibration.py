"""A judge's calibration in words, and as one page."""

from collections.abc import Sequence

from ..records import Calibration, Figure, JudgeBias, Trust, TrustLimits
from .pages import page_style, page_template

_PARTS = {"all": "All items", "rule": "By rule", "kind": "By kind", "refusals": "Where an answer refuses"}


def figure_told(figure: Figure | None, *, share: bool = False) -> str:
    """A figure with its interval, or why there is none."""
    if figure is None:
        return "–"
    if figure.estimate is None or figure.low is None or figure.high is None:
        return figure.why or "cannot be told"
    if share:
        return f"{figure.estimate:.0%} [{figure.low:.0%}, {figure.high:.0%}]"
    return f"{figure.estimate:.2f} [{figure.low:.2f}, {figure.high:.2f}]"


def bias_sentence(found: JudgeBias, asked: str) -> str:
    """What was found of a bias, in a sentence."""
    size, named = found.size, "named" if found.named else "not more than chance"
    if size.estimate is None:
        return f"{found.bias}: cannot be told: {size.why}"
    told = figure_told(size, share=True)
    pair = asked == "pairs"
    match found.bias:
        case "length":
            done = "is preferred" if pair else "is said yes to"
            what = f"an answer twice as long {done} {told} more often than one half as long"
            return f"length: {what}, with people's label held fixed ({named})"
        case "self":
            done = "is preferred" if pair else "is said yes to"
            return f"self: an answer of its own {done} {told} more often, with people's label held fixed ({named})"
        case "order":
            return f"order: what is shown first is preferred {told} more often than what is shown second ({named})"
        case "noise":
            return f"noise: asked the same again it says otherwise of {told}, n = {size.n:,} ({named})"


def trust_sentence(one: Trust) -> str:
    """Whether a judge may decide, for what, and why."""
    rule = f"for the rule {one.rule}" if one.rule is not None else "whatever it is asked"
    if one.state != "undecided":
        return f"{rule}: {one.state}; {one.why}"
    more = (
        f"about {one.labels:,} labels more would decide"
        if one.labels
        else "no number of labels like these is known to decide"
    )
    return f"{rule}: undecided; {one.why}; {more}"


def render_calibration(found: Calibration, trust: Sequence[Trust], limits: TrustLimits) -> str:
    """The calibration as one HTML file that needs nothing else. Equal records give equal bytes."""
    return page_template("calibration").render(
        css=page_style(),
        found=found,
        pairs=found.asked == "pairs",
        sections=[
            (title, [each for each in found.parts if each.part == part])
            for part, title in _PARTS.items()
            if any(each.part == part for each in found.parts)
        ],
        told=figure_told,
        biases=[bias_sentence(each, found.asked) for each in found.overall.biases],
        trust=[(each.state, trust_sentence(each)) for each in trust],
        limits=limits.model_dump(),
    )
