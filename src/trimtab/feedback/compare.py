"""From several answers to one prompt to a comparison: the best by the rubric against the worst, if by a margin.

A small model rarely ends within the cap, and an answer that was cut in mid-sentence teaches the wrong ending. So a
prompt's candidates are its answers and, where the spec asks for it, their first sentences: text that the model itself
said, closed at a full stop. Only a candidate that ends can be chosen; the rejected side is always a whole answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..policy import broken_rules
from ..records import Answer, Comparison, Message, Policy, Prompt, Provenance, Reject
from ..scorers import Judged, complete_prefixes, judge
from ..spec import SamplingSpec

JUDGE = "rubric"


@dataclass(frozen=True)
class Candidate:
    """A text that may be a side of a comparison: whether it ends, and whether it is an answer or the start of one.

    One that breaks a rule of the policy (`broken`) earns nothing by the rubric, and cannot be the better side.
    """

    text: str
    ended: bool
    whole: bool
    origin: str
    judged: Judged
    broken: tuple[str, ...] = ()


def compare(
    prompt: Prompt, answers: Sequence[Answer], settings: SamplingSpec, source: str, policy: Policy | None = None
) -> Comparison | Reject:
    """The prompt's comparison, or why there is none; `source` is the model that answered."""
    found = candidates(prompt, answers, settings, policy)
    # ties fall to the first candidate, so that equal inputs give equal comparisons
    whole = [item for item in found if item.whole and item.judged.total is not None]
    closed = [item for item in found if item.ended and item.judged.total is not None]
    if not closed:
        return _reject(prompt, source, "no answer ends")
    fit = [item for item in closed if not item.broken]
    if not fit:
        return _reject(prompt, source, "every answer that ends breaks the policy", closed[0].text)
    best = max(fit, key=_total)
    worst = min(whole, key=_total)
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


def candidates(
    prompt: Prompt, answers: Sequence[Answer], settings: SamplingSpec, policy: Policy | None = None
) -> list[Candidate]:
    """A prompt's answers and, where the spec asks for them, their first sentences, each judged by the rubric."""
    found = []
    for answer in answers:
        name = f"answer {answer.index + 1}"
        found.append(_candidate(prompt, answer.text, answer.ended, True, name, settings, policy))
        for count, prefix in enumerate(complete_prefixes(answer.text, settings.trim_to_sentences), 1):
            if prefix.strip() != answer.text.strip() or not answer.ended:
                origin = f"{name} up to sentence {count}"
                found.append(_candidate(prompt, prefix, True, False, origin, settings, policy))
    return found


def _candidate(
    prompt: Prompt, text: str, ended: bool, whole: bool, origin: str, settings: SamplingSpec, policy: Policy | None
) -> Candidate:
    judged = judge(settings.rubric, prompt.text, text)
    broken = tuple(broken_rules(policy, prompt.text, text)) if policy is not None else ()
    if not text.strip():  # an empty answer is no answer, however concise
        judged = Judged(total=None, values=judged.values)
    elif broken and judged.total is not None:
        judged = Judged(total=0.0, values=judged.values)
        origin += f" (breaks {', '.join(broken)})"
    return Candidate(text, ended, whole, origin, judged, broken)


def _total(candidate: Candidate) -> float:
    assert candidate.judged.total is not None
    return candidate.judged.total


def _reject(prompt: Prompt, source: str, reason: str, excerpt: str = "") -> Reject:
    return Reject(source=source, row=prompt.id, reason=reason, excerpt=excerpt[:120])
