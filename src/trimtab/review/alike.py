"""Whether two judgements of one item say the same: behind gold items, items at odds, and what a lead is shown."""

from itertools import combinations

from ..records import (
    ClaimJudgement,
    CritiqueJudgement,
    EditJudgement,
    Flag,
    FlagJudgement,
    PairJudgement,
    RankJudgement,
    RatingJudgement,
    RegionFlag,
    RubricJudgement,
    Said,
    Skip,
    StretchFlag,
    ThumbJudgement,
    Withdrawal,
)

NEAR = 1
"""Steps between two marks that are still the same judgement: where one mark ends and the next begins is taste. So too
pairs of a ranking that one reviewer finds alike and another does not."""
NOT_GOLD = (EditJudgement, CritiqueJudgement, ClaimJudgement, Skip, Withdrawal)
"""What has no one right form, so that nobody can be measured against it."""


def alike(one: Said, other: Said) -> bool | None:
    """Whether both say the same; None where one cannot tell, or what they say cannot be compared (texts)."""
    match one, other:
        case PairJudgement(), PairJudgement():
            return None if "cannot tell" in (one.choice, other.choice) else one.choice == other.choice
        case ThumbJudgement(), ThumbJudgement():
            return None if one.liked is None or other.liked is None else one.liked == other.liked
        case RatingJudgement(), RatingJudgement():
            return _near(one.rating, other.rating)
        case RankJudgement(), RankJudgement():
            return _same_order(one.ranks, other.ranks)
        case RubricJudgement(), RubricJudgement():
            found = [_near(mark, other.marks.get(axis)) for axis, mark in one.marks.items()]
            known = [each for each in found if each is not None]
            return all(known) if known else None
        case FlagJudgement(), FlagJudgement():
            return {flag.rule for flag in one.flags} == {flag.rule for flag in other.flags}
        case ClaimJudgement(), ClaimJudgement():
            verdicts = {(each.start, each.end): each.verdict for each in one.claims}
            shared = [(each, verdicts.get((each.start, each.end))) for each in other.claims]
            known = [each.verdict == verdict for each, verdict in shared if verdict is not None]
            return all(known) if known else None
        case _:
            return None


def _near(one: int | None, other: int | None) -> bool | None:
    return None if one is None or other is None else abs(one - other) <= NEAR


def _same_order(one: tuple[int, ...] | None, other: tuple[int, ...] | None) -> bool | None:
    """Whether no two answers are the other way round, and at most NEAR are alike for one reviewer alone."""
    if one is None or other is None or len(one) != len(other):
        return None
    signs = [(_sign(a[0] - b[0]), _sign(a[1] - b[1])) for a, b in combinations(zip(one, other, strict=True), 2)]
    turned = any(first * second < 0 for first, second in signs)
    return not turned and sum(first != second for first, second in signs) <= NEAR


def _sign(difference: int) -> int:
    return (difference > 0) - (difference < 0)


def in_words(said: Said, order: tuple[int, ...] | list[int]) -> str:
    """What was said, where A, or 1, is the answer that `order` shows first."""
    match said:
        case PairJudgement():
            if said.choice in ("first", "second"):
                better = "AB"[list(order).index(0 if said.choice == "first" else 1)]
                how = ("", " slightly", " clearly", " by far")[said.strength or 0]
                return f"{better} is better{how}"
            return {"tie": "Alike", "both bad": "Both bad"}.get(said.choice, "Cannot tell")
        case ThumbJudgement():
            return "Cannot tell" if said.liked is None else "It will do" if said.liked else "It will not do"
        case RatingJudgement():
            return "Cannot tell" if said.rating is None else str(said.rating)
        case RankJudgement():
            if said.ranks is None:
                return "Cannot tell"
            shown = [said.ranks[place] for place in order]
            places = ([n for n, rank in enumerate(shown, 1) if rank == at] for at in range(1, max(shown) + 1))
            return "; then ".join(" and ".join(map(str, some)) for some in places)
        case RubricJudgement():
            marks = (f"{axis} {'cannot tell' if mark is None else mark}" for axis, mark in said.marks.items())
            return ", ".join(marks) + "".join(f"; {axis}: {why}" for axis, why in said.reasons.items())
        case FlagJudgement():
            return "; ".join(f"{flag.rule}: {_place(flag)}" for flag in said.flags) or "Breaks no rule"
        case ClaimJudgement():
            return "; ".join(f"{each.verdict}: “{each.quote}”" for each in said.claims) or "Makes no claim"
        case EditJudgement():
            return said.text
        case CritiqueJudgement():
            return said.critique
        case Skip() | Withdrawal():
            return said.kind


def _place(flag: Flag | RegionFlag | StretchFlag) -> str:
    match flag:
        case Flag():
            return f"“{flag.quote}”"
        case RegionFlag():
            return f"{flag.width:.0%} by {flag.height:.0%} of it, from {flag.x:.0%}, {flag.y:.0%}"
        case StretchFlag():
            return f"{flag.from_seconds:.1f} to {flag.to_seconds:.1f} s"
