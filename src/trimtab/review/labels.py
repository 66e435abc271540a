"""From what people said of pairs to labels that a judge is held against: one row an item."""

from ..errors import UserError, option
from ..records import Message, PairJudgement, PeopleLabel, PeopleVotes
from .taught import Heard, Reviewed

_VOTES = {"first": "a", "second": "b", "tie": "tie", "both bad": "both_bad"}


def labels_of(found: Heard, per_item: int = 1) -> tuple[PeopleLabel, ...]:
    """The pairs of which at least `per_item` people could tell something, in the order in which they were judged first;
    an item that a lead settled has the lead's word alone. A second showing counts for nobody.

    Raises UserError where the task is not one of pairs.
    """
    if found.task.kind != "pair":
        raise UserError(
            f"The task {found.task.title!r} is of the kind {found.task.kind}.",
            "A judge is held against people's choices between two answers.",
            f"Name a task of pairs by {option('task')}.",
        )
    votes: dict[str, dict[str, int]] = {}
    about: dict[str, Reviewed] = {}
    settled: set[str] = set()
    for each in found.reviewed:
        said = each.judgement
        if said.showing > 1 or not isinstance(said.said, PairJudgement) or said.said.choice not in _VOTES:
            continue
        vote = _VOTES[said.said.choice]
        counts = votes.setdefault(said.item, {})
        counts[vote] = counts.get(vote, 0) + 1
        about.setdefault(said.item, each)
        if said.showing == 0:
            settled.add(said.item)
    return tuple(
        PeopleLabel(
            item=item,
            prompt=_told(about[item].prompt),
            answer_a=about[item].answers[0],
            answer_b=about[item].answers[1],
            people=PeopleVotes(**counts),
        )
        for item, counts in votes.items()
        if item in settled or sum(counts.values()) >= per_item
    )


def _told(prompt: tuple[Message, ...]) -> str | tuple[Message, ...]:
    return prompt[0].content if len(prompt) == 1 and prompt[0].role == "user" else prompt
