"""Rows of feedback counted to a case; distinct items are counted once, repeated judgements compared."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from statistics import fmean

from ..data import Feedback, to_comparisons
from ..records import Case, Comparison, Completion, Critique, Demonstration, Edit, Ranking, Rating, Supervision, Thumb
from .thresholds import noise_of

AGREED_FROM = 10
"""Pairs of judgements of the same thing from which their agreement is worth telling: below, one judgement is a
tenth."""
_OWN = "rubric"
"""The judge of comparisons that `trimtab run` made of the model's own answers."""


def case_of(sources: Sequence[Feedback], model: str | None) -> Case:
    """The facts that rows come to; `model` is what comparisons call the model to be trained.

    Copies of a judgement count as judgements that agree.
    """
    rows = [row for source in sources for row in source.kept]
    compared = [row for row in rows if isinstance(row, Comparison)]
    rankings = _distinct(row for row in rows if isinstance(row, Ranking))
    ratings = _distinct(row for row in rows if isinstance(row, Rating))
    critiques = _distinct(row for row in rows if isinstance(row, Critique))
    edits = {(row.prompt, row.after) for row in rows if isinstance(row, Edit)}
    edits |= {(row.prompt, row.revision) for row in critiques if isinstance(row, Critique) and row.revision}
    pairs: dict[object, Counter[Completion]] = defaultdict(Counter)
    thumbs: dict[object, Counter[bool]] = defaultdict(Counter)
    for row in compared:
        pairs[row.prompt, frozenset((row.chosen_text, row.rejected_text))][row.chosen] += 1
    for thumb in (row for row in rows if isinstance(row, Thumb)):
        thumbs[thumb.prompt, thumb.completion][thumb.label] += 1
    judged = [list(votes.values()) for votes in pairs.values()]
    agreement = _agreement([*judged, *(list(votes.values()) for votes in thumbs.values())])
    margins = [row.provenance.margin for row in compared if row.provenance.margin is not None]
    own = [answer for source in sources for answer in _own(source, model)]
    return Case(
        demonstrations=len({(row.prompt, row.completion) for row in rows if isinstance(row, Demonstration)}),
        comparisons=len(pairs),
        rankings=len(rankings),
        ranked_pairs=len(to_comparisons(rankings).made),
        ratings=len(ratings),
        rated_pairs=len(to_comparisons(ratings).made),
        thumbs_up=sum(votes[True] > votes[False] for votes in thumbs.values()),
        thumbs_down=sum(votes[False] > votes[True] for votes in thumbs.values()),
        edits=len(edits),
        critiques=sum(isinstance(row, Critique) and row.revision is None for row in critiques),
        prompts=len({row.prompt for row in rows} | {prompt for source in sources for prompt in source.prompts}),
        on_policy=fmean(own) if own else None,
        agreement=agreement,
        label_noise=None if agreement is None else noise_of(agreement),
        margin=fmean(margins) if margins and all(0 <= margin <= 1 for margin in margins) else None,
    )


def _distinct(rows: Iterable[Supervision]) -> list[Supervision]:
    """The first of all rows that say the same, whoever said it where, ratings apart: annotators are told apart."""
    found: dict[str, Supervision] = {}
    for row in rows:
        found.setdefault(row.model_dump_json(exclude={"id", "provenance"}), row)
    return list(found.values())


def _own(source: Feedback, model: str | None) -> list[bool]:
    """Of each comparison that tells where its answers are from, whether the model to be trained said them."""
    found = []
    for row in source.kept:
        if isinstance(row, Comparison):
            told = row.provenance
            names = {row.chosen_model or told.source, row.rejected_model or told.source}
            if names != {source.name} and (told.judge == _OWN or model is not None):
                found.append(told.judge == _OWN or names == {model})
    return found


def _agreement(judged: Iterable[Sequence[int]]) -> float | None:
    """The share of equal ones among pairs of judgements of the same thing, of which each has its counts of votes."""
    equal = pairs = 0
    for counts in judged:
        total = sum(counts)
        pairs += total * (total - 1) // 2
        equal += sum(count * (count - 1) // 2 for count in counts)
    return equal / pairs if pairs >= AGREED_FROM else None
