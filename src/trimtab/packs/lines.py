"""What is wrong within one pack and those that it extends: weaker rules, dead ones, gaps in time."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from ..policy import may_apply
from ..records import PackRule
from .figures import one_thing
from .lineage import Bound, Lineage, combined
from .meeting import ANY, Held, found_in
from .resolve import PROHIBITIONS
from .strings import strings_of
from .weaker import weaker

Told = tuple[str, str, tuple[str, ...], str, str, str]
"""Of a finding: id, severity, rules, what it says, the witness, the remedy."""
WEAKER, DEAD, GAP = "weaker-child", "dead-rule", "gap-in-time"


def weaker_children(held: Sequence[Held], prompts: Sequence[str]) -> Iterator[Told]:
    """Rules that ask for less than the one above without a written reason; permissions of what is forbidden above."""
    for each in held:
        bound, above = each.bound, each.bound.above
        if above is not None and not bound.rule.narrows:
            for told, witness in weaker(above.rule, bound.rule, prompts)[:1]:
                remedy = "Leave it out, make it as strict, or write the reason under `narrows`."
                shown = witness or _example(above.rule, bound.rule)
                yield WEAKER, "block", (bound.name, above.name), f"{_sentence(told)}.", shown, remedy
        if not bound.rule.permits:
            continue
        for other in held:
            ban = other.bound
            forbids = not ban.rule.permits and ban.rule.requires in PROHIBITIONS and ban.rule.done == bound.rule.done
            over = ban.pack != bound.pack and any(one.name == ban.pack for one in _of(each.lineage, bound.pack).line)
            if forbids and (over or ban.pack == bound.pack):
                told = f"It permits {bound.rule.done}, which is forbidden above; the permission is without effect."
                yield WEAKER, "block", (bound.name, ban.name), told, _first(ban), "Leave the permission out."


def own_parameters(lineage: Lineage) -> Iterator[Told]:
    """Parameters that a rule sets otherwise than the one above: longer where the shorter holds, or with no operator."""
    above: dict[str, tuple[str, PackRule]] = {}
    for each in lineage.line:
        for rule in each.pack.rules:
            name = f"{each.name}/{rule.id}"
            before, known = above.get(rule.id), dict(rule.settings)
            if before is not None and each.has(before[0].split("/")[0]) and before[0].split("/")[0] != each.name:
                for key, value in rule.settings.items():
                    old = before[1].settings.get(key)
                    if old is None or old == value or rule.narrows:
                        continue
                    put = combined(lineage.combine.get(key), old, value)
                    if put is None:
                        told = (
                            f"It sets {key} to {value}, above it is {old}, and nothing says how they are put together."
                        )
                        remedy = (
                            f"Declare `combine: {{{key}: min}}` (or max, union), or write the reason under `narrows`."
                        )
                        yield (
                            "incomparable-parameters",
                            "block",
                            (name, before[0]),
                            told,
                            _example(rule, before[1]),
                            remedy,
                        )
                    elif put == old and lineage.combine.get(key) != "union":
                        told = f"It sets {key} to {value}, and {old} from above holds."
                        yield (
                            WEAKER,
                            "warn",
                            (name, before[0]),
                            told,
                            str(value),
                            "Leave it out, or narrow with a reason.",
                        )
                known = {**before[1].settings, **known}
            above[rule.id] = (name, rule)


def dead_rules(held: Sequence[Held], prompts: Sequence[str]) -> Iterator[Told]:
    """Rules that no prompt can be about, or none of those that are there."""
    for each in held:
        rule = each.bound.rule
        if not (rule.when or rule.unless or rule.except_rules) or rule.permits:
            continue
        own = [prompt for prompt in rule.examples.prompts if prompt not in rule.examples.beside]
        usual = () if rule.when else (ANY,)
        if any(_finds(each, prompt) for prompt in (*own, *prompts, *usual)):
            continue
        if rule.when and each.made and not own:
            continue  # nobody gave a prompt of its kind, and there can be one
        told = "None of its own examples is one that it is about" if own else "No prompt can be one that it is about"
        shown = own[0] if own else _wanted(rule)
        remedy = "Correct `when`, `unless` or except_rules, or leave the rule out."
        yield DEAD, "warn", (each.bound.name,), f"{told}{_because(each, shown)}.", shown or " ".join(rule.when), remedy


def _finds(held: Held, prompt: str) -> bool:
    """Whether the rule's patterns are about a prompt, whatever its examples say."""
    return may_apply(held.among, held.among.rule(held.bound.rule.id), prompt)


def _wanted(rule: PackRule) -> str:
    """The shortest text that all patterns of `when` are found in; empty where none is known."""
    texts = [strings_of(pattern) for pattern in rule.when]
    text = " ".join(each[0] for each in texts) if texts and all(texts) else ""
    return text if text and all(found_in(pattern, text) for pattern in rule.when) else ""


def _because(held: Held, prompt: str) -> str:
    """What keeps a rule from being about a prompt."""
    rule = held.bound.rule
    if not prompt:
        return ": no text is known in which all of `when` is found" if rule.when else ""
    if not all(found_in(pattern, prompt) for pattern in rule.when):
        return f": `when` does not find “{prompt}”"
    if any(found_in(pattern, prompt) for pattern in rule.unless):
        return f": `unless` takes out what `when` finds, as “{prompt}”"
    return f": `except_rules` ({', '.join(rule.except_rules)}) takes out “{prompt}”" if rule.except_rules else ""


def never_in_force(lineage: Lineage) -> Iterator[Told]:
    """Rules whose days lie outside those of their pack."""
    pack = lineage.pack
    for rule in pack.rules:
        name = f"{lineage.name}/{rule.id}"
        if pack.audience is not None and rule.audience not in (None, pack.audience):
            told = f"It is for {rule.audience}s, and its pack for {pack.audience}s alone."
            yield DEAD, "warn", (name,), told, str(rule.audience), "Correct `audience`, or leave the rule out."
        late = rule.applies_from is not None and pack.until is not None and rule.applies_from > pack.until
        early = rule.until is not None and pack.applies_from is not None and rule.until < pack.applies_from
        if late or early:
            told = (
                f"It binds from {rule.applies_from}, and its pack ends on {pack.until}."
                if late
                else f"It ends on {rule.until}, and its pack binds from {pack.applies_from}."
            )
            day = str(rule.applies_from if late else rule.until)
            yield DEAD, "warn", (name,), told, day, "Correct the dates, or leave the rule out."


def gaps(lineage: Lineage) -> Iterator[Told]:
    """Days on which an act has no rule between two that have, and packs that begin late or end early."""
    pack = lineage.pack
    above = {(rule.done, rule.requires) for each in lineage.line[:-1] for rule in each.pack.rules if rule.until is None}
    acts: dict[str, list[tuple[str, PackRule]]] = {}
    for rule in pack.rules:
        acts.setdefault(_version_of(rule, pack.rules), []).append((f"{pack.name}/{rule.id}", rule))
    for each in lineage.line[:-1]:
        for rule in each.pack.rules:
            if rule.until is not None and any(own.id == rule.id for _, own in acts.get(rule.done, ())):
                acts[rule.done].append((f"{each.name}/{rule.id}", rule))
    for rules in acts.values():
        covered: tuple[str, date] | None = None
        for name, rule in sorted(rules, key=lambda one: one[1].applies_from or date.min):
            start, end = rule.applies_from or date.min, rule.until or date.max
            ended = covered is not None and covered[1] < date.max and start > covered[1] + timedelta(1)
            if covered is not None and ended and (rule.done, rule.requires) not in above:
                day = covered[1] + timedelta(1)
                told = f"From {day} to {start - timedelta(1)} neither is in force."
                remedy = "Correct `until` or `applies_from`, or add what holds between."
                yield GAP, "warn", (covered[0], name), told, str(day), remedy
            if covered is None or end >= covered[1]:
                covered = (name, end)
    for rule in pack.rules:
        if rule.applies_from is not None and pack.applies_from is not None and rule.applies_from < pack.applies_from:
            told = f"It binds from {rule.applies_from}, and its pack is in force from {pack.applies_from} only."
            remedy = "Let the pack begin earlier."
            yield GAP, "warn", (f"{pack.name}/{rule.id}",), told, str(rule.applies_from), remedy
    for each in lineage.line[:-1]:
        ends = each.pack.until
        if ends is not None and (pack.until is None or pack.until > ends):
            told = f"{each.name}, which {pack.name} extends, ends on {ends}, and its rules with it."
            first = str(ends + timedelta(1))
            yield GAP, "warn", (pack.name, each.name), told, first, "Extend its successor, or end with it."
        begins = each.pack.applies_from
        if begins is not None and (pack.applies_from is None or pack.applies_from < begins):
            told = f"{each.name}, which {pack.name} extends, is in force from {begins} only."
            first = str(begins - timedelta(1))
            yield GAP, "info", (pack.name, each.name), told, first, "Nothing, if that is what is meant."


def _version_of(rule: PackRule, rules: Sequence[PackRule]) -> str:
    """The act of a rule; of one that begins after another has ended and says the same of the same prompts by another
    name, that one's."""
    for other in rules:
        follows = rule.applies_from is not None and other.until is not None and other.until < rule.applies_from
        alike = (other.requires, other.when, other.act) == (rule.requires, rule.when, rule.act)
        if follows and alike and one_thing(other.text, rule.text):
            return _version_of(other, rules)
    return rule.done


def _of(lineage: Lineage, name: str) -> Lineage:
    return next((each for each in lineage.line if each.name == name), lineage)


def _first(bound: Bound) -> str:
    return next(iter(bound.rule.examples.prompts), ANY)


def _example(*rules: PackRule) -> str:
    return next((prompt for rule in rules for prompt in rule.examples.prompts), ANY)


def _sentence(told: str) -> str:
    return f"{told[:1].upper()}{told[1:]}"
