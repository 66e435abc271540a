"""Rankings, ratings, thumbs, edits and critiques as comparisons. A row that makes none is told with the reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ..records import (
    Comparison,
    Completion,
    Conversion,
    Critique,
    Edit,
    Provenance,
    Ranking,
    Rating,
    Reject,
    Supervision,
    Thumb,
    answers_of,
    kind_of,
    text_of,
)

MARGIN = 0.25
"""Share of the scale by which two ratings must differ: one point of a scale from 1 to 5."""


@dataclass
class Pairs:
    """Comparisons made of rows, the rows that made none, and what else is to be told."""

    made: list[Comparison]
    rejected: list[Reject]
    notes: list[str]


def rejected(row: Supervision, reason: str) -> Reject:
    """A row's entry in the reject log."""
    said = row.after if isinstance(row, Edit) else next(iter(answers_of(row).values()))
    return Reject(source=row.provenance.source, row=row.id, reason=reason, excerpt=text_of(said)[:120])


def converted(rows: Sequence[Supervision], rule: str, why: str = "", margin: float | None = None) -> Provenance:
    """What was said of the rows that something is made of, and that step behind it.

    Of several rows all judges, annotators, reasons and rules are told, and the latest time; which row said what is in
    the rows themselves, whose ids the step names.
    """
    held = [row.provenance for row in rows]
    step = Conversion(made_of=kind_of(rows[0]), rows=tuple(row.id for row in rows), rule=rule, why=why)
    annotators = [(row.annotator if isinstance(row, Rating) else None) or row.provenance.annotator for row in rows]
    changes: dict[str, object] = {
        "annotator": _all(annotators),
        "steps": (*held[0].steps, step),
        **({} if margin is None else {"margin": margin}),
    }
    if len(rows) > 1:
        changes |= {"judge": _all([one.judge for one in held]), "why": _all([one.why for one in held]) or ""}
        changes |= {
            "rule": _all([one.rule for one in held]),
            "when": max(filter(None, (o.when for o in held)), default=None),
            "order": (),  # which were shown how is told of each alone
            "shown_ms": None,
        }
    return held[0].model_copy(update=changes)


def _all(said: Sequence[str | None]) -> str | None:
    """Everything that was said, once."""
    return "; ".join(dict.fromkeys(filter(None, said))) or None


def from_rankings(rankings: Sequence[Ranking]) -> Pairs:
    """All pairs of answers with different ranks: C(K, 2) of a ranking of K answers without ties."""
    found, ties = Pairs([], [], []), 0
    for row in rankings:
        before = len(found.made)
        for (i, better), (j, worse) in combinations(enumerate(row.completions), 2):
            if row.ranks[i] == row.ranks[j]:
                ties += 1
            elif not same(better, worse):
                why = f"ranked {row.ranks[i]} over {row.ranks[j]} of {len(row.completions)}"
                told = converted([row], "all pairs of a ranking", why)
                found.made.append(_pair(f"{row.id}/{i + 1}>{j + 1}", row, better, worse, told))
        if len(found.made) == before:
            found.rejected.append(rejected(row, "all its answers are tied or alike"))
    if ties:
        found.notes.append(f"{ties} tied pairs of answers in rankings make no comparison.")
    return found


def from_ratings(ratings: Sequence[Rating], margin: float) -> Pairs:
    """Two answers to one prompt, rated apart by at least `margin` (a share of the scale, from 0 to 1).

    Annotators differ in how they use a scale, so that only ratings by the same annotator are held against each other:
    the difference of a pair is the mean over the annotators who rated both answers of (rating - rating) / (high - low).
    Ratings without an annotator count as one annotator's. An annotator's several ratings of one answer are averaged.
    """
    found = Pairs([], [], [])
    used: set[int] = set()
    reasons: dict[int, str] = {}
    for of_prompt in _by_prompt(ratings):
        answers: dict[Completion, dict[str | None, list[int]]] = {}
        for place in of_prompt:
            row = ratings[place]
            answers.setdefault(row.completion, {}).setdefault(row.annotator, []).append(place)
        for place in of_prompt:
            reasons[place] = _why_no_pair(ratings[place], answers, margin)
        for one, other in combinations(answers, 2):
            both = [who for who in answers[one] if who in answers[other]]
            if not both or same(one, other):
                continue
            gaps = [_mean(ratings, answers[one][who]) - _mean(ratings, answers[other][who]) for who in both]
            gap = float(np.mean(gaps))
            if gap == 0 or abs(gap) < margin - 1e-9:  # 0.25 of a scale from 1 to 5 is one point, whatever the rounding
                continue
            better, worse = (one, other) if gap > 0 else (other, one)
            places = [place for side in (better, worse) for who in both for place in answers[side][who]]
            used.update(places)
            row, last = ratings[answers[better][both[0]][0]], ratings[answers[worse][both[0]][0]]
            agree = sum((each > 0) == (gap > 0) and each != 0 for each in gaps)
            why = f"rated {row.rating:g} over {last.rating:g} on a scale from {row.low:g} to {row.high:g}"
            if len(both) > 1:
                why = f"rated {abs(gap):.3f} of the scale higher, the mean of {len(both)} annotators ({agree} agree)"
            rule = f"ratings of the same annotator, margin {margin:g} of the scale"
            told = converted([ratings[place] for place in places], rule, why, round(abs(gap), 6))
            found.made.append(_pair(f"{row.id}>{last.id}", row, better, worse, told))
    found.rejected = [rejected(row, reasons[place]) for place, row in enumerate(ratings) if place not in used]
    return found


def from_thumbs(thumbs: Sequence[Thumb]) -> Pairs:
    """Each liked answer over each disliked one, where the same prompt has both."""
    found = Pairs([], [], [])
    for of_prompt in _by_prompt(thumbs):
        ups = [thumbs[place] for place in of_prompt if thumbs[place].label]
        downs = [thumbs[place] for place in of_prompt if not thumbs[place].label]
        for up in ups:
            for down in downs:
                if not same(up.completion, down.completion):
                    told = converted([up, down], "liked over disliked on the same prompt")
                    found.made.append(_pair(f"{up.id}>{down.id}", up, up.completion, down.completion, told))
        for row in (*ups, *downs):
            others = downs if row.label else ups
            if not others:
                found.rejected.append(rejected(row, "the same prompt has no thumb the other way"))
            elif all(same(row.completion, other.completion) for other in others):
                found.rejected.append(rejected(row, "the same answer has a thumb the other way"))
    return found


def from_edits(edits: Sequence[Edit]) -> Pairs:
    """The answer after the edit over the one before."""
    rule = "after an edit over before"
    made = [_pair(row.id, row, row.after, row.before, converted([row], rule)) for row in edits]
    return Pairs(made, [], [])


def from_critiques(critiques: Sequence[Critique]) -> Pairs:
    """The revision over the answer that was criticised."""
    found = Pairs([], [], [])
    for row in critiques:
        if row.revision is None:
            found.rejected.append(rejected(row, NO_REVISION))
        elif same(row.revision, row.completion):
            found.rejected.append(rejected(row, "the revision changes nothing"))
        else:
            told = converted([row], "a revision over what was criticised", row.critique)
            found.made.append(_pair(row.id, row, row.revision, row.completion, told))
    return found


NO_REVISION = "the critique has no revision to train on"


def same(one: Completion, other: Completion) -> bool:
    """Whether two answers say the same but for the blanks around it."""
    return text_of(one).strip() == text_of(other).strip()


def _pair(name: str, row: Supervision, chosen: Completion, other: Completion, told: Provenance) -> Comparison:
    return Comparison(id=name, prompt=row.prompt, chosen=chosen, rejected=other, provenance=told)


def _by_prompt(rows: Sequence[Supervision]) -> Iterator[list[int]]:
    """The places of the rows of each prompt, in the order in which the prompts come first."""
    groups: dict[Completion, list[int]] = {}
    for place, row in enumerate(rows):
        groups.setdefault(row.prompt, []).append(place)
    yield from groups.values()


def _mean(ratings: Sequence[Rating], places: Sequence[int]) -> float:
    return float(np.mean([ratings[place].share for place in places]))


def _why_no_pair(row: Rating, answers: dict[Completion, dict[str | None, list[int]]], margin: float) -> str:
    """What to tell of a rating that gets into no pair."""
    others = [said for said in answers if not same(said, row.completion)]
    if not others:
        return "no other answer to its prompt is rated"
    if not any(row.annotator in answers[said] for said in others):
        return "its annotator rated no other answer to its prompt"
    return f"no other answer to its prompt is rated apart by {margin:g} of the scale"
