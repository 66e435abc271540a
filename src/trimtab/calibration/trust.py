"""Where a judge may decide by itself: each limit against the whole interval, and how many labels more would decide."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from ..records import Calibration, CalibrationPart, Figure, Trust, TrustLimits
from ..stats import Interval, items_needed

_PEOPLE = (
    "have people judge first (a source `review:` in `feedback.sources`), hold the judge against what they say "
    "(`trimtab judge calibrate`) and name what that writes under `judges.calibrations`; or take its verdicts as they "
    "are with `judges.untrusted: told`, which the report will say"
)

_MOVES = {"length": "length", "self": "self-preference", "order": "the order"}


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
            to_keep.append(None)
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
    return Trust(judge=found.judge, rule=rule, state="trusted", why=f"it keeps every limit on {part.items:,} items")


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
    for each in part.biases:
        size = each.size
        if each.bias == "noise":
            yield "the share that differs when asked again", size, limits.noise, False
        elif size.estimate is not None and size.low is not None and size.high is not None:
            low = 0.0 if size.low <= 0 <= size.high else min(abs(size.low), abs(size.high))
            moved = Figure(estimate=abs(size.estimate), low=low, high=max(abs(size.low), abs(size.high)), n=size.n)
            yield f"the share moved by {_MOVES[each.bias]}", moved, limits.bias, False
