"""From the raw mapping of a YAML file to a checked `Spec`. A message names the line, the value and the remedy."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from ..data import read_points
from ..errors import UserError, UserNote
from ..evaluate import FACTS, FACTS_SAID, HELDOUT, Benchmark, metric_named, metrics
from ..packs import SHIPPED, resolve
from ..policy import slow_patterns, unchecked, unknown_scorers
from ..records import RULE, Pack, Policy
from ..scorers import Points, names
from .benchmarks import (
    benchmarks_of,
    check_baseline,
    check_benchmarks,
    check_gates,
    check_limit,
    check_people,
    no_such_metric,
)
from .constitution import ConstitutionSpec
from .critique import CritiqueSpec
from .evaluation import GatesSpec
from .fitting import fit_to_model
from .independence import gold_paid, unguarded
from .messages import explained
from .packs import contradicted, is_pack, load_pack, pack_file
from .people_gates import check_people_limit
from .prose import SUFFIXES, read_prose
from .schema import Spec
from .scoring import check_scorers
from .source import NOUNS, Loc, Source, copied, dotted, parse, read_text


@dataclass(frozen=True)
class LoadedSpec:
    """A checked spec and the folder that its relative paths start from."""

    spec: Spec
    folder: Path

    def path(self, relative: str) -> Path:
        """The file that a spec names. Raises UserError where no file can have that name."""
        if "\0" in relative:
            raise UserError(
                f"{self.folder}: a file is called {relative!r}.",
                "No file's name holds a zero byte.",
                "Correct the name.",
            )
        return (self.folder / Path(relative).expanduser()).resolve()

    def rules_file(self, relative: str) -> Path:
        """The file of a policy that a spec names; a shipped pack's where it is the name of one and no file is there. A
        folder of that name is none: a region's files often lie in one. Raises UserError as `path`."""
        return pack_file(Path(relative), self.path(relative))

    @cached_property
    def policy(self) -> Policy | None:
        """The policy that the spec names, read. Raises UserError as `load_policy`."""
        return load_policy(self.rules_file(self.spec.policy)) if self.spec.policy is not None else None

    def constitution(self, given: ConstitutionSpec | CritiqueSpec) -> Policy:
        """The rules that a source judges by, read. Raises UserError as `load_policy`, and where it names another."""
        path = given.path if isinstance(given, ConstitutionSpec) else given.constitution
        found = load_policy(self.rules_file(path))
        known = [rule.id for rule in found.rules]
        if missing := [name for name in given.rules if name not in known]:
            raise UserError(
                f"A source of the feedback judges by the rule {missing[0]!r} of {path}.",
                f"It has no such rule; it has {', '.join(known)}.",
                "Correct `rules`, or leave it out to draw from all.",
            )
        return found

    @cached_property
    def points(self) -> Points | None:
        """The points that the spec names, read. Raises UserError as `read_points`."""
        return read_points(self.path(self.spec.prompts.points)) if self.spec.prompts.points is not None else None

    @cached_property
    def benchmarks(self) -> list[Benchmark]:
        """What the model is measured by, as it is to be asked."""
        file = self.rules_file(self.spec.policy) if self.spec.policy else None
        return benchmarks_of(self.spec, self.policy, file, self.points)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is right by the letter and yet may mislead: gates, or a monitor, that look at what is rewarded alone,
        and rules that no check tells of, whose source nobody read, or that cannot both be kept."""
        told = [unguarded(self.spec, self.policy), gold_paid(self.spec, self.policy)]
        told += [_unseen(self.policy), _unverified(self.policy)]
        told += [contradicted(self.rules_file(self.spec.policy))] if self.spec.policy is not None else []
        return tuple(each for each in told if each is not None)

    @property
    def sources(self) -> dict[str, str]:
        """The files of benchmarks' items that the spec names, by benchmark."""
        own = {HELDOUT.name: self.spec.prompts.heldout, FACTS.name: self.spec.prompts.facts}
        own[FACTS_SAID.name] = self.spec.prompts.facts
        own |= {each.name: each.data for each in self.spec.evaluation.benchmarks if each.data is not None}
        return {
            name: place if place.startswith("hub:") else str(self.path(place))
            for name, place in own.items()
            if place is not None
        }


def checked(raw: dict[str, Any], before: str | None, folder: Path, source: Source, *, gated: bool = True) -> LoadedSpec:
    """The checked spec of a raw one, whose settings were made for the model `before`. Of one that is not `gated`
    nothing is measured, and gates are not looked at. Raises UserError as `load_spec`."""
    fit_to_model(raw, before, folder, source)
    try:
        spec = Spec.model_validate(raw)
    except ValidationError as error:
        raise explained(error, raw, source) from None
    loaded = LoadedSpec(spec, folder)
    _check_files(loaded, source)
    check_scorers(spec, source, loaded.path, lambda: loaded.policy, lambda: loaded.points)
    check_benchmarks(spec, source)
    if gated:
        check_gates(spec, loaded.benchmarks, source)
        _check_seen(loaded, source)
        check_people(spec, source)
        check_baseline(spec, loaded.benchmarks, source)
    return loaded


def _unseen(policy: Policy | None) -> str | None:
    """What to say of a policy some of whose rules have no check."""
    rules = unchecked(policy) if policy is not None else []
    if not rules:
        return None
    return (
        f"no check tells whether an answer breaks {', '.join(rules)}: the policy's figures leave them out, and what "
        "breaks them is not kept from being taught"
    )


def _unverified(policy: Policy | None) -> str | None:
    """What to say of a policy some of whose rules nobody has read at their source."""
    rules = [rule.id for rule in policy.rules if rule.unverified] if policy is not None else []
    return f"unverified: nobody is known to have read the source of {', '.join(rules)}" if rules else None


def _check_seen(loaded: LoadedSpec, source: Source) -> None:
    """Raises UserError at the first gate on a rule that no check tells of, with its line."""
    blind = unchecked(loaded.policy) if loaded.policy is not None else []
    for index, gate in enumerate(loaded.spec.gates):
        if gate.metric.startswith(RULE) and gate.metric.removeprefix(RULE) in blind:
            raise UserError(
                f"{source.place(('gates', index, 'metric'))}: a gate looks at {gate.metric}.",
                "The rule has no check, so that no scorer tells whether an answer breaks it.",
                "Give the rule `checks`, or leave the gate out and let people or a judge decide.",
            )


def load_gates(given: Path | Mapping[str, Any]) -> GatesSpec:
    """Gates by themselves: `gates`, as in a spec, and `confidence`, of a file or as a mapping.

    Raises UserError as `load_spec`.
    """
    raw, source = opened(given, GatesSpec, "Give a YAML file with `gates:`, as a spec has them.")
    try:
        found = GatesSpec.model_validate(raw)
    except ValidationError as error:
        raise explained(error, raw, source) from None
    for index, gate in enumerate(found.gates):
        place = source.place(("gates", index, "metric"))
        if check_people_limit(gate, place):
            continue
        try:
            metric = metric_named(gate.metric)
        except UserError:
            raise no_such_metric(gate, [each.name for each in metrics()], place) from None
        check_limit(gate, metric, place)
    return found


def load_policy(given: Path | Mapping[str, Any]) -> Policy:
    """A policy, of a file of YAML or of prose (Markdown), or as a mapping; of a pack, or the name of a shipped one,
    what binds a model on its day, with a note of what does not. Raises UserError as `load_spec`."""
    given = pack_file(given, given) if isinstance(given, Path) else given
    if is_pack(given):
        resolved = resolve(load_pack(given))
        warnings.warn(resolved.told, UserNote, stacklevel=2)
        found, source = resolved.policy, Source(given.name if isinstance(given, Path) else "the pack", Pack)
    else:
        fix = "Give a YAML file with `name:` and `rules:`, or prose with headings (.md)."
        raw, source = opened(given, Policy, fix)
        try:
            found = Policy.model_validate(raw)
        except ValidationError as error:
            raise explained(error, raw, source) from None
    for rule, scorer in unknown_scorers(found):
        raise UserError(
            f"{source.name}: the rule {rule} is checked by {scorer!r}.",
            "There is no such scorer.",
            f"The scorers are {', '.join(names())}.",
        )
    for rule, pattern in slow_patterns(found):
        warnings.warn(
            f"{source.name}: the rule {rule} has a pattern that repeats a repetition and looks around or back: "
            f"{pattern[:200]!r}. On some text it would search for ever; it is stopped there, and the rule is not "
            "judged. Without lookaround and backreferences it takes linear time.",
            UserNote,
            stacklevel=2,
        )
    folder = given.parent if isinstance(given, Path) else Path()
    check_scorers(found, source, lambda name: folder / Path(name).expanduser(), lambda: found)
    return found


def opened(given: Path | Mapping[str, Any], root: type[BaseModel], fix: str) -> tuple[dict[str, Any], Source]:
    """The raw mapping of a file or of one made in Python, and where its values were written."""
    if isinstance(given, Path):
        source = Source(given.name, root)
        read = read_prose if root is Policy and given.suffix.lower() in SUFFIXES else parse
        return read(read_text(given, fix), source), source
    source = Source(f"the {NOUNS[root]}", root)
    return copied(given, source), source


def _check_files(loaded: LoadedSpec, source: Source) -> None:
    spec = loaded.spec
    named: list[tuple[Loc, str | None]] = [
        (("prompts", "train"), spec.prompts.train),
        (("prompts", "heldout"), spec.prompts.heldout),
        (("prompts", "facts"), spec.prompts.facts),
        (("prompts", "points"), spec.prompts.points),
        (("policy",), spec.policy),
        *((("judges", "calibrations", index), name) for index, name in enumerate(spec.judges.calibrations)),
        *_feedback_files(spec, source),
        *(
            (("evaluation", "people", "tasks", index), task)
            for index, task in enumerate(spec.evaluation.people.tasks if spec.evaluation.people is not None else ())
        ),
        *(
            (("evaluation", "benchmarks", index, "data"), each.data)
            for index, each in enumerate(spec.evaluation.benchmarks)
            if each.data is not None and not each.data.startswith("hub:")
        ),
    ]
    for loc, relative in named:
        if relative is None:
            continue
        rules = loc[0] == "policy" or "constitution" in loc
        there = loaded.rules_file(relative) if rules else loaded.path(relative)
        if not there.is_file():
            raise UserError(
                f"{source.place(loc)}: `{dotted(loc)}` is {relative!r}.",
                f"{there} is a folder." if there.is_dir() else f"There is no file {there}.",
                "Paths are relative to the spec's folder; correct the path or put the file there"
                + (f", or give the name of a shipped pack: {', '.join(SHIPPED)}." if rules else "."),
            )
    public = spec.evaluation.data
    if public is not None and not loaded.path(public).is_dir():
        raise UserError(
            f"{source.place(('evaluation', 'data'))}: `evaluation.data` is {public!r}.",
            f"There is no folder {loaded.path(public)}.",
            "Give a folder with the public sets, relative to the spec's.",
        )


def _feedback_files(spec: Spec, source: Source) -> list[tuple[Loc, str]]:
    """Each file of feedback, and where the spec names it."""
    if source.wrote(("feedback", "files")):
        return [(("feedback", "files", index, "path"), file.path) for index, file in enumerate(spec.feedback.files)]
    found: list[tuple[Loc, str]] = []
    for index, one in enumerate(spec.feedback.sources):
        if (given := one.file or one.constitution) is not None:
            found.append((("feedback", "sources", index, one.kind, "path"), given.path))
        elif one.critique is not None:
            found.append((("feedback", "sources", index, "critique", "constitution"), one.critique.constitution))
    return found
