"""Where a judge may decide by itself: each limit against the whole interval, and how many labels more would decide."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from ..records import Bias, Calibration, CalibrationPart, Figure, Trust, TrustLimits
from ..stats import Interval, items_needed

_PEOPLE = (
    "have people judge first (a source `review:` in `feedback.sources`), hold the judge against what they say "
    "(`trimtab judge calibrate`) and name what that writes under `judges.calibrations`; or take its verdicts as they "
    "are with `judges.untrusted: told`, which the report will say"
)

_MOVES: dict[Bias, str] = {"length": "length", "self": "self-preference", "order": "the order"}
_ALWAYS: tuple[Bias, ...] = ("length", "order")
"""Biases that any labels of unlike answers can tell, of pairs asked in both orders: one that cannot be told is not
known to be small, and holds trust back. A judge's own answers are often in none of the labels, and whoever asks only
once is bounded by the flips and by what is right: what is not known of these is said."""
_FEW = 14
"""Items below which a bias cannot be told because they are few (`stats.effects`: ten degrees of freedom, and four for
the traits and what is held fixed)."""
_UNTOLD = Figure(estimate=None, low=None, high=None, n=_FEW, why="it was not looked for")


def untrusted_fix(prefix: str = "") -> str:
    """What to do about a judge that may not decide."""
    return f"{prefix}{_PEOPLE[0].upper()}{_PEOPLE[1:]}."


def judged_trust(
    calibrations: Sequence[Calibration],
    judge: str,
    fingerprint: Mapping[str, str],
    rule: str | None,
    limits: TrustLimits,
    *,
    asked: Literal["answers", "pairs"],
    use: str = "",
) -> Trust:
    """Whether a judge may decide for a rule, by the calibration that is of this very judge and has the most items;
    what it was `asked` there must be what it is asked here."""
    own = [each for each in calibrations if each.fingerprint == dict(fingerprint) and each.asked == asked]
    if not own:
        others = [f"{each.judge} on {each.asked}" for each in calibrations]
        why = f"those at hand are of {', '.join(others)}, or of it as it was before" if others else "there is none"
        return Trust(judge=judge, rule=rule, state="unknown", why=f"no calibration speaks of it: {why}", use=use)
    some = [(part.items, each) for each in own if (part := each.of_rule(rule)) is not None]
    if not some:
        why = f"no label of its calibration is of the rule {rule}"
        return Trust(judge=judge, rule=rule, state="unknown", why=why, use=use)
    best = max(some, key=lambda pair: pair[0])[1]
    return trust_of(best, limits, rule).model_copy(update={"judge": judge, "use": use})


def trust_of(found: Calibration, limits: TrustLimits, rule: str | None = None) -> Trust:
    """Whether the judge keeps every limit on all items, or on a rule's. Raises ValueError where it has no such part."""
    part = found.of_rule(rule)
    if part is None:
        raise ValueError(f"no item is of the rule {rule}")
    broken, open_ = [], []
    to_keep: list[int | None] = []
    to_break: list[int] = []
    for what, figure, limit, above in _held(part, limits):
        if figure.estimate is None or figure.low is None or figure.high is None:
            open_.append(f"{what} cannot be told: {figure.why}")
            to_keep.append(_FEW - figure.n if figure.n < _FEW else None)
            continue
        if figure.low >= limit if above else figure.high <= limit:
            continue
        words = f"{what} is {figure.estimate:.2f} [{figure.low:.2f}, {figure.high:.2f}], asked is at "
        words += f"{'least' if above else 'most'} {limit:g}"
        if figure.high < limit if above else figure.low > limit:
            broken.append(words)
            continue
        open_.append(words)
        more = items_needed(Interval(figure.estimate, figure.low, figure.high, figure.n, 0.95), limit)
        if figure.estimate >= limit if above else figure.estimate <= limit:
            to_keep.append(more)
        elif more is not None:
            to_break.append(more)
    if broken:
        return Trust(judge=found.judge, rule=rule, state="not trusted", why="; ".join(broken))
    if open_:
        more = min(to_break, default=None)  # one limit that is surely broken is enough; kept, all must be
        if more is None and None not in to_keep:
            more = max((each for each in to_keep if each is not None), default=None)
        return Trust(judge=found.judge, rule=rule, state="undecided", why="; ".join(open_), labels=more)
    why = "; ".join((f"it keeps every limit on {part.items:,} items", *_not_looked_for(part)))
    return Trust(judge=found.judge, rule=rule, state="trusted", why=why)


def _held(part: CalibrationPart, limits: TrustLimits) -> Iterator[tuple[str, Figure, float, bool]]:
    """What is held against which limit, and whether it is to lie above it."""
    yield "kappa", part.kappa, limits.kappa, True
    if part.sensitivity is not None and part.specificity is not None:
        yield "accuracy on what people say yes to", part.sensitivity, limits.accuracy, True
        yield "accuracy on what people say no to", part.specificity, limits.accuracy, True
    else:
        yield "accuracy", part.accuracy, limits.accuracy, True
    if part.flips is not None:
        yield "the share that flips with the order", part.flips, limits.flips, False
    if (noise := part.bias("noise")) is not None:
        yield "the share that differs when asked again", noise.size, limits.noise, False
    if limits.bias >= 1:  # no share can be more, and nothing is asked
        return
    for name in _ALWAYS if part.sensitivity is None and part.flips is not None else _ALWAYS[:1]:
        size = found.size if (found := part.bias(name)) is not None else _UNTOLD
        yield f"the share moved by {_MOVES[name]}", _moved(size), limits.bias, False
    own = part.bias("self")
    if own is not None and own.size.estimate is not None:
        yield f"the share moved by {_MOVES['self']}", _moved(own.size), limits.bias, False


def _moved(size: Figure) -> Figure:
    """A bias in either direction."""
    if size.estimate is None or size.low is None or size.high is None:
        return size
    low = 0.0 if size.low <= 0 <= size.high else min(abs(size.low), abs(size.high))
    return Figure(estimate=abs(size.estimate), low=low, high=max(abs(size.low), abs(size.high)), n=size.n)


def _not_looked_for(part: CalibrationPart) -> Iterator[str]:
    """What the labels could not tell and trust does not hang on, in words."""
    own = part.bias("self")
    if own is None or own.size.estimate is None:
        why = own.size.why if own is not None else "the labels name no sources of the answers"
        yield f"whether it prefers its own answers was not looked for: {why}"
    if part.bias("noise") is None:
        yield "nothing was asked of it again"
