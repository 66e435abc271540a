"""A spec by its file: of one run, of several regions, or one region of those (`SPEC:NAME`)."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..errors import UserError, UserNote, worded
from .derived import merged_of, region_of, shared_of
from .fitting import model_named
from .load import LoadedSpec, checked, opened
from .messages import explained
from .regions import RegionsSpec
from .schema import Spec
from .source import Source, override_all
from .training import AUTO

Overrides = Sequence[str] | Mapping[str, Any]
_FIX = "Give the path of a YAML spec, or the name of a recipe (`trimtab recipe list`)."


@dataclass(frozen=True)
class LoadedRegions:
    """A checked spec of several regions: each as the spec of a run of its own, what is shared, if anything is, and the
    training on all regions' feedback at once, if that is asked for.

    Relative paths start from `folder` in all of them.
    """

    spec: RegionsSpec
    folder: Path
    regions: Mapping[str, LoadedSpec]
    shared: LoadedSpec | None
    merged: LoadedSpec | None

    @property
    def any(self) -> LoadedSpec:
        """A spec of a run that has the model and the common settings."""
        return next(iter(self.regions.values()))


def load_any(path: Path, overrides: Overrides = ()) -> LoadedSpec | LoadedRegions:
    """Reads and checks a spec, of one run or of several regions; loads no model. `SPEC:NAME` is one region's.

    `overrides` are put over it: texts as `--set` takes them, or values by their dotted keys. Raises UserError naming
    the line, the value and the remedy.
    """
    file, region = _parted(path)
    raw, source = opened(file, Spec, _FIX)
    return _checked(raw, file.resolve().parent, overrides, source, region)


def any_of(
    given: Spec | RegionsSpec | Mapping[str, Any], folder: Path, overrides: Overrides = ()
) -> LoadedSpec | LoadedRegions:
    """Checks a spec made in Python as `load_any` does one of a file; its relative paths start from `folder`."""
    told = given if isinstance(given, Mapping) else given.model_dump(mode="json")
    raw, source = opened(told, Spec, "")
    return _checked(raw, folder.resolve(), overrides, source, None)


def load_spec(path: Path, overrides: Overrides = ()) -> LoadedSpec:
    """Reads and checks a spec of one run, as `load_any`. Raises UserError where it has several regions."""
    return _alone(load_any(path, overrides), path)


def spec_of(given: Spec | Mapping[str, Any], folder: Path, overrides: Overrides = ()) -> LoadedSpec:
    """Checks a spec of one run made in Python, as `any_of`. Raises UserError where it has several regions."""
    return _alone(any_of(given, folder, overrides), None)


def _alone(loaded: LoadedSpec | LoadedRegions, path: Path | None) -> LoadedSpec:
    if isinstance(loaded, LoadedSpec):
        return loaded
    names = list(loaded.regions)
    raise UserError(
        f"{path.name if path is not None else 'The spec'} has {len(names)} regions: {', '.join(names)}.",
        "Each of them is a run with rules, prompts and feedback of its own, and this takes the spec of one run.",
        f"Name one of them, as in {path or 'SPEC'}:{names[0]}; "
        f"{worded('`trimtab run`', '`trimtab.run_regions`')} takes them all.",
    )


def _parted(path: Path) -> tuple[Path, str | None]:
    """The file of a spec, and the region that is named behind it."""
    before, colon, region = path.name.rpartition(":")
    return (path.with_name(before), region) if colon and before and not path.exists() else (path, None)


def _checked(
    raw: dict[str, Any], folder: Path, overrides: Overrides, source: Source, region: str | None
) -> LoadedSpec | LoadedRegions:
    before = model_named(raw)
    if region is None:
        override_all(raw, overrides, source)
    if "regions" not in raw:
        if region is not None:
            raise UserError(
                f"The region {region!r} of {source.name} is asked for.",
                "It is the spec of one run, without regions.",
                "Name the file alone.",
            )
        return checked(raw, before, folder, source)
    source.root = RegionsSpec
    try:
        spec = RegionsSpec.model_validate(raw)
    except ValidationError as error:
        raise explained(error, raw, source) from None
    if region is not None:
        return _one(raw, spec, region, before, folder, overrides, source)
    regions = {name: checked(own, before, folder, where) for name, own, where in _each(raw, spec, source)}
    _demand_rules_of_its_own(regions, source)
    _demand_common(next(iter(regions.values())).path(spec.prompts.heldout), spec.prompts.heldout, source)
    shared = None
    if spec.feedback is not None:
        own, where = shared_of(raw, source)
        shared = checked(own, before, folder, where, gated=False)
    merged = None
    if spec.merged:
        sources = [
            one.model_dump(mode="json", exclude_none=True)
            for each in regions.values()
            for one in each.spec.feedback.sources
        ]
        own, where = merged_of(raw, sources, source)
        merged = checked(own, before, folder, where, gated=False)
        _demand_rows(merged, source)
    return LoadedRegions(spec, folder, regions, shared, merged)


def _each(raw: dict[str, Any], spec: RegionsSpec, source: Source) -> list[tuple[str, dict[str, Any], Source]]:
    return [(name, *region_of(raw, name, source)) for name in spec.regions]


def _one(
    raw: dict[str, Any], spec: RegionsSpec, name: str, before: str | None, folder: Path, overrides: Overrides,
    source: Source,
) -> LoadedSpec:  # fmt: skip
    if name not in spec.regions:
        raise UserError(
            f"The region {name!r} of {source.name} is asked for.",
            "It has no region of that name.",
            f"Its regions are {', '.join(spec.regions)}.",
        )
    own, where = region_of(raw, name, source)
    override_all(own, overrides, where)
    if spec.feedback is not None:
        warnings.warn(
            f"{name} by itself starts from the model as it is: what the regions share is trained where the whole spec "
            "is run.",
            UserNote,
            stacklevel=2,
        )
    return checked(own, before, folder, where)


def _demand_rows(merged: LoadedSpec, source: Source) -> None:
    """Raises UserError where the training of all at once does not take rows that regions have gathered."""
    training = merged.spec.training
    if training.method == AUTO or training.method_row.on_policy:
        raise UserError(
            f"{source.place(('merged',))}: `merged` asks for one training on the feedback of all regions.",
            f"The method is {training.method}, and such a training takes the rows of a method that is named.",
            "Name a method that trains on rows, such as dpo; or leave `merged` out.",
        )


def _demand_common(file: Path, given: str, source: Source) -> None:
    """Raises UserError where the prompts of no region are nowhere."""
    if not file.is_file():
        raise UserError(
            f"{source.place(('prompts', 'heldout'))}: `prompts.heldout` is {given!r}.",
            f"There is no file {file}.",
            "Paths are relative to the spec's folder; correct the path or put the file there.",
        )


def _demand_rules_of_its_own(regions: Mapping[str, LoadedSpec], source: Source) -> None:
    """Raises UserError where two regions name the same pack."""
    by: dict[Path, str] = {}
    for name, loaded in regions.items():
        assert loaded.spec.policy is not None  # a region has one
        other = by.setdefault(loaded.rules_file(loaded.spec.policy), name)
        if other != name:
            raise UserError(
                f"{source.place(('regions', name, 'policy'))}: `regions.{name}.policy` is {loaded.spec.policy!r}.",
                f"The region {other} has the same, so that nothing could tell the two apart.",
                "Give each region a pack of its own (`extends` takes the common rules), or make one region of them.",
            )
