"""What a reader should know of some answers before believing figures of them: who gave them, which are not there."""

from collections import Counter
from collections.abc import Sequence

from ..records import Answer, answered

FEWEST = 4
"""Prompts with several answers each under which equal ones may be chance."""


def notes_of(answers: Sequence[Answer], temperature: float) -> list[str]:
    """Sentences on answers that were drawn at a temperature: equal ones, several models under one name, what cannot be
    judged and why, and how many begin with a thought that is not a part of the answer."""
    parted = answered(answers)
    found = [*_equal(answers, temperature), *_served(answers)]
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
    return found


def _why(answers: Sequence[Answer], kind: str) -> str:
    why = next((each.why for each in answers if each.withheld == kind and each.why), "")
    return f" ({why[:120]})" if why else ""


def _equal(answers: Sequence[Answer], temperature: float) -> list[str]:
    by_prompt: dict[str, list[Answer]] = {}
    for each in answers:
        by_prompt.setdefault(each.prompt_id, []).append(each)
    some = [texts for texts in by_prompt.values() if len(texts) > 1 and not any(each.outcome for each in texts)]
    if temperature <= 0 or len(some) < FEWEST or any(len({each.text for each in texts}) > 1 for texts in some):
        return []
    return [
        f"all answers to one prompt are the same, for each of {len(some)} prompts, at temperature {temperature:g}: "
        "what answers is greedy, and so many answers are worth one"
    ]


def _served(answers: Sequence[Answer]) -> list[str]:
    by = Counter(each.served for each in answers if each.served)
    if len(by) < 2:
        return []
    return ["under one name have answered " + ", ".join(f"{name} ({count})" for name, count in by.most_common(4))]
