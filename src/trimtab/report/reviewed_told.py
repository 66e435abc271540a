"""What a review's report says in sentences: which items its rates are of, what is missing, and how to read it."""

from collections.abc import Iterator

from ..records import AgreementFigure, LikelyTruths, PeopleFigure, ReviewFigures, TaskFigures
from .format import counted, number


def reading(figures: ReviewFigures) -> list[str]:
    """How the figures are to be read."""
    return [
        "Intervals are of 95 %: were all this done anew many times, about 19 in 20 of them would hold the true figure. "
        "They are over items and, from three reviewers on, over reviewers; with one or two they hold for these "
        "reviewers alone.",
        "Each interval is of one figure. Among many rows some lie apart by chance; that two intervals do not overlap "
        "is no test of all rows together.",
        "A rate is of what reviewers said when they first saw an item. A second showing, a gold item and a lead's word "
        "are in no rate.",
        "Reviewers have pseudonyms, the same as in the room's redacted journal."
        + (
            " Personal data is masked where a pattern is sure of it; names, and what a text says about somebody, stay."
            if figures.redacted
            else " What they wrote is shown as they wrote it, and may name somebody."
        ),
    ]


def scope(figures: ReviewFigures) -> str:
    """Which judgements are told."""
    parts = []
    if figures.since or figures.until:
        window = " ".join(
            part
            for part in (figures.since and f"from {figures.since}", figures.until and f"until {figures.until}")
            if part
        )
        parts.append(
            f"Only judgements {window} are told, both days in UTC. Which of them stand is as of now: what was taken "
            "back or changed since is not told as it was, and the sample is that of everything said until now."
        )
    if figures.rule:
        parts.append(f"Only the rule {figures.rule} is told.")
        if figures.other_tasks:
            parts.append(f"{counted(figures.other_tasks, 'task')} without that rule left out.")
    return " ".join(parts)


def sampling_told(task: TaskFigures) -> list[str]:
    """The sampling plan behind the rates."""
    plan = task.sampling
    return [*_whole(task), *_handed_out(task), *_drawn(task)] + (
        [f"The plan was changed {counted(plan.replans, 'time')} since the task was made: this is of the plan as it is."]
        if plan.replans
        else []
    )


def _whole(task: TaskFigures) -> Iterator[str]:
    plan, origin = task.sampling, f" from {task.origin}" if task.origin else ""
    yield (
        f"{counted(plan.items, 'item')}{origin} {'is' if plan.items == 1 else 'are'} in this task. The figures speak "
        "of these items and of no others: how they came to be chosen is not known to the room."
    )
    if held := sum(plan.held.values()):
        why = "; ".join(f"{count:,} because {reason}" for reason, count in plan.held.items())
        yield f"Held back, so that nobody judges them: {counted(held, 'item')} ({why})."
    if plan.gold:
        yield f"Gold items, whose answer is known and which all reviewers judge: {plan.gold:,}. They are in no rate."


def _handed_out(task: TaskFigures) -> Iterator[str]:
    plan = task.sampling
    rest = plan.full + plan.begun + plan.skipped + plan.waiting
    if not rest:
        yield "No item is left that could be judged."
        return
    parts = [f"judged in full: {plan.full:,}"]
    parts += [f"judged by fewer: {plan.begun:,}"] if plan.begun else []
    parts += [f"skipped by somebody and not judged in full: {plan.skipped:,}"] if plan.skipped else []
    parts += [f"waiting: {plan.waiting:,}"] if plan.waiting else []
    people = "one reviewer" if plan.per_item == 1 else f"{plan.per_item} reviewers"
    yield f"Of the {counted(rest, 'item')} that can be judged, each by {people}: {', '.join(parts)}."


def _drawn(task: TaskFigures) -> Iterator[str]:
    plan = task.sampling
    rest = plan.full + plan.begun + plan.skipped + plan.waiting
    if not rest:
        return
    if plan.complete and plan.full == rest:
        yield "All are judged, so that rates are over all of them."
    elif plan.complete and plan.full:
        yield (
            f"No item is waiting. Rates are over the {plan.full:,} judged in full; those that were skipped are missing "
            "from them, and may be worse or better."
        )
    elif plan.sampled:
        yield (
            "Not all are judged, and items do not come to reviewers in a fair order: those of which one more judgement "
            "tells most come first, and a part by chance. So rates are taken only from the part drawn by chance: "
            f"{counted(plan.sampled, 'item')} of an order that chance drew, up to its first one that is not judged in "
            f"full. {_rest(plan.full - plan.sampled)}"
        )
    elif not plan.full and not plan.begun:
        yield "None of them is judged, so that there is no rate."
    else:
        yield (
            "No rate can be given yet: of the order drawn by chance, the first item is not judged in full. What was "
            "brought to reviewers for its worth is no fair sample; it is counted and shown below, without a rate."
        )


def _rest(others: int) -> str:
    if not others:
        return "No other item is judged in full."
    return f"The other {others:,} judged in full are among the counts and the examples, and in no rate."


def missing_told(task: TaskFigures) -> list[str]:
    """What became of each entry of the journal."""
    count = task.counts
    rows = [
        (count.first, "first judgement", ": counted here"),
        (count.again, "second showing", ": how steady a reviewer is"),
        (count.of_gold, "judgement", " of gold items"),
        (count.of_held, "judgement", " of items that are held back by now"),
        (count.leads, "word", " with which a lead settled an item; the reviewers' own stay in the rates"),
        (count.skips, "skip", ", without a judgement"),
        (count.withdrawn, "withdrawal", ": another entry is taken back"),
        (count.superseded, "judgement", " replaced by a later entry"),
        (count.outside, "judgement", " from outside of the days told"),
    ]
    return [f"{counted(number_, one)}{what}" for number_, one, what in rows if number_]


def alpha_told(each: AgreementFigure) -> str:
    """Agreement in a sentence."""
    figure = each.alpha
    if figure.estimate is None:
        told = figure.why_not if figure.why_not.startswith("undefined") else f"cannot tell: {figure.why_not}"
        if not each.shared:
            return told
    else:
        told = f"{number(figure.estimate, 2)} ({number(figure.low, 2)} to {number(figure.high, 2)})"
    alone = f"; {counted(each.alone, 'item')} judged by one reviewer, which tells nothing of it" if each.alone else ""
    left = f"; {counted(each.open, 'judgement')} could not tell" if each.open else ""
    return f"{told}, over {counted(each.shared, 'item')} that two or more judged{alone}{left}"


def likely_told(each: LikelyTruths) -> str:
    """Of how many items it is likely so, in a sentence."""
    if each.why_not:
        return f"cannot tell: {each.why_not}"
    return f"likely so of {each.likely:,} of {counted(each.items, 'item')}"


def plain(figure: PeopleFigure) -> str:
    """A figure that is no share, with its interval, or why there is none."""
    if figure.estimate is None or figure.low is None or figure.high is None:
        return f"cannot tell: {figure.why_not}"
    return f"{number(figure.estimate, 2)} ({number(figure.low, 2)} to {number(figure.high, 2)})"


def percent(figure: PeopleFigure | None) -> str:
    """A share with its interval, or why there is none."""
    if figure is None:
        return "–"
    if figure.estimate is None or figure.low is None or figure.high is None:
        return f"cannot tell: {figure.why_not}"
    return f"{figure.estimate:.0%} ({figure.low:.0%} to {figure.high:.0%}, n = {figure.n:,})"
