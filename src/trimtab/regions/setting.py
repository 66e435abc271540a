"""One region with all that was heard in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..records import TOGETHER, Answer
from ..scorers import tongue_name, tongue_of
from .given import Asked, RegionRules
from .heard import Ears, Heard, InRegion, hear, together

OTHERS = ""
"""All other regions, as `of` of what is shown."""


@dataclass(frozen=True)
class Setting:
    """A region, the prompts asked in it, and by subject the answers to them, in that order, with what was heard.

    `kept` are by subject and rule, TOGETHER among them; `shown` by subject and (region, rule), with (region, TOGETHER)
    and (OTHERS, TOGETHER) among them.
    """

    rules: RegionRules
    asked: tuple[Asked, ...]
    answers: Mapping[str, Sequence[Answer]]
    heard: Mapping[str, InRegion]
    kept: Mapping[str, Mapping[str, Heard]]
    shown: Mapping[str, Mapping[tuple[str, str], Heard]]

    @property
    def name(self) -> str:
        """The region's."""
        return self.rules.name

    @property
    def languages(self) -> dict[str, int]:
        """How many prompts are in each language, by its name; "" where nothing tells."""
        found: dict[str, int] = {}
        for each in self.asked:
            code = tongue_of(each.prompt.text)
            name = tongue_name(code) if code else ""
            found[name] = found.get(name, 0) + 1
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def ways(self, subject: str, *, own: bool = False) -> dict[tuple[str, str], Heard]:
        """What is heard of single ways: of other regions, or of the region's own beyond its prompts."""
        return {key: each for key, each in self.heard[subject].shown.items() if (key[0] == self.name) is own}


def setting_of(
    rules: RegionRules,
    regions: Sequence[RegionRules],
    asked: Sequence[Asked],
    answers: Mapping[str, Mapping[str, Answer]],
    ears: Ears,
) -> Setting:
    """A region with what every subject's answers show in it; `asked` are the prompts asked there."""
    said = {subject: [given[each.prompt.id] for each in asked] for subject, given in answers.items()}
    heard = {subject: hear(rules, regions, asked, each, ears) for subject, each in said.items()}
    counted = [rule.id for rule in rules.policy.rules if rule.severity != "info"]
    count = len(asked)
    return Setting(
        rules=rules,
        asked=tuple(asked),
        answers=said,
        heard=heard,
        kept={
            subject: {TOGETHER: together([each.kept[name] for name in counted], count, kept=True), **each.kept}
            for subject, each in heard.items()
        },
        shown={subject: {**_taken_together(rules, each, count), **each.shown} for subject, each in heard.items()},
    )


def _taken_together(rules: RegionRules, heard: InRegion, count: int) -> dict[tuple[str, str], Heard]:
    """What is shown of each region's ways, and of all others', as one."""
    others = [each for (of, _), each in heard.shown.items() if of != rules.name]
    found = {(OTHERS, TOGETHER): together(others, count, kept=False)}
    for name in dict.fromkeys(of for of, _ in heard.shown):
        some = [each for (of, _), each in heard.shown.items() if of == name]
        found[name, TOGETHER] = together(some, count, kept=False)
    return found
