"""A pack as of a day to a plain policy, which everything else takes."""

from dataclasses import dataclass
from datetime import date

from ..errors import UserError
from ..records import Audience, Policy, Requires, Rule
from .lineage import Bound, Lineage, bound_on, combined
from .weaker import weaker

PROHIBITIONS: frozenset[Requires] = frozenset({"avoid", "refuse"})


@dataclass(frozen=True)
class Resolved:
    """What of a pack a model can be held to on a day, and which of its rules are not in it, each with why."""

    policy: Policy
    day: date
    left_out: tuple[tuple[str, str], ...]

    @property
    def told(self) -> str:
        """In a sentence: the day, how many rules, and what became of the others."""
        count = len(self.policy.rules)
        told = f"{self.policy.name} as of {self.day}: {count} rule{'' if count == 1 else 's'} for the model"
        others = "; ".join(f"{name} ({why})" for name, why in self.left_out)
        return f"{told}, not among them {others}" if others else told


def resolve(lineage: Lineage, day: date | None = None, audience: Audience | None = None) -> Resolved:
    """The rules of a pack that bind a model on a day (the pack's own, else today) before an audience (the pack's own).

    Raises UserError where a rule is weaker than the one above without a written reason, and where nothing is left.
    """
    pack = lineage.pack
    day, audience = day or pack.as_of or date.today(), audience or pack.audience
    rules, left = [], []
    for bound in bound_on(lineage, day):
        _demand_it_holds(bound, lineage)
        why = _not_the_models(bound, audience)
        if why is None:
            rules.append(bound)
        else:
            left.append((bound.rule.id, why))
    if not rules:
        raise UserError(
            f"The pack {pack.name} as of {day}.",
            "It has no rule for the model on that day" + (f": {'; '.join(map(': '.join, left))}." if left else "."),
            "Give another day, or a pack with rules for the model.",
        )
    known = {bound.rule.id for bound in rules if not bound.rule.except_rules}
    return Resolved(
        Policy(
            name=pack.name,
            preamble=pack.preamble,
            languages=lineage.languages,
            rules=tuple(plain(bound, known) for bound in rules),
        ),
        day,
        tuple(left),
    )


def plain(bound: Bound, known: set[str] | frozenset[str]) -> Rule:
    """A rule of a pack as one of a policy; exceptions for rules that are not in it take nothing out."""
    given = {name: getattr(bound.rule, name) for name in Rule.model_fields}
    given["text"] = bound.rule.text or bound.rule.id
    given["except_rules"] = tuple(name for name in bound.rule.except_rules if name in known)
    given["unverified"] = bound.rule.standing == "unverified"
    return Rule(**given)


def _not_the_models(bound: Bound, audience: Audience | None) -> str | None:
    rule = bound.rule
    if rule.permits:
        return "a permission"
    if rule.by != "model":
        return f"work of {'the server' if rule.by == 'server' else 'people'}"
    if "text" not in rule.modality:
        return f"about {', '.join(rule.modality)}"
    if rule.audience is not None and rule.audience != audience:
        return f"for {rule.audience}s"
    return None


def _demand_it_holds(bound: Bound, lineage: Lineage) -> None:
    """Raises UserError where a rule is weaker than the one above, or sets a parameter otherwise, without a reason."""
    if bound.above is None or bound.rule.narrows:
        return
    for name, value in bound.above.rule.settings.items():
        below = bound.rule.settings[name]
        if combined(lineage.combine.get(name), value, below) is None and not bound.above.rule.permits:
            raise UserError(
                f"The rule {bound.name} sets {name} to {below}; {bound.above.name}, which it extends, to {value}.",
                "Nothing says how the two are put together.",
                f"Declare `combine: {{{name}: min}}` (or max, union), or write the reason under `narrows`.",
            )
    how = weaker(bound.above.rule, bound.rule, ())
    if how:
        raise UserError(
            f"The rule {bound.name} is weaker than {bound.above.name}, which it extends: {how[0][0]}.",
            "What a pack above forbids or demands cannot be taken back below.",
            "Leave it out, make it as strict, or write the reason under `narrows`.",
        )
