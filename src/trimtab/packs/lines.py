"""What is wrong within one pack and those that it extends: weaker rules, dead ones, gaps in time, languages unseen."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from ..records import PackRule
from .lineage import Bound, Lineage, combined
from .meeting import ANY, Held
from .resolve import PROHIBITIONS
from .weaker import weaker

Told = tuple[str, str, tuple[str, ...], str, str, str]
"""Of a finding: id, severity, rules, what it says, the witness, the remedy."""
WEAKER, DEAD, GAP, UNSEEN = "weaker-child", "dead-rule", "gap-in-time", "language-unchecked"
_SCRIPTS = {"ja": ("HIRAGANA", "KATAKANA", "CJK"), "zh": ("CJK",), "ko": ("HANGUL",), "hi": ("DEVANAGARI",)}
_SCRIPTS |= {"ru": ("CYRILLIC",), "ar": ("ARABIC",), "el": ("GREEK",), "he": ("HEBREW",), "th": ("THAI",)}
"""What a pattern for a language is written in, where that is not Latin."""


def weaker_children(held: Sequence[Held], prompts: Sequence[str]) -> Iterator[Told]:
    """Rules that ask for less than the one above without a written reason; permissions of what is forbidden above."""
    for each in held:
        bound, above = each.bound, each.bound.above
        if above is not None and not bound.rule.narrows:
            for told, witness in weaker(above.rule, bound.rule, prompts)[:1]:
                remedy = "Leave it out, make it as strict, or write the reason under `narrows`."
                yield WEAKER, "block", (bound.name, above.name), f"{_sentence(told)}.", witness, remedy
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
        own = rule.examples.prompts
        usual = () if rule.when else (ANY,)
        if any(each.about(prompt) for prompt in (*own, *prompts, *usual)):
            continue
        made = each.made if rule.when else []
        if rule.when and made and not own:
            continue  # nobody gave a prompt of its kind, and there can be one
        tried = (*own, *prompts)
        told = "None of its own examples is one that it is about." if own else "No prompt can be one that it is about."
        told += f" {len(tried)} were tried." if tried else ""
        remedy = "Correct `when`, `unless` or except_rules, or leave the rule out."
        yield DEAD, "warn", (each.bound.name,), told, tried[0] if tried else " ".join(rule.when), remedy


def never_in_force(lineage: Lineage) -> Iterator[Told]:
    """Rules whose days lie outside those of their pack."""
    pack = lineage.pack
    for rule in pack.rules:
        late = rule.applies_from is not None and pack.until is not None and rule.applies_from > pack.until
        early = rule.until is not None and pack.applies_from is not None and rule.until < pack.applies_from
        if late or early:
            told = (
                f"The pack is in force from {pack.applies_from or 'ever'} to {pack.until or 'ever'}, and never with it."
            )
            day = str(rule.applies_from if late else rule.until)
            yield DEAD, "warn", (f"{lineage.name}/{rule.id}",), told, day, "Correct the dates, or leave the rule out."


def gaps(lineage: Lineage) -> Iterator[Told]:
    """Days on which an act has no rule between two that have, and packs that begin late or end early."""
    pack = lineage.pack
    above = {(rule.done, rule.requires) for each in lineage.line[:-1] for rule in each.pack.rules if rule.until is None}
    acts: dict[str, list[PackRule]] = {}
    for rule in pack.rules:
        acts.setdefault(rule.done, []).append(rule)
    for rules in acts.values():
        covered: tuple[PackRule, date] | None = None
        for rule in sorted(rules, key=lambda one: one.applies_from or date.min):
            start, end = rule.applies_from or date.min, rule.until or date.max
            ended = covered is not None and covered[1] < date.max and start > covered[1] + timedelta(1)
            if covered is not None and ended and (rule.done, rule.requires) not in above:
                day = covered[1] + timedelta(1)
                told = f"From {day} to {start - timedelta(1)} neither is in force."
                names = (f"{pack.name}/{covered[0].id}", f"{pack.name}/{rule.id}")
                remedy = "Correct `until` or `applies_from`, or add what holds between."
                yield GAP, "warn", names, told, str(day), remedy
            if covered is None or end >= covered[1]:
                covered = (rule, end)
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


def unseen_languages(held: Sequence[Held]) -> Iterator[Told]:
    """Rules that no check tells of in a language of the pack's users, but for those that the pack itself wrote for some
    of its languages."""
    for each in held:
        rule, spoken = each.bound.rule, each.lineage.languages
        if rule.permits or rule.by != "model" or not rule.checks or _on_purpose(each):
            continue
        asked = [code for code in spoken if not rule.answers_in or code in rule.answers_in]
        missing = [code for code in asked if code not in rule.languages or not _written_for(rule, code)]
        if missing and any(check.contains or check.lacks for check in rule.checks):
            seen = ", ".join(code for code in spoken if code not in missing) or "none of them"
            unseen = ", ".join(missing)
            told = f"{each.lineage.name} is for {', '.join(spoken)}; its patterns tell of {seen}, not of {unseen}."
            remedy = (
                f"Add patterns for {unseen}, or a judge; or say under `languages` that it is for {seen} alone. Until "
                "then answers in others are not judged."
            )
            yield UNSEEN, "info", (each.bound.name,), told, unseen, remedy


def _on_purpose(held: Held) -> bool:
    """Whether the pack that is asked about wrote under the rule which of its languages the rule is for."""
    return (
        held.bound.pack == held.lineage.name
        and any(
            rule.id == held.bound.rule.id and "languages" in rule.model_fields_set and rule.languages
            for rule in held.lineage.pack.rules
        )
        and all(_written_for(held.bound.rule, code) for code in held.bound.rule.languages)
    )


def _written_for(rule: PackRule, code: str) -> bool:
    """Whether a pattern of the checks can be in a language's script; figures and scorers are in any."""
    patterns = [pattern for check in rule.checks for pattern in (check.contains, check.lacks) if pattern]
    letters = {letter for pattern in patterns for letter in re.sub(r"\\.", "", pattern) if letter.isalpha()}
    if code not in _SCRIPTS or not letters:
        return True
    return any(unicodedata.name(letter, "").startswith(_SCRIPTS[code]) for letter in letters)


def _of(lineage: Lineage, name: str) -> Lineage:
    return next((each for each in lineage.line if each.name == name), lineage)


def _first(bound: Bound) -> str:
    return next(iter(bound.rule.examples.prompts), ANY)


def _example(*rules: PackRule) -> str:
    return next((prompt for rule in rules for prompt in rule.examples.prompts), ANY)


def _sentence(told: str) -> str:
    return f"{told[:1].upper()}{told[1:]}"
