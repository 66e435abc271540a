"""Pairs of answers that a run sampled, and which items nobody can judge."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ..records import Answer, Message, Prompt
from .records import NewItem, Side

Spoken = tuple[tuple[Message, ...], str, str, int]
"""A prompt, an answer's text, whose it is, and its severity."""
ALIKE = "whose two answers are the same text"
ALONE = "with no answer to the same prompt on the other side"
NOTHING_SAID = "without an answer that could be judged"
_NO_NUL = "with a sign that no database keeps (NUL)"
SAMPLED = "sample"
"""Whose a sampled answer is."""


def in_pairs(said: Iterable[Spoken], left: Counter[str]) -> Iterator[NewItem]:
    """The first with the second answer to a prompt, the third with the fourth, and so on."""
    prompts: dict[tuple[Message, ...], list[Spoken]] = {}
    for each in said:
        prompts.setdefault(each[0], []).append(each)
    for prompt, some in prompts.items():
        for one, other in zip(some[::2], some[1::2], strict=False):
            yield NewItem(prompt, (Side(one[1], one[2]), Side(other[1], other[2])))
        left[ALONE] += len(some) % 2


def spoken_of(
    prompts: Sequence[Prompt], answers: Sequence[Answer], source: str, left: Counter[str]
) -> Iterator[Spoken]:
    """Answers, the thought taken off, with their prompts; what a server withheld is counted."""
    known = {prompt.id: prompt.messages for prompt in prompts}
    for answer in answers:
        if answer.withheld or answer.prompt_id not in known:
            left[NOTHING_SAID] += 1
        else:
            yield known[answer.prompt_id], answer.text, source, 1


def can_be_judged(item: NewItem, left: Counter[str]) -> bool:
    """Whether people can be asked about it; why not is counted."""
    texts = [side.text for side in item.sides]
    why = ""
    if not all(text.strip() for text in texts):
        why = NOTHING_SAID
    elif "\0" in "".join([*texts, *(turn.content for turn in item.prompt)]):
        why = _NO_NUL
    elif len(texts) > 1 and len(set(texts)) == 1:
        why = ALIKE
    if why:
        left[why] += 1
    return not why
