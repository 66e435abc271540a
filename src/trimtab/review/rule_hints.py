"""Of each answer the policy rule of which its checks are least sure: near their threshold, or unable to judge it."""

from collections.abc import Sequence
from dataclasses import replace

from ..policy import Margin, margins, unasked
from ..records import Policy, asked_of
from .records import Gathered, Hint, NewItem

SURE = 0.95
"""The chance of what a check says that lies as far from its threshold as can be."""


def hinted_by_rules(found: Gathered, policy: Policy) -> Gathered:
    """Items whose answers are flagged, each with its least sure rule, as far as checks that are offline tell.

    A rule without checks is left out: it is as unsure of every answer. Of files of media nothing is known.
    """
    rules = [rule for rule in policy.rules if rule.checks]
    places = [place for place, item in enumerate(found.items) if item.modality == "text"]
    if not rules or not places:
        return found
    rows = [(asked_of(found.items[place].prompt), found.items[place].sides[0].text) for place in places]
    judged = {rule.id: margins(policy, rule, rows, unasked(policy)) for rule in rules}
    items = list(found.items)
    for row, place in enumerate(places):
        items[place] = _with(items[place], [(name, each[row]) for name, each in judged.items()])
    return replace(found, items=tuple(items))


def _with(item: NewItem, judged: Sequence[tuple[str, Margin | None]]) -> NewItem:
    """The item with the rule whose chance is nearest to a half; where no rule is about it, that of a rule kept."""
    chances = [(name, _chance(margin), margin.why) for name, margin in judged if margin is not None]
    name, chance, why = min(chances, key=lambda each: abs(each[1] - 0.5), default=("", 1 - SURE, ""))
    hint = item.hint or Hint()
    return replace(item, hint=hint.model_copy(update={"rule": name, "broken": chance, "unsure": why}))


def _chance(margin: Margin) -> float:
    if margin.broken is None:
        return 0.5
    sure = 0.5 + (SURE - 0.5) * min(1.0, margin.by)
    return sure if margin.broken else 1 - sure
