"""Each defect and each edit that somebody named, one by one: the rows behind the figures."""

from collections.abc import Iterator
from datetime import UTC

from ...records import (
    ClaimJudgement,
    CritiqueJudgement,
    EditJudgement,
    Flag,
    FlagJudgement,
    Judgement,
    PairJudgement,
    RegionFlag,
    SaidDefect,
    SaidEdit,
    StretchFlag,
    ThumbJudgement,
)
from .heard import HeardTask
from .hiding import Hiding
from .showing import Shower


def day_of(each: Judgement) -> str:
    """The day (UTC) on which it came."""
    return str(each.when.astimezone(UTC).date())


def whose(heard: HeardTask, hiding: Hiding, item: str) -> str:
    """The source of an item's answer, or both of its answers' sources."""
    return " | ".join(hiding.source(source) for source in heard.items[item].sources)


def defects_of(heard: HeardTask, hiding: Hiding, shower: Shower, rule: str | None) -> Iterator[SaidDefect]:
    """What was found wrong in first judgements, in the order of arrival: flags, claims that do not hold, critiques,
    thumbs down and pairs of which both are bad."""
    for each in heard.firsts:
        told = {
            "item": each.item,
            "source": whose(heard, hiding, each.item),
            "reviewer": hiding.names[each.reviewer],
            "day": day_of(each),
        }
        why = hiding.words(getattr(each.said, "why", ""))
        match each.said:
            case FlagJudgement():
                for flag in each.said.flags:
                    if rule in (None, flag.rule):
                        where, quote = _place(flag, each, shower)
                        words = hiding.words(flag.note)
                        yield SaidDefect(
                            **told, what=flag.rule, rule_version=flag.rule_version, where=where, quote=quote,
                            words=words,
                        )  # fmt: skip
            case ClaimJudgement():
                for claim in each.said.claims:
                    if claim.verdict != "true":
                        quote = shower.answer(each.item)[claim.start : claim.end]
                        where = f"signs {claim.start} to {claim.end}"
                        what = f"{claim.verdict} claim"
                        yield SaidDefect(**told, what=what, where=where, quote=quote, words=hiding.words(claim.source))
            case CritiqueJudgement():
                yield SaidDefect(**told, what="critique", words=hiding.words(each.said.critique))
            case ThumbJudgement() if each.said.liked is False:
                yield SaidDefect(**told, what="will not do", words=why)
            case PairJudgement() if each.said.choice == "both bad":
                yield SaidDefect(**told, what="both bad", words=why)
            case _:
                pass


def _place(flag: Flag | RegionFlag | StretchFlag, each: Judgement, shower: Shower) -> tuple[str, str]:
    match flag:
        case Flag():
            return f"signs {flag.start} to {flag.end}", shower.answer(each.item)[flag.start : flag.end]
        case RegionFlag():
            parts = f"x {flag.x:.3f}, y {flag.y:.3f}, width {flag.width:.3f}, height {flag.height:.3f}"
            return f"{parts} (parts of 1)", ""
        case StretchFlag():
            return f"{flag.from_seconds:.1f} to {flag.to_seconds:.1f} s", ""


def edits_of(heard: HeardTask, hiding: Hiding, shower: Shower) -> Iterator[SaidEdit]:
    """Edits that changed something, in the order of arrival."""
    texts = shower.texts() if heard.task.kind == "edit" else {}
    for each in heard.firsts:
        if isinstance(each.said, EditJudgement) and each.said.text != texts[each.item]:
            yield SaidEdit(
                item=each.item,
                source=whose(heard, hiding, each.item),
                reviewer=hiding.names[each.reviewer],
                day=day_of(each),
                prompt=shower.prompt(each.item),
                before=shower.answer(each.item),
                after=hiding.text(each.said.text),
                why=hiding.words(each.said.why),
            )
