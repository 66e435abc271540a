"""What a spec of regions says of one of them, as the raw spec of a run of its own; each value keeps its line."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from .regions import RegionsSpec
from .schema import Spec
from .source import Loc, Source

_OVER_REGIONS = frozenset(RegionsSpec.model_fields) - frozenset(Spec.model_fields)
_OWN = ("policy", "feedback")
"""Keys that a region has of its own, whatever the whole spec says there."""
_OF_ALL = ("facts", "points")
"""Prompts of the whole spec that a region without its own takes."""


def region_of(raw: Mapping[str, Any], name: str, source: Source) -> tuple[dict[str, Any], Source]:
    """The raw spec of a region: the whole one, the region's keys put over it; gates of both hold."""
    own, at = raw["regions"][name], ("regions", name)
    made = _Made(source, f"{source.name} (region {name})")
    whole = {key: value for key, value in raw.items() if key not in (*_OVER_REGIONS, *_OWN, "prompts", "gates")}
    plain = {key: value for key, value in own.items() if key not in ("prompts", "gates")}
    found = made.over(whole, plain, (), at, ())
    prompts = {key: value for key, value in raw["prompts"].items() if key in _OF_ALL}
    found["prompts"] = made.over(prompts, own["prompts"], ("prompts",), (*at, "prompts"), ("prompts",))
    gates: list[tuple[Any, Loc]] = [(value, ("gates", place)) for place, value in enumerate(raw.get("gates") or ())]
    gates += [(value, (*at, "gates", place)) for place, value in enumerate(own.get("gates") or ())]
    if gates:
        found["gates"] = [made.taken(value, there, ("gates", place)) for place, (value, there) in enumerate(gates)]
    found["name"] = f"{raw['name']}-{name}"
    return found, made.source


def shared_of(raw: Mapping[str, Any], source: Source) -> tuple[dict[str, Any], Source]:
    """The raw spec of what is shared and trained on before the regions. It measures nothing, and its gates decide
    nothing."""
    made = _Made(source, source.name)
    whole = {key: value for key, value in raw.items() if key not in (*_OVER_REGIONS, "evaluation")}
    found = made.over(whole, {}, (), (), ())
    found["name"] = f"{raw['name']}-shared"
    found["gates"] = found.get("gates") or next(own["gates"] for own in raw["regions"].values() if own.get("gates"))
    return found, made.source


def merged_of(raw: Mapping[str, Any], sources: Sequence[Any], source: Source) -> tuple[dict[str, Any], Source]:
    """The raw spec of one training on the feedback of all regions, which it has as `sources`; it measures nothing."""
    name = next(iter(raw["regions"]))
    own, made = shared_of(raw, source)
    found = {key: value for key, value in own.items() if key != "policy"}
    found["name"] = f"{raw['name']}-merged"
    found["prompts"] = {"train": raw["regions"][name]["prompts"]["train"], "heldout": raw["prompts"]["heldout"]}
    found["feedback"] = {"sources": list(sources)}
    return found, made


class _Made:
    """A raw spec being put together, and where each of its values was written."""

    def __init__(self, of: Source, name: str) -> None:
        self._of = of
        self.source = Source(name, Spec)
        if () in of.lines:
            self.source.lines[()] = of.lines[()]

    def over(self, base: Mapping[str, Any], own: Mapping[str, Any], base_at: Loc, own_at: Loc, into: Loc) -> Any:
        """One mapping put over another, key by key and section by section; what is empty there is not given."""
        self._note(base_at, into, deep=False)
        self._note(own_at, into, deep=False)
        found: dict[str, Any] = {}
        for key in dict.fromkeys((*base, *own)):
            there, here, to = (*base_at, key), (*own_at, key), (*into, key)
            one, other = base.get(key), own.get(key)
            if isinstance(one, Mapping) and isinstance(other, Mapping):
                found[key] = self.over(one, other, there, here, to)
            elif other is not None:
                found[key] = self.taken(other, here, to)
            else:
                found[key] = self.taken(one, there, to)
        return found

    def taken(self, value: Any, at: Loc, into: Loc) -> Any:
        """A copy of a value, with the places of all in it."""
        self._note(at, into, deep=True)
        return deepcopy(value)

    def _note(self, at: Loc, into: Loc, *, deep: bool) -> None:
        def moved(known: Mapping[Loc, Any], keep: Callable[[Loc, Any], None]) -> None:
            for loc, told in known.items():
                if loc == at or (deep and loc[: len(at)] == at):
                    keep((*into, *loc[len(at) :]), told)

        moved(self._of.lines, self.source.lines.__setitem__)
        moved(self._of.overridden, self.source.overridden.__setitem__)
