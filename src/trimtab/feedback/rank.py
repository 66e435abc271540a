"""From several answers to one prompt to a ranking: a reward model learns more from it than from best and worst."""

from collections.abc import Sequence

from ..records import Message, Prompt, Provenance, Ranking
from .compare import JUDGE, Candidate

MOST_RANKED = 6
"""Candidates of a ranking, spread evenly from the best to the worst: 15 pairs, at the cost of 6 answers."""


def rank(prompt: Prompt, found: Sequence[Candidate], source: str) -> Ranking | None:
    """The prompt's judged candidates, best first, each with marks of its own; None where no two differ."""
    by_marks: dict[float, str] = {}
    for item in found:
        if item.judged.total is not None:
            by_marks.setdefault(round(item.judged.total, 6), item.text.strip())
    if len(set(by_marks.values())) < 2:
        return None
    order = sorted(by_marks, reverse=True)
    count = min(MOST_RANKED, len(order))
    picked = [order[round(i * (len(order) - 1) / (count - 1))] for i in range(count)] if count > 1 else order
    texts = list(dict.fromkeys(by_marks[marks] for marks in picked))
    return Ranking(
        id=prompt.id,
        prompt=prompt.messages,
        completions=tuple((Message(role="assistant", content=text),) for text in texts),
        ranks=tuple(range(1, len(texts) + 1)),
        provenance=Provenance(source=source, judge=JUDGE, why="marks " + ", ".join(f"{marks:.2f}" for marks in picked)),
    )
