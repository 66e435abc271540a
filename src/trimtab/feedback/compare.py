"""From several answers to one prompt to a comparison: the best by the rubric against the worst, if by a margin.

A small model rarely ends within the cap, and an answer that was cut in mid-sentence teaches the wrong ending. So a
prompt's candidates are its answers and, where the spec asks for it, runs of their sentences: text that the model itself
said, closed at a full stop. Only a candidate that ends can be chosen; the rejected side is a whole answer, or where the
spec asks for it a candidate of like length that ends too.
All candidates of all prompts are judged at once, so that a scorer with a model behind it is called with all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..policy import broken_rules
from ..records import Answer, Comparison, Message, Policy, Prompt, Provenance, Reject
from ..scorers import Judged, Opened, complete_runs, judge, words
from ..spec import SamplingSpec

JUDGE = "rubric"


@dataclass(frozen=True)
class Candidate:
    """A text that may be a side of a comparison: whether it ends, and whether it is an answer or a part of one.

    One that breaks a rule of the policy (`broken`) earns nothing by the rubric, and cannot be the better side.
    """

    text: str
    ended: bool
    whole: bool
    origin: str
    judged: Judged
    broken: tuple[str, ...] = ()


_NOT_JUDGED = Judged(total=None, values={})


def compare(prompt: Prompt, found: Sequence[Candidate], settings: SamplingSpec, source: str) -> Comparison | Reject:
    """The prompt's comparison out of its judged candidates, or why there is none; `source` names who answered."""
    # ties fall to the first candidate, so that equal inputs give equal comparisons
    whole = [item for item in found if item.whole and item.judged.total is not None]
    closed = [item for item in found if item.ended and item.judged.total is not None]
    if not closed:
        silent = [item for item in found if item.ended and item.text.strip()]
        return _reject(prompt, source, "no answer that ends could be judged" if silent else "no answer ends")
    if settings.rejected == "whole" and not whole:
        return _reject(prompt, source, "no whole answer could be judged", closed[0].text)
    fit = [item for item in closed if not item.broken]
    if not fit:
        return _reject(prompt, source, "every answer that ends breaks the policy", closed[0].text)
    best = max(fit, key=_total)
    against = whole if settings.rejected == "whole" else [item for item in closed if _alike(item, best)]
    if not against:
        return _reject(prompt, source, "no other answer that ends is of like length", best.text)
    worst = min(against, key=_total)
    margin = _total(best) - _total(worst)
    if margin < settings.margin:
        return _reject(prompt, source, "best and worst differ by less than the margin", best.text)
    if best.text.strip() == worst.text.strip():
        return _reject(prompt, source, "both sides are equal", best.text)
    scores = {name: (best.judged.values[name], worst.judged.values[name]) for name in best.judged.values}
    why = f"{best.origin} earns {_total(best):.2f}, {worst.origin} earns {_total(worst):.2f}"
    return Comparison(
        id=prompt.id,
        prompt=prompt.messages,
        chosen=(Message(role="assistant", content=best.text),),
        rejected=(Message(role="assistant", content=worst.text),),
        chosen_model=source,
        rejected_model=source,
        provenance=Provenance(
            source=source,
            judge=JUDGE,
            why=why,
            margin=round(margin, 6),
            scores=scores,
            ended=(best.ended, worst.ended),
        ),
    )


def strongest(comparisons: Sequence[Comparison], most: int | None) -> tuple[list[Comparison], list[Comparison]]:
    """The `most` comparisons with the widest margins, in their old order, and the rest."""
    if most is None or len(comparisons) <= most:
        return list(comparisons), []
    ranked = sorted(range(len(comparisons)), key=lambda i: (-(comparisons[i].provenance.margin or 0.0), i))
    kept = set(ranked[:most])
    return (
        [item for i, item in enumerate(comparisons) if i in kept],
        [item for i, item in enumerate(comparisons) if i not in kept],
    )


def judged_candidates(
    prompts: Sequence[Prompt],
    answers: Mapping[str, Sequence[Answer]],
    settings: SamplingSpec,
    policy: Policy | None = None,
    opened: Opened | None = None,
) -> list[list[Candidate]]:
    """Each prompt's answers, by its id, and where the spec asks for them runs of their sentences, judged by the rubric.

    `opened` holds the scorers of the rubric and of the policy's checks that are not offline. An empty text is no
    answer, however concise, and is not judged.
    """
    found = [(prompt, _texts(answers[prompt.id], settings)) for prompt in prompts]
    rows = [(prompt.text, text) for prompt, texts in found for text, *_ in texts if text.strip()]
    marks = iter(judge(settings.rubric, rows, opened))
    broken = iter(broken_rules(policy, rows, opened) if policy is not None else [[]] * len(rows))
    return [
        [
            _candidate(*text, next(marks), next(broken)) if text[0].strip() else Candidate(*text, _NOT_JUDGED)
            for text in texts
        ]
        for _, texts in found
    ]


def _texts(answers: Sequence[Answer], settings: SamplingSpec) -> list[tuple[str, bool, bool, str]]:
    """Text, whether it ends, whether it is whole, and where it comes from, of each candidate."""
    found = []
    for answer in answers:
        name = f"answer {answer.index + 1}"
        found.append((answer.text, answer.ended, True, name))
        for run in complete_runs(answer.text, settings.trim_to_sentences):
            other = run.text.strip() != answer.text.strip() or not answer.ended
            if other and (run.first == 1 or settings.trim_from == "anywhere"):
                found.append((run.text, True, False, f"{name}, sentences {run.first} to {run.last}"))
    return found


def _alike(one: Candidate, other: Candidate) -> bool:
    """Whether neither has more than twice the words of the other, and neither holds the other."""
    short, long = sorted((one.text.strip(), other.text.strip()), key=lambda text: len(words(text)))
    return 2 * len(words(short)) >= len(words(long)) and short not in long


def _candidate(text: str, ended: bool, whole: bool, origin: str, judged: Judged, broken: Sequence[str]) -> Candidate:
    if broken and judged.total is not None:
        judged = Judged(total=0.0, values=judged.values)
        origin += f" (breaks {', '.join(broken)})"
    return Candidate(text, ended, whole, origin, judged, tuple(broken))


def _total(candidate: Candidate) -> float:
    assert candidate.judged.total is not None
    return candidate.judged.total


def _reject(prompt: Prompt, source: str, reason: str, excerpt: str = "") -> Reject:
    return Reject(source=source, row=prompt.id, reason=reason, excerpt=excerpt[:120])
