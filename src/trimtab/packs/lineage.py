"""A pack with what it extends, and the rules that bind it on a day: those above, and its own over them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ..errors import UserError
from ..records import Combine, Pack, PackRule, Rule, Value, spelled_out


@dataclass(frozen=True)
class Lineage:
    """A pack and the packs that it extends, each with theirs."""

    pack: Pack
    parents: tuple["Lineage", ...] = ()

    @property
    def name(self) -> str:
        """That of the pack."""
        return self.pack.name

    @property
    def line(self) -> tuple["Lineage", ...]:
        """Every pack of it, each once, those above before those that extend them."""
        found = {each.name: each for parent in self.parents for each in parent.line}
        return (*found.values(), self)

    @property
    def languages(self) -> tuple[str, ...]:
        """Those its users speak: its own, else those of its parents."""
        if self.pack.languages:
            return self.pack.languages
        return tuple(dict.fromkeys(code for parent in self.parents for code in parent.languages)) or ("en",)

    @property
    def combine(self) -> Mapping[str, Combine]:
        """How parameters are put together; the nearest word counts."""
        return {name: how for each in self.line for name, how in each.pack.combine.items()}

    def has(self, name: str) -> bool:
        """Whether a pack of that name is in it."""
        return any(each.name == name for each in self.line)

    def terms(self, name: str) -> tuple[str, ...] | None:
        """A list of patterns by its name, the nearest. Raises UserError where two parents differ."""
        if name in self.pack.terms:
            return self.pack.terms[name]
        found = {terms for parent in self.parents if (terms := parent.terms(name)) is not None}
        if len(found) > 1:
            raise UserError(
                f"The pack {self.name} uses {{{name}}}.",
                "Two of the packs that it extends have a list of that name, and they differ.",
                f"Give {self.name} a list `{name}` of its own under `terms`.",
            )
        return found.pop() if found else None


@dataclass(frozen=True)
class Bound:
    """A rule that binds: as it is put together, its patterns spelled out; the pack that says so last, and the rule of
    the same id above that it was laid over."""

    rule: PackRule
    pack: str
    above: "Bound | None" = None

    @property
    def name(self) -> str:
        """PACK/RULE, as findings name it."""
        return f"{self.pack}/{self.rule.id}"

    @property
    def languages(self) -> tuple[str, ...]:
        """Those that its patterns were written for."""
        return self.rule.languages


def bound_on(lineage: Lineage, day: date) -> list[Bound]:
    """The rules of a pack that bind on a day, in their order, permissions among them.

    A rule of the same id takes the place of the one above, and has of it what it does not say itself; of two packs
    neither of which extends the other both stay, the second as ID-PACK. A parameter with an operator is put together
    by it. Raises UserError where a pattern names an unknown list.
    """
    found: dict[str, Bound] = {}
    for each in lineage.line:
        if not each.pack.binds_on(day):
            continue
        for rule in each.pack.rules:
            if not rule.binds_on(day):
                continue
            above = found.get(rule.id)
            if above is not None and not each.has(above.pack):
                found[f"{rule.id}-{each.name}"] = Bound(
                    _made(each, rule, None).model_copy(update={"id": f"{rule.id}-{each.name}"}), each.name
                )
            else:
                found[rule.id] = Bound(_made(each, rule, above), each.name, above)
    return list(found.values())


def days_of(lineage: Lineage) -> set[date]:
    """The days on which something in it begins or has ended."""
    dated: list[Pack | PackRule] = [each.pack for each in lineage.line]
    dated += [rule for each in lineage.line for rule in each.pack.rules]
    begun = {one.applies_from for one in dated if one.applies_from is not None}
    return begun | {one.until + timedelta(1) for one in dated if one.until is not None and one.until < date.max}


def combined(how: Combine | None, above: Value, below: Value) -> Value | None:
    """Two values of a parameter as one; None where they are not alike and nothing says how."""
    if above == below:
        return below
    if how == "union":
        values = [*((above,) if not isinstance(above, tuple) else above)]
        values += [*((below,) if not isinstance(below, tuple) else below)]
        return tuple(dict.fromkeys(map(str, values)))
    if how is None or not isinstance(above, int | float) or not isinstance(below, int | float):
        return None
    return min(above, below) if how == "min" else max(above, below)


def _made(lineage: Lineage, rule: PackRule, above: Bound | None) -> PackRule:
    """A rule as it binds: with what it has from above, its patterns spelled out, its languages said."""
    own = {name: getattr(rule, name) for name in rule.model_fields_set}
    own |= dict(_spelled(lineage, rule))
    if "languages" not in own and (above is None or _PATTERNS & own.keys()):
        own["languages"] = _written_for(lineage, own.keys(), above)
    if above is None:
        return rule.model_copy(update=own)
    for name, value in above.rule.settings.items():
        below = rule.settings.get(name, value)
        put = combined(lineage.combine.get(name), value, below)
        if name == "every":
            own["every"] = below if put is None or rule.narrows else put
        else:
            parameters = own.setdefault("parameters", dict(rule.parameters)) or {}
            own["parameters"] = {**parameters, name: below if put is None or rule.narrows else put}
    if rule.narrows == "":
        own["narrows"] = ""
    return above.rule.model_copy(update=own)


_PATTERNS = frozenset({"when", "unless", "checks"})


def _written_for(lineage: Lineage, own: Collection[str], above: Bound | None) -> tuple[str, ...]:
    """The languages of a rule's patterns: those of its pack; of one that has some of its patterns from above, those of
    both, and without such those above: what was written for two languages does not know a third by being taken over."""
    if above is None or not any(getattr(above.rule, name) for name in _PATTERNS - set(own)):
        return lineage.languages
    both = tuple(code for code in lineage.languages if code in above.languages)
    return both or above.languages


def _spelled(lineage: Lineage, rule: PackRule) -> Iterator[tuple[str, object]]:
    """Its patterns with the words that they name."""

    def spelled(pattern: str) -> str:
        return spelled_out(pattern, lambda name: _known(lineage, rule, name))

    for name in ("when", "unless"):
        if name in rule.model_fields_set:
            yield name, tuple(spelled(pattern) for pattern in getattr(rule, name))
    if rule.mark is not None:
        yield "mark", rule.mark.model_copy(update={"pattern": spelled(rule.mark.pattern)})
    if "checks" in rule.model_fields_set:
        yield (
            "checks",
            tuple(
                check.model_copy(
                    update={
                        way: spelled(given)
                        for way in ("contains", "lacks")
                        if (given := getattr(check, way)) is not None
                    }
                )
                for check in rule.checks
            ),
        )


def _known(lineage: Lineage, rule: Rule, name: str) -> tuple[str, ...]:
    found = lineage.terms(name)
    if found is None:
        raise UserError(
            f"The rule {rule.id} of the pack {lineage.name} names {{{name}}}.",
            "Neither the pack nor one that it extends has such a list under `terms`.",
            "Correct the name, or add the list.",
        )
    return found
