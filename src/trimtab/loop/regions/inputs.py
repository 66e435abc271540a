"""The files of a spec of regions, read and held against each other before anything heavy is loaded."""

from collections.abc import Iterator
from dataclasses import dataclass

from ...data import near_duplicates, read_prompts
from ...errors import UserError
from ...records import Prompt
from ...spec import COMMON, LoadedRegions
from ...store import file_digest
from ..inputs import Inputs, read_inputs


@dataclass(frozen=True)
class RegionInputs:
    """Each region's files, those of what is shared, the held-out prompts of no region, and the hash of their file."""

    regions: dict[str, Inputs]
    shared: Inputs | None
    common: tuple[Prompt, ...]
    common_hash: str

    @property
    def heldout(self) -> dict[str, tuple[Prompt, ...]]:
        """The held-out prompts of each region, and under COMMON those of none."""
        return {**{name: each.heldout for name, each in self.regions.items()}, COMMON: self.common}


def read_region_inputs(loaded: LoadedRegions) -> RegionInputs:
    """Reads every file. Raises UserError as `read_inputs`, and where an id is there twice or an adapter is trained on
    what is held out for it."""
    regions = {}
    for name, each in loaded.regions.items():
        try:
            regions[name] = read_inputs(each)
        except UserError as error:
            raise UserError(f"Region {name}: {error.given}", error.why, error.fix) from None
    file = loaded.any.path(loaded.spec.prompts.heldout)
    shared = read_inputs(loaded.shared) if loaded.shared is not None else None
    found = RegionInputs(regions, shared, tuple(read_prompts(file)), file_digest(file))
    _refuse_equal_ids(found)
    _refuse_leaks(found)
    return found


def _sets(found: RegionInputs) -> Iterator[tuple[str, tuple[Prompt, ...], tuple[Prompt, ...]]]:
    """Whose they are, the prompts that are trained on, and those held out."""
    for name, each in found.regions.items():
        yield name, each.train, each.heldout
    yield COMMON, found.shared.train if found.shared is not None else (), found.common


def _refuse_equal_ids(found: RegionInputs) -> None:
    seen: dict[str, str] = {}
    for name, train, heldout in _sets(found):
        for prompt in (*train, *heldout):
            other = seen.setdefault(prompt.id, name)
            if other != name:
                raise UserError(
                    f"The id {prompt.id!r} is in the prompts of {other} and of {name}.",
                    "Ids tell prompts apart through all regions.",
                    f"Begin the ids of a region's prompts with its name, as in {name}-{prompt.id}.",
                )


def _near(train: tuple[Prompt, ...], heldout: tuple[Prompt, ...]) -> tuple[int, str]:
    """How many held-out prompts are nearly one of these, and the first of them."""
    pairs = near_duplicates(train, heldout) if train else []
    return len(pairs), "; ".join(f"{a.id} “{a.text}” and {b.id} “{b.text}”" for a, b in pairs[:3])


def _refuse_leaks(found: RegionInputs) -> None:
    """Raises UserError where an adapter was trained on what is held out for it: prompts of no region are for all, and
    what is shared trains all."""
    for name, train, _ in _sets(found):
        for other, _, heldout in _sets(found):
            count, first = _near(train, heldout) if name != other and COMMON in (name, other) else (0, "")
            if count:
                raise UserError(
                    f"{count} held-out prompts of {other} are nearly the same as training prompts of {name}: {first}.",
                    "What was trained on is no evidence when it is measured.",
                    "Replace one of each pair.",
                )


def leak_notes(found: RegionInputs) -> list[str]:
    """Where a region trains on nearly what is held out in another: no gate looks at that adapter there, and yet the
    cell of the matrix, and a merged adapter, show what was taught and not what it came to."""
    told = []
    for name, each in found.regions.items():
        for other, theirs in found.regions.items():
            count, first = _near(each.train, theirs.heldout) if name != other else (0, "")
            if count:
                told.append(
                    f"{count} held-out prompts of {other} are nearly the same as training prompts of {name} ({first}): "
                    f"the figures of {name}'s adapter in {other}, and of a merged one, are no evidence there"
                )
    return told
