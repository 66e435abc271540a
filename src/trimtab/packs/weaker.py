"""Whether a rule asks for less than the one above that it was laid over."""

from collections.abc import Sequence

from ..policy import breaks_checks, may_apply
from ..records import PackRule, Policy, Rule
from .strings import strings_of

_WEIGHT = {"info": 0, "warn": 1, "block": 2}
_STRICTER = {("avoid", "refuse"), ("avoid", "redirect")}
"""What may take the place of what."""
Weakness = tuple[str, str]
"""In which way, and the prompt or answer that shows it, if one does."""


def weaker(above: PackRule, below: PackRule, prompts: Sequence[str]) -> list[Weakness]:
    """Every way in which a rule asks for less than the one above. A permission asks for nothing."""
    if above.permits:
        return []
    if below.permits:
        return [("it permits what is demanded or forbidden above", "")]
    found: list[Weakness] = []
    if _WEIGHT[below.severity] < _WEIGHT[above.severity]:
        found.append((f"its severity is {below.severity}, and above {above.severity}", ""))
    if below.requires != above.requires and (above.requires, below.requires) not in _STRICTER:
        found.append((f"it requires {below.requires}, and above {above.requires}", ""))
    if below.by != above.by:
        found.append((f"it is the work of {below.by}, and above of {above.by}", ""))
    if left := [each for each in above.modality if each not in below.modality]:
        found.append((f"it is not about {', '.join(left)}", ""))
    if below.audience is not None and below.audience != above.audience:
        found.append((f"it is for {below.audience}s alone", ""))
    if below.answers_in and not {*(above.answers_in or above.languages)} <= {*below.answers_in}:
        found.append((f"it is about answers in {', '.join(below.answers_in)} alone", ""))
    if added := [each for each in below.except_rules if each not in above.except_rules]:
        found.append((f"it takes out what {', '.join(added)} is about", ""))
    return [*found, *_scope(above, below, prompts), *_checks(above, below)]


def _scope(above: PackRule, below: PackRule, prompts: Sequence[str]) -> list[Weakness]:
    """A prompt that the rule above is about and this one is not."""
    if (above.when, above.unless) == (below.when, below.unless):
        return []
    one, other = _alone(above), _alone(below)
    made = [
        " ".join(pattern[0] for pattern in parts) for parts in [[strings_of(each) for each in above.when]] if all(parts)
    ]
    made += [text for each in above.when for text in strings_of(each)]
    made += [
        " ".join([*made[:1], text]) for each in below.unless if each not in above.unless for text in strings_of(each)
    ]
    for prompt in dict.fromkeys((*above.examples.about, *prompts, *made, *([] if above.when else ["Hello."]))):
        if may_apply(one, one.rules[0], prompt) and not may_apply(other, other.rules[0], prompt):
            return [(f"it is not about “{prompt}”, and the rule above is", prompt)]
    return []


def _checks(above: PackRule, below: PackRule) -> list[Weakness]:
    """A check that is gone, or an answer that broke the rule above and does not break this one."""
    gone = [check for check in above.checks if check not in below.checks]
    if not gone:
        return []
    if len(below.checks) < len(above.checks):
        return [("a check of it is gone", "")]
    one, other = _alone(above), _alone(below)
    answers = [shown.answer for shown in above.examples.bad]
    answers += [text for check in gone if check.contains for text in strings_of(check.contains)]
    answers += [text for check in below.checks if check.lacks for text in strings_of(check.lacks)]
    for answer in answers:
        if (
            breaks_checks(one, one.rules[0], "", answer).value == 1.0
            and breaks_checks(other, other.rules[0], "", answer).value != 1.0
        ):
            return [(f"“{answer}” breaks the rule above, and not this one", answer)]
    for check in gone:
        same = [each for each in below.checks if each.scorer == check.scorer and check.scorer is not None]
        for each in same:
            looser = (check.at_least is not None and each.at_least is not None and each.at_least > check.at_least) or (
                check.at_most is not None and each.at_most is not None and each.at_most < check.at_most
            )
            if looser:
                return [(f"its limit of {each.scorer.name if each.scorer else ''} is looser", "")]
    return []


def _alone(rule: PackRule) -> Policy:
    """The rule by itself, as a policy that asks no other."""
    given = {name: getattr(rule, name) for name in Rule.model_fields}
    return Policy(name="one", rules=(Rule(**{**given, "text": rule.text or rule.id, "except_rules": ()}),))
