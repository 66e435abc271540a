"""From a YAML file and `--set` overrides to a checked `Spec`. A message names the line, the value and the remedy."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from ..errors import UserError
from ..metrics import METRICS, POLICY, metric_named
from ..policy import unknown_scorers
from ..records import Policy
from ..scorers import OFFLINE
from .evaluation import GateSpec, GatesSpec
from .messages import explained
from .schema import Spec
from .source import NOUNS, Loc, Source, copied, dotted, override_all, parse, read_text

_SETS = ("heldout", "facts")
"""The sets of items that a run's evaluation holds; other metrics belong to `trimtab eval`."""


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


def load_spec(path: Path, overrides: Sequence[str] | Mapping[str, Any] = ()) -> LoadedSpec:
    """Reads and checks a spec; loads no model. Raises UserError naming the line, the value and the remedy.

    `overrides` are put over it: texts as `--set` takes them, or values by their dotted keys.
    """
    fix = "Give the path of a YAML spec, or the name of a recipe (`trimtab recipe list`)."
    raw, source = _opened(path, Spec, fix)
    return _checked(raw, path.resolve().parent, overrides, source)


def spec_of(
    given: Spec | Mapping[str, Any], folder: Path, overrides: Sequence[str] | Mapping[str, Any] = ()
) -> LoadedSpec:
    """Checks a spec made in Python as `load_spec` does one of a file; its relative paths start from `folder`."""
    raw, source = _opened(given.model_dump(mode="json") if isinstance(given, Spec) else given, Spec, "")
    return _checked(raw, folder.resolve(), overrides, source)


def _checked(
    raw: dict[str, Any], folder: Path, overrides: Sequence[str] | Mapping[str, Any], source: Source
) -> LoadedSpec:
    override_all(raw, overrides, source)
    try:
        spec = Spec.model_validate(raw)
    except ValidationError as error:
        raise explained(error, raw, source) from None
    loaded = LoadedSpec(spec, folder)
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


def load_gates(given: Path | Mapping[str, Any]) -> GatesSpec:
    """Gates by themselves: `gates`, as in a spec, and `confidence`, of a file or as a mapping.

    Raises UserError as `load_spec`.
    """
    raw, source = _opened(given, GatesSpec, "Give a YAML file with `gates:`, as a spec has them.")
    try:
        found = GatesSpec.model_validate(raw)
    except ValidationError as error:
        raise explained(error, raw, source) from None
    rules = [gate.metric for gate in found.gates if gate.metric.startswith(POLICY)]  # a policy's rules have any name
    _check_metrics(found.gates, [*(metric.name for metric in METRICS), *rules], source)
    return found


def load_policy(given: Path | Mapping[str, Any]) -> Policy:
    """A policy, of a YAML file or as a mapping. Raises UserError as `load_spec`."""
    raw, source = _opened(given, Policy, "Give a YAML file with `name:` and `rules:`.")
    try:
        found = Policy.model_validate(raw)
    except ValidationError as error:
        raise explained(error, raw, source) from None
    for rule, scorer in unknown_scorers(found):
        raise UserError(
            f"{source.name}: the rule {rule} is checked by {scorer!r}.",
            "There is no such scorer.",
            f"The scorers are {', '.join(OFFLINE)}.",
        )
    return found


def _opened(given: Path | Mapping[str, Any], root: type[BaseModel], fix: str) -> tuple[dict[str, Any], Source]:
    """The raw mapping, and where its values were written."""
    if isinstance(given, Path):
        source = Source(given.name, root)
        return parse(read_text(given, fix), source), source
    source = Source(f"the {NOUNS[root]}", root)
    return copied(given, source), source


def _check_files(loaded: LoadedSpec, source: Source) -> None:
    spec = loaded.spec
    named: list[tuple[Loc, str | None]] = [
        (("prompts", "train"), spec.prompts.train),
        (("prompts", "heldout"), spec.prompts.heldout),
        (("prompts", "facts"), spec.prompts.facts),
        (("policy",), spec.policy),
        *_feedback_files(spec, source),
    ]
    for loc, relative in named:
        if relative is not None and not loaded.path(relative).is_file():
            there = loaded.path(relative)
            raise UserError(
                f"{source.place(loc)}: `{dotted(loc)}` is {relative!r}.",
                f"{there} is a folder." if there.is_dir() else f"There is no file {there}.",
                "Paths are relative to the spec's folder; correct the path or put the file there.",
            )


def _feedback_files(spec: Spec, source: Source) -> list[tuple[Loc, str]]:
    """Each file of feedback, and where the spec names it."""
    if any(loc[:2] == ("feedback", "files") for loc in (*source.lines, *source.overridden)):
        return [(("feedback", "files", index, "path"), file.path) for index, file in enumerate(spec.feedback.files)]
    return [
        (("feedback", "sources", index, "file", "path"), one.file.path)
        for index, one in enumerate(spec.feedback.sources)
        if one.file is not None
    ]


def _check_metrics(gates: Sequence[GateSpec], names: Sequence[str], source: Source) -> None:
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
