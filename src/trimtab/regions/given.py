"""What a matrix is computed of: prompts with their region, and each region's rules as they bind on a day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ..packs import Lineage, bound_on, resolve
from ..records import Audience, Policy, Prompt, Value
from ..scorers import Opened, Points

COMMON = "common"
"""The region of prompts that are of none."""
ELSEWHERE = "elsewhere"
"""The kind of a region's prompts that name another place, claim to be there, or switch the language."""


@dataclass(frozen=True)
class Asked:
    """A prompt and the region that it is of, or COMMON. One of a region is asked there, a common one everywhere."""

    prompt: Prompt
    region: str


@dataclass(frozen=True)
class RegionRules:
    """A region's rules, for the model, on a day.

    `acts` gives what each rule is about by its id, where that is another word, `settings` its parameters, and `permits`
    are acts that the region allows and does not demand. `opened` holds the scorers of checks that are not offline,
    `points` those of the prompts that are asked there. `left_out` are rules that are not the model's work, each with
    why.
    """

    name: str
    policy: Policy
    acts: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    permits: frozenset[str] = frozenset()
    opened: Opened = field(default_factory=dict)
    points: Points | None = None
    day: date | None = None
    left_out: tuple[tuple[str, str], ...] = ()

    def act(self, rule: str) -> str:
        """What a rule is about."""
        return self.acts.get(rule, rule)


def rules_of_pack(
    name: str,
    lineage: Lineage,
    day: date | None = None,
    audience: Audience | None = None,
    *,
    opened: Opened | None = None,
    points: Points | None = None,
) -> RegionRules:
    """A region's rules by its pack, as `packs.resolve` binds them. Raises UserError as that does."""
    resolved = resolve(lineage, day, audience)
    bound = bound_on(lineage, resolved.day)
    return RegionRules(
        name=name,
        policy=resolved.policy,
        acts={each.rule.id: each.rule.done for each in bound},
        settings={each.rule.id: each.rule.settings for each in bound},
        permits=frozenset(each.rule.done for each in bound if each.rule.permits),
        opened=opened or {},
        points=points,
        day=resolved.day,
        left_out=resolved.left_out,
    )


def rules_of_policy(
    name: str, policy: Policy, *, opened: Opened | None = None, points: Points | None = None
) -> RegionRules:
    """A region's rules by a plain policy, each about what its id says."""
    return RegionRules(name=name, policy=policy, opened=opened or {}, points=points)
