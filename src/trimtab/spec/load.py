"""From a YAML file and `--set` overrides to a checked `Spec`. Every message names the line, the value and the remedy."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from ..errors import UserError
from ..scorers import METRICS
from .schema import Spec

Loc = tuple[int | str, ...]


@dataclass(frozen=True)
class LoadedSpec:
    """A checked spec and the folder that its relative paths start from."""

    spec: Spec
    folder: Path

    def path(self, relative: str) -> Path:
        """The file that a spec names."""
        return (self.folder / Path(relative).expanduser()).resolve()


@dataclass
class _Source:
    """Where each value of the raw spec was written, for messages."""

    name: str
    lines: dict[Loc, int] = field(default_factory=dict)
    overridden: dict[Loc, str] = field(default_factory=dict)

    def place(self, loc: Loc) -> str:
        """"FILE line N", or the override, of the value at `loc` or of the nearest thing around it."""
        for end in range(len(loc), -1, -1):
            if loc[:end] in self.overridden:
                return f"--set {self.overridden[loc[:end]]}"
            if loc[:end] in self.lines:
                return f"{self.name} line {self.lines[loc[:end]]}"
        return self.name


def load_spec(path: Path, overrides: Sequence[str] = ()) -> LoadedSpec:
    """Reads and checks a spec; loads no model. Raises UserError naming the line, the value and the remedy."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"The spec {path} cannot be read.",
            error.strerror or str(error) if isinstance(error, OSError) else "It is not UTF-8 text.",
            "Give the path of a YAML spec, or the name of a recipe (`trimtab run --list`).",
        ) from None
    source = _Source(path.name)
    raw = _parse(text, source)
    for override in overrides:
        _override(raw, override, source)
    try:
        spec = Spec.model_validate(raw)
    except ValidationError as error:
        raise _explained(error, raw, source) from None
    loaded = LoadedSpec(spec, path.resolve().parent)
    _check_files(loaded, source)
    _check_metrics(spec, source)
    return loaded


def _parse(text: str, source: _Source) -> dict[str, Any]:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{source.name} line {mark.line + 1}" if mark else source.name
        raise UserError(
            f"{place} is not YAML.",
            str(getattr(error, "problem", None) or error),
            "Check the indentation, the colons and the quotes there; a tab never indents YAML.",
        ) from None
    if not isinstance(node, yaml.MappingNode):
        raise UserError(
            f"{source.name} holds no spec.",
            "A spec is a mapping with `name`, `goal`, `model`, `prompts`, `feedback` and `gates`.",
            "Start from the spec of a recipe: `trimtab run --show concise-friendly`.",
        )
    _note_lines(node, (), source)
    raw: dict[str, Any] = yaml.safe_load(text)
    return raw


def _note_lines(node: yaml.Node, loc: Loc, source: _Source) -> None:
    source.lines.setdefault(loc, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
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
    except yaml.YAMLError:
        value = text
    here: Any = raw
    for part in parts[:-1]:
        here = here.setdefault(part, {}) if isinstance(here, dict) else None
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
    problems = [_problem(item, raw, source) for item in error.errors(include_url=False)]
    given, why, fix = problems[0]
    if len(problems) > 1:
        others = "; ".join(f"{place} ({reason})" for place, reason, _ in problems[1:4])
        fix += f" There {'is' if len(problems) == 2 else 'are'} {len(problems) - 1} more: {others}"
    return UserError(given, why, fix)


def _problem(item: Any, raw: Mapping[str, Any], source: _Source) -> tuple[str, str, str]:
    loc: Loc = tuple(item["loc"])
    place, name = source.place(loc), _dotted(loc) or "the spec"
    message = item["msg"].removeprefix("Value error, ")
    match item["type"]:
        case "extra_forbidden":
            known = sorted(_fields_at(loc[:-1]))
            close = difflib.get_close_matches(str(loc[-1]), known, n=1)
            return (
                f"{place}: `{name}` is given.",
                f"There is no such key{f' in `{_dotted(loc[:-1])}`' if loc[:-1] else ''}.",
                f"Did you mean `{close[0]}`?" if close else f"The keys here are {', '.join(known)}.",
            )
        case "missing":
            return f"{place}: `{name}` is missing.", "A run cannot do without it.", f"Add `{loc[-1]}` there."
        case _:
            value = item.get("input")
            shown = "" if isinstance(value, dict | list | BaseModel) else f" is {value!r}"
            hint = ""
            if item["type"] in {"float_type", "float_parsing"} and isinstance(value, str):
                hint = " YAML reads 1e-4 as text in some spellings; write 1.0e-4 or 0.0001."
            return f"{place}: `{name}`{shown}.", f"{message[:1].upper()}{message[1:]}.", f"Correct `{name}`.{hint}"


def _fields_at(loc: Loc) -> Iterator[str]:
    """The keys that the section at `loc` knows."""
    model: type[BaseModel] | None = Spec
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
        (("feedback", "comparisons"), spec.feedback.comparisons),
    ]
    for loc, relative in named:
        if relative is not None and not loaded.path(relative).is_file():
            raise UserError(
                f"{source.place(loc)}: `{_dotted(loc)}` is {relative!r}.",
                f"There is no file {loaded.path(relative)}.",
                "Paths are relative to the spec's folder; correct the path or put the file there.",
            )


def _check_metrics(spec: Spec, source: _Source) -> None:
    names = [metric.name for metric in METRICS]
    for index, gate in enumerate(spec.gates):
        loc: Loc = ("gates", index, "metric")
        if gate.metric not in names:
            close = difflib.get_close_matches(gate.metric, names, n=1, cutoff=0.4)
            raise UserError(
                f"{source.place(loc)}: the gate's metric is {gate.metric!r}.",
                "No evaluation measures that.",
                f"Did you mean `{close[0]}`?" if close else f"The metrics are {', '.join(names)}.",
            )
        if gate.metric.startswith("facts.") and spec.prompts.facts is None:
            raise UserError(
                f"{source.place(loc)}: a gate looks at {gate.metric}.",
                "The spec names no facts to ask.",
                "Add `prompts.facts`, or remove the gate.",
            )


def _dotted(loc: Loc) -> str:
    out = ""
    for part in loc:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else str(part)
    return out
