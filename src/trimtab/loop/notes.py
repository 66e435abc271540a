"""What a reader should know of some answers before believing figures of them: who gave them, which are not there."""

from collections import Counter
from collections.abc import Iterable, Sequence

from ..records import Answer, answered, several_served

FEWEST = 4
"""Answers that repeat another, at least, for it to be told: fewer may be chance."""
MOST = 0.5
"""Share of the prompts beyond which it is told that the answers to each are the same."""


def notes_of(answers: Sequence[Answer], temperature: float) -> list[str]:
    """Sentences on answers that were drawn at a temperature: equal ones, several models under one name, what cannot be
    judged and why, how many begin with a thought that is not a part of the answer, and of how many it is not known
    whether they were cut."""
    parted = answered(answers)
    served = several_served(each.served for each in answers)
    found = [*_equal(answers, temperature), *([served] if served else [])]
    withheld = Counter(each.withheld for each in parted if each.withheld)
    withheld["empty"] = sum(not each.text.strip() and not each.withheld and each.outcome is None for each in parted)
    refused = sum(each.outcome == "refused" for each in parted)
    thought = sum(bool(each.thought) and not each.withheld for each in parted)
    if refused:
        found.append(f"{refused} of {len(parted)} are refusals by the API's own word")
    if told := ", ".join(f"{count} {kind}{_why(parted, kind)}" for kind, count in withheld.items() if count):
        found.append(f"of {len(parted)} answers there are {told}")
    if thought:
        found.append(f"{thought} of {len(parted)} begin with a thought; what follows it is the answer")
    if untold := sum(not each.end_told and not each.withheld for each in parted):
        found.append(f"{untold} of {len(parted)}: the server does not say whether they ended or were cut")
    return [*found, *_alike(parted)]


def _why(answers: Sequence[Answer], kind: str) -> str:
    why = next((each.why for each in answers if each.withheld == kind and each.why), "")
    return f" ({why[:120]})" if why else ""


def same_said(groups: Iterable[Sequence[str]], temperature: float, what: str) -> str:
    """A sentence on texts drawn several times, grouped by what they were drawn for (`what`, such as "prompt"), where
    most are the same: a server may be greedy whatever it is told; "" where they are not, or may be by chance."""
    some = [texts for texts in groups if len(texts) > 1]
    same = [texts for texts in some if len(set(texts)) == 1]
    if temperature <= 0 or sum(len(texts) - 1 for texts in same) < FEWEST or len(same) <= MOST * len(some):
        return ""
    return (
        f"all answers to one {what} are the same, for {len(same)} of {len(some)} {what}s, at temperature "
        f"{temperature:g}: what answers is greedy, or nearly so, and so many answers are worth one"
    )


def _equal(answers: Sequence[Answer], temperature: float) -> list[str]:
    by_prompt: dict[str, list[str]] = {}
    for each in answers:
        if each.outcome is None:
            by_prompt.setdefault(each.prompt_id, []).append(each.text)
    told = same_said(by_prompt.values(), temperature, "prompt")
    return [told] if told else []


def _alike(answers: Sequence[Answer]) -> list[str]:
    """One answer to every prompt: what answers may never have been given the prompts."""
    said = [each for each in answers if not each.withheld]
    prompts, texts = len({each.prompt_id for each in said}), {each.text for each in said}
    if prompts - 1 < FEWEST or len(texts) > 1 or not (text := " ".join(next(iter(texts)).split())):
        return []
    return [f"all {prompts} prompts have one answer: {text[:80]!r}"]
