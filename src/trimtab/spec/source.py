"""The text of a YAML file: where each value was written, what is put over it, and what is no YAML."""

import warnings
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from ..errors import UserError, UserNote, option
from ..records import POLICY_KEYS, SPEC_KEYS, Pack, Policy, rename_keys
from .evaluation import GatesSpec
from .regions import RegionsSpec
from .schema import Spec

Loc = tuple[int | str, ...]
"""The keys and places that lead to a value."""
NOUNS: dict[type[BaseModel], str] = {
    Spec: "spec",
    RegionsSpec: "spec",
    GatesSpec: "gates",
    Policy: "policy",
    Pack: "pack",
}
"""What a file is called, by what it is to become."""
_RENAMED: Mapping[type[BaseModel], Mapping[tuple[str, ...], str]] = {Spec: SPEC_KEYS, Policy: POLICY_KEYS}


@dataclass
class Source:
    """Where each value of the raw spec was written, for messages; `root` is what the file is to become."""

    name: str
    root: type[BaseModel]
    lines: dict[Loc, int] = field(default_factory=dict)
    overridden: dict[Loc, str] = field(default_factory=dict)

    def wrote(self, loc: Loc) -> bool:
        """Whether the file or an override gives anything there."""
        return any(known[: len(loc)] == loc for known in (*self.lines, *self.overridden))

    def place(self, loc: Loc) -> str:
        """The file and line, or the override, of the value at `loc` or of the nearest thing around it."""
        if loc and loc not in self.lines:  # a section that only an override has made
            made = next((text for key, text in self.overridden.items() if key[: len(loc)] == loc), None)
            if made is not None:
                return option("set", made)
        for end in range(len(loc), -1, -1):
            if loc[:end] in self.overridden:
                return option("set", self.overridden[loc[:end]])
            if loc[:end] in self.lines:
                return f"{self.name} line {self.lines[loc[:end]]}"
        return self.name


def read_text(path: Path, fix: str) -> str:
    """The file's text. Raises UserError with `fix` as the remedy where there is none, and where it is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be read.", f"{error.strerror or error}.", fix) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UserError(
            f"{path} cannot be read.", f"Line {line} is not UTF-8 text.", "Save the file as UTF-8."
        ) from None


def parse(text: str, source: Source) -> dict[str, Any]:
    """The mapping that YAML text holds, with its keys' names of today; notes its lines in `source`. Raises UserError
    where it is none."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise _not_yaml(error, text, source) from None
    if not isinstance(node, yaml.MappingNode):
        raise UserError(
            f"{source.name} holds no {NOUNS[source.root]}.",
            f"It must be a mapping with {', '.join(f'`{name}`' for name in source.root.model_fields)}.",
            "Begin with `name:` and `rules:` (docs/policy.md)."
            if NOUNS[source.root] == "policy"
            else "Start from the spec of a recipe: `trimtab recipe show concise-friendly`.",
        )
    try:
        _note_lines(node, (), source)
        raw: dict[str, Any] = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _not_yaml(error, text, source) from None
    except RecursionError:
        raise UserError(
            f"{source.name} cannot be read.", "One of its values holds itself.", "Remove the alias (`*name`)."
        ) from None
    _rename_old_keys(raw, source)
    return raw


def copied(given: Mapping[str, Any], source: Source) -> dict[str, Any]:
    """A mapping that was made in Python, with its keys' names of today, to be changed."""
    raw = deepcopy(dict(given))
    _rename_old_keys(raw, source)
    return raw


def _rename_old_keys(raw: dict[str, Any], source: Source) -> None:
    """Reads old keys by their names of today, and says so in one `UserNote`."""
    done = rename_keys(raw, _RENAMED.get(source.root, {}))
    for old, new in done:
        for loc in [loc for loc in source.lines if loc[: len(old)] == old]:
            source.lines[(*old[:-1], new, *loc[len(old) :])] = source.lines[loc]
    if done:
        _note_renamed(source.name, [(dotted(old), new) for old, new in done])


def _note_renamed(place: str, names: list[tuple[str, str]]) -> None:
    told = ", ".join(f"`{old}` is now called `{new}`" for old, new in names)
    warnings.warn(f"{place}: {told}. Older names are still read.", UserNote, stacklevel=2)


def _not_yaml(error: yaml.YAMLError, text: str, source: Source) -> UserError:
    fix = "Check the indentation, the colons and the quotes there; a tab never indents YAML."
    if isinstance(error, yaml.reader.ReaderError):
        line = text[: error.position].count("\n") + 1
        return UserError(f"{source.name} line {line} is not YAML.", "It holds a character that YAML forbids.", fix)
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context", None) or ""
    if "quoted scalar" in context:  # an unclosed quote is noticed at the end of the file and made here
        mark = getattr(error, "context_mark", mark)
    place = f"{source.name} line {mark.line + 1}" if mark else source.name
    problem = str(getattr(error, "problem", None) or error)
    why = f"{context}: {problem}" if context else problem
    return UserError(f"{place} is not YAML.", f"{why[:1].upper()}{why[1:]}.", fix)


def _note_lines(node: yaml.Node, loc: Loc, source: Source) -> None:
    source.lines.setdefault(loc, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or not key.tag.endswith((":str", ":merge")):
                shown = f"the key `{key.value}`" if isinstance(key, yaml.ScalarNode) else "a key"
                raise UserError(
                    f"{source.name} line {key.start_mark.line + 1}: {shown} is not a name.",
                    "YAML reads it as a number, a date, a yes or no, or a list.",
                    "Write the name of a key, as the recipes' specs do, or remove it.",
                )
            at = (*loc, key.value)
            if at in source.lines:
                raise UserError(
                    f"{source.name} line {key.start_mark.line + 1} gives `{dotted(at)}` again.",
                    f"It was given on line {source.lines[at]}, and YAML would keep only the last.",
                    "Remove one of the two.",
                )
            source.lines[at] = key.start_mark.line + 1
            _note_lines(value, at, source)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _note_lines(value, (*loc, index), source)
    elif node.tag.endswith(":timestamp") and source.root is not Pack:
        raise UserError(
            f"{source.name} line {node.start_mark.line + 1}: `{dotted(loc)}` is {node.value}.",
            "YAML reads it as a date, and no value of a spec is one.",
            "Put quotes around it.",
        )


def override_all(raw: dict[str, Any], overrides: Sequence[str] | Mapping[str, Any], source: Source) -> None:
    """Puts overrides over the raw spec: texts (`key=value`, the value in YAML), or values by their dotted keys.

    Raises UserError where one is none.
    """
    if not isinstance(overrides, Mapping):
        for override in overrides:
            _override_with(raw, override, source)
        return
    for key, value in overrides.items():
        _override(raw, key.split("."), value, f"{key}={value}", source)


def _override_with(raw: dict[str, Any], override: str, source: Source) -> None:
    key, equals, text = override.partition("=")
    parts = key.strip().split(".")
    if not equals or not all(parts):
        raise UserError(
            f"{option('set', override)} was given.",
            "An override is a dotted key, an equals sign and a value.",
            f"Write for example {option('set', 'training.learning_rate=1e-4')}.",
        )
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        value = text
    _override(raw, parts, value, override, source)


def _override(raw: dict[str, Any], parts: Sequence[str], value: Any, override: str, source: Source) -> None:
    parts = list(parts)
    new = _RENAMED.get(source.root, {}).get(tuple(parts))
    if new is not None:
        _note_renamed(option("set", override), [(".".join(parts), new)])
        parts[-1] = new
    here, place = _sampled(raw, override) if parts[:2] == ["feedback", "sample"] else (raw, ())
    parts = parts[1:] if place else parts
    source.overridden[(*place, *parts)] = override
    for part in parts[:-1]:
        if isinstance(here, dict) and here.get(part) is None:
            here[part] = {}
        here = here[part] if isinstance(here, dict) else None
        if not isinstance(here, dict):
            raise UserError(
                f"{option('set', override)} was given.",
                f"`{part}` is not a section that holds further keys.",
                "Give the dotted path of a single value, as the spec nests it.",
            )
    here[parts[-1]] = value
    _rename_old_keys(raw, source)


def _sampled(raw: dict[str, Any], override: str) -> tuple[Any, Loc]:
    """The one sampled source among the spec's list, and its place; the whole spec where it has no such list."""
    feedback = raw.get("feedback")
    sources = feedback.get("sources") if isinstance(feedback, dict) else None
    if not isinstance(sources, list):
        return raw, ()
    sampled = [place for place, one in enumerate(sources) if isinstance(one, dict) and "sample" in one]
    if len(sampled) == 1:
        return sources[sampled[0]], ("feedback", "sources", sampled[0])
    raise UserError(
        f"{option('set', override)} was given.",
        f"{len(sampled) or 'None'} of the spec's sources {'are' if sampled else 'is'} sampled.",
        "Write it into the source that is meant.",
    )


def dotted(loc: Loc) -> str:
    """A place as it is written on the command line: `gates[0].metric`."""
    out = ""
    for part in loc:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else str(part)
    return out
