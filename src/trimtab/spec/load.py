"""From a YAML file and `--set` overrides to a checked `Spec`. A message names the line, the value and the remedy."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from ..errors import UserError
from ..records import Policy
from ..scorers import METRICS, OFFLINE, POLICY, metric_named, unknown_scorers
from .schema import GateSpec, GatesSpec, Spec

Loc = tuple[int | str, ...]
_SETS = ("heldout", "facts")
"""The sets of items that a run's evaluation holds; other metrics belong to `trimtab eval`."""


_NOUNS: dict[type[BaseModel], str] = {Spec: "spec", GatesSpec: "gates", Policy: "policy"}


@dataclass(frozen=True)
class LoadedSpec:
    """A checked spec and the folder that its relative paths start from."""

    spec: Spec
    folder: Path

    def path(self, relative: str) -> Path:
        """The file that a spec names."""
        return (self.folder / Path(relative).expanduser()).resolve()

    @cached_property
    def policy(self) -> Policy | None:
        """The policy that the spec names, read. Raises UserError as `load_policy`."""
        return load_policy(self.path(self.spec.policy)) if self.spec.policy is not None else None


@dataclass
class _Source:
    """Where each value of the raw spec was written, for messages; `root` is what the file is to become."""

    name: str
    root: type[BaseModel]
    lines: dict[Loc, int] = field(default_factory=dict)
    overridden: dict[Loc, str] = field(default_factory=dict)

    def place(self, loc: Loc) -> str:
        """The file and line, or the override, of the value at `loc` or of the nearest thing around it."""
        if loc and loc not in self.lines:  # a section that only an override has made
            made = next((text for key, text in self.overridden.items() if key[: len(loc)] == loc), None)
            if made is not None:
                return f"--set {made}"
        for end in range(len(loc), -1, -1):
            if loc[:end] in self.overridden:
                return f"--set {self.overridden[loc[:end]]}"
            if loc[:end] in self.lines:
                return f"{self.name} line {self.lines[loc[:end]]}"
        return self.name


def load_spec(path: Path, overrides: Sequence[str] = ()) -> LoadedSpec:
    """Reads and checks a spec; loads no model. Raises UserError naming the line, the value and the remedy."""
    fix = "Give the path of a YAML spec, or the name of a recipe (`trimtab recipe list`)."
    source = _Source(path.name, Spec)
    raw = _parse(_text(path, fix), source)
    for override in overrides:
        _override(raw, override, source)
    try:
        spec = Spec.model_validate(raw)
    except ValidationError as error:
        raise _explained(error, raw, source) from None
    loaded = LoadedSpec(spec, path.resolve().parent)
    _check_files(loaded, source)
    shares = [gate.metric for gate in spec.gates if gate.metric.partition(".")[0] in spec.evaluation.shares]
    rules = [f"{POLICY}any", *(f"{POLICY}{rule.id}" for rule in loaded.policy.rules)] if loaded.policy else []
    known = [*(metric.name for metric in METRICS if metric.over in _SETS), *shares, *rules]
    _check_metrics(spec.gates, known, source)
    for index, gate in enumerate(spec.gates):
        if gate.metric.startswith("facts.") and spec.prompts.facts is None:
            raise UserError(
                f"{source.place(('gates', index, 'metric'))}: a gate looks at {gate.metric}.",
                "The spec names no facts to ask.",
                "Add `prompts.facts`, or remove the gate.",
            )
    return loaded


def load_gates(path: Path) -> GatesSpec:
    """Reads a file of gates by themselves: `gates`, as in a spec, and `confidence`. Raises UserError as `load_spec`."""
    source = _Source(path.name, GatesSpec)
    raw = _parse(_text(path, "Give a YAML file with `gates:`, as a spec has them."), source)
    try:
        found = GatesSpec.model_validate(raw)
    except ValidationError as error:
        raise _explained(error, raw, source) from None
    rules = [gate.metric for gate in found.gates if gate.metric.startswith(POLICY)]  # a policy's rules have any name
    _check_metrics(found.gates, [*(metric.name for metric in METRICS), *rules], source)
    return found


def load_policy(path: Path) -> Policy:
    """Reads a policy's YAML file. Raises UserError as `load_spec`."""
    source = _Source(path.name, Policy)
    raw = _parse(_text(path, "Give a YAML file with `name:` and `rules:`."), source)
    try:
        found = Policy.model_validate(raw)
    except ValidationError as error:
        raise _explained(error, raw, source) from None
    for rule, scorer in unknown_scorers(found):
        raise UserError(
            f"{path.name}: the rule {rule} is checked by {scorer!r}.",
            "There is no such scorer.",
            f"The scorers are {', '.join(OFFLINE)}.",
        )
    return found


def _text(path: Path, fix: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be read.", f"{error.strerror or error}.", fix) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UserError(
            f"{path} cannot be read.", f"Line {line} is not UTF-8 text.", "Save the file as UTF-8."
        ) from None


def _parse(text: str, source: _Source) -> dict[str, Any]:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise _not_yaml(error, text, source) from None
    if not isinstance(node, yaml.MappingNode):
        raise UserError(
            f"{source.name} holds no {_NOUNS[source.root]}.",
            f"It must be a mapping with {', '.join(f'`{name}`' for name in source.root.model_fields)}.",
            "Start from the spec of a recipe: `trimtab recipe show concise-friendly`.",
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
    return raw


def _not_yaml(error: yaml.YAMLError, text: str, source: _Source) -> UserError:
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


def _note_lines(node: yaml.Node, loc: Loc, source: _Source) -> None:
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
                    f"{source.name} line {key.start_mark.line + 1} gives `{_dotted(at)}` again.",
                    f"It was given on line {source.lines[at]}, and YAML would keep only the last.",
                    "Remove one of the two.",
                )
            source.lines[at] = key.start_mark.line + 1
            _note_lines(value, at, source)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _note_lines(value, (*loc, index), source)
    elif node.tag.endswith(":timestamp"):
        raise UserError(
            f"{source.name} line {node.start_mark.line + 1}: `{_dotted(loc)}` is {node.value}.",
            "YAML reads it as a date, and no value of a spec is one.",
            "Put quotes around it.",
        )


def _override(raw: dict[str, Any], override: str, source: _Source) -> None:
    key, equals, text = override.partition("=")
    parts = key.strip().split(".")
    if not equals or not all(parts):
        raise UserError(
            f"--set {override} was given.",
            "An override is a dotted key, an equals sign and a value.",
            "Write for example --set training.learning_rate=1e-4.",
        )
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        value = text
    here: Any = raw
    for part in parts[:-1]:
        if isinstance(here, dict) and here.get(part) is None:
            here[part] = {}
        here = here[part] if isinstance(here, dict) else None
        if not isinstance(here, dict):
            raise UserError(
                f"--set {override} was given.",
                f"`{part}` is not a section that holds further keys.",
                "Give the dotted path of a single value, as the spec nests it.",
            )
    here[parts[-1]] = value
    source.overridden[tuple(parts)] = override


def _explained(error: ValidationError, raw: Mapping[str, Any], source: _Source) -> UserError:
    """The first few things wrong, each with its place, as one message."""
    items = [{**item, "loc": _written(item, raw)} for item in error.errors(include_url=False)]
    problems = [_problem(item, source) for item in items if not _follows(item, items)]
    given, why, fix = problems[0]
    if len(problems) > 1:
        others = "; ".join(f"{given.rstrip('.')} ({why.rstrip('.')})" for given, why, _ in problems[1:4])
        fix += f" There {'is' if len(problems) == 2 else 'are'} {len(problems) - 1} more: {others}."
    return UserError(given, why, fix)


def _written(item: Any, raw: Mapping[str, Any]) -> Loc:
    """The error's place in the words of the spec: pydantic puts the names of a union's types in between."""
    loc: Loc = ()
    here: Any = raw
    for part in item["loc"]:
        if (isinstance(here, dict) and part in here) or (isinstance(here, list) and isinstance(part, int)):
            here, loc = here[part], (*loc, part)
    return (*loc, item["loc"][-1]) if item["type"] == "missing" else loc


def _follows(item: Any, items: Sequence[Any]) -> bool:
    """Whether an error only repeats another: a list with a bad entry is "too short" as well, and a union complains
    once for each of its types."""
    size = len(item["loc"])
    if item is not next(other for other in items if other["loc"] == item["loc"]):
        return True
    return item["type"] in ("too_short", "string_type", "tuple_type") and any(
        len(other["loc"]) > size and other["loc"][:size] == item["loc"] for other in items
    )


def _problem(item: Any, source: _Source) -> tuple[str, str, str]:
    loc: Loc = item["loc"]
    place, name = source.place(loc), _dotted(loc) or "the spec"
    match item["type"]:
        case "extra_forbidden":
            known = sorted(_fields_at(loc[:-1], source.root))
            close = difflib.get_close_matches(str(loc[-1]), known, n=1)
            return (
                f"{place}: `{name}` is given.",
                f"There is no such key{f' in `{_dotted(loc[:-1])}`' if loc[:-1] else ''}.",
                f"Did you mean `{close[0]}`?" if close else f"The keys here are {', '.join(known)}.",
            )
        case "missing":
            return f"{place}: `{name}` is missing.", "It cannot be done without.", f"Add `{loc[-1]}` there."
        case _:
            why = _must(item, loc, source.root)
            given = f"{place}: `{name}` {_shown(item.get('input'))}."
            return given, f"{why[:1].upper()}{why[1:]}.", _remedy(item, name)


def _shown(value: Any) -> str:
    match value:
        case None | "":
            return "is empty"
        case dict() | list() | tuple() | BaseModel():
            return "does not fit"
        case str() | int() | float():
            return f"is {value!r}"
        case _:
            return f"is {value}"


def _must(item: Any, loc: Loc, root: type[BaseModel]) -> str:
    """What the value must be, in plain words."""
    limits = item.get("ctx", {})
    match item["type"]:
        case "value_error":
            return str(item["msg"].removeprefix("Value error, "))
        case "string_type" if loc[-1:] == ("target_modules",):
            return "it must be text or a list of texts"
        case "string_type":
            return "it must be text"
        case "int_type" | "int_parsing" | "int_from_float" | "int_parsing_size":
            return "it must be a whole number"
        case "float_type" | "float_parsing":
            return "it must be a number"
        case "finite_number":
            return "it must be a finite number"
        case "greater_than":
            return f"it must be more than {limits['gt']:g}"
        case "greater_than_equal":
            return f"it must be at least {limits['ge']:g}"
        case "less_than":
            return f"it must be less than {limits['lt']}"
        case "less_than_equal":
            return f"it must be at most {limits['le']:g}"
        case "string_too_short" | "too_short":
            return "it must not be empty"
        case "string_too_long":
            return f"it must have at most {limits['max_length']} characters"
        case "string_pattern_mismatch":
            return "it may hold small letters, digits, `.`, `_` and `-`, and begins with a letter or a digit"
        case "tuple_type":
            return "it must be a list, each entry on a line that begins with `- `"
        case "literal_error":
            return f"it must be {limits['expected']}"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"it must be a section with keys of its own: {', '.join(_fields_at(loc, root))}"
        case _:
            return str(item["msg"])


def _remedy(item: Any, name: str) -> str:
    value = item.get("input")
    match item["type"]:
        case "float_type" | "float_parsing" if isinstance(value, str):
            return f"Write `{name}` as a number, for example 0.0001 or 1e-4."
        case "literal_error":
            choices = [choice.strip("'") for choice in item["ctx"]["expected"].replace(" or ", ", ").split(", ")]
            close = difflib.get_close_matches(str(value), choices, n=1)
            return f"Did you mean `{close[0]}`?" if close else f"Write one of {', '.join(choices)}."
        case "string_type" if isinstance(value, int | float):
            return "Put quotes around it, or write text."
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"Write `{name}:` alone, and its keys indented below it."
        case _:
            return f"Correct `{name}`."


def _fields_at(loc: Loc, root: type[BaseModel]) -> Iterator[str]:
    """The keys that the section at `loc` knows."""
    model: type[BaseModel] | None = root
    for part in loc:
        if isinstance(part, int) or model is None:
            continue
        known = model.model_fields.get(part)
        model = _section_in(known.annotation) if known else None
    yield from model.model_fields if model else ()


def _section_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in getattr(annotation, "__args__", ()) if (found := _section_in(arg))), None)


def _check_files(loaded: LoadedSpec, source: _Source) -> None:
    spec = loaded.spec
    named: list[tuple[Loc, str | None]] = [
        (("prompts", "train"), spec.prompts.train),
        (("prompts", "heldout"), spec.prompts.heldout),
        (("prompts", "facts"), spec.prompts.facts),
        (("policy",), spec.policy),
        *((("feedback", "files", index, "path"), file.path) for index, file in enumerate(spec.feedback.files)),
    ]
    for loc, relative in named:
        if relative is not None and not loaded.path(relative).is_file():
            there = loaded.path(relative)
            raise UserError(
                f"{source.place(loc)}: `{_dotted(loc)}` is {relative!r}.",
                f"{there} is a folder." if there.is_dir() else f"There is no file {there}.",
                "Paths are relative to the spec's folder; correct the path or put the file there.",
            )


def _check_metrics(gates: Sequence[GateSpec], names: Sequence[str], source: _Source) -> None:
    for index, gate in enumerate(gates):
        loc: Loc = ("gates", index, "metric")
        if gate.metric not in names:
            close = difflib.get_close_matches(gate.metric, names, n=1, cutoff=0.4)
            raise UserError(
                f"{source.place(loc)}: the gate's metric is {gate.metric!r}.",
                "No evaluation measures that.",
                f"Did you mean `{close[0]}`?" if close else f"The metrics are {', '.join(names)}.",
            )
        if metric_named(gate.metric).better == "neither" and gate.limit[0] in ("no_worse_by", "better_by"):
            raise UserError(
                f"{source.place(loc)}: a gate asks {gate.metric} to be better or no worse.",
                "Neither way is good by itself for that metric.",
                "Bound it with at_least or at_most.",
            )


def _dotted(loc: Loc) -> str:
    out = ""
    for part in loc:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else str(part)
    return out
