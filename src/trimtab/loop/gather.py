"""From a spec's files of feedback to what its training method takes: read, converted, blended, with every reject."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ..data import read_supervision
from ..errors import UserError
from ..feedback import (
    METHODS_FED,
    TAKES,
    Blend,
    Converted,
    blend,
    counted,
    to_comparisons,
    to_demonstrations,
    to_thumbs,
)
from ..methods import REWARD_MODEL
from ..policy import broken_rules
from ..records import Comparison, Demonstration, Policy, Reject, Supervision, Thumb, kind_of, text_of
from ..scorers import Opened
from ..spec import FileSpec, TrainingSpec

R = TypeVar("R", Comparison, Demonstration, Thumb)
_TOLD = 3
"""Reasons that an error names."""


@dataclass(frozen=True)
class Gathered:
    """What the files gave. `taught` is what the method trains on; `shown` what an SFT before it trains on.

    `rejected` are rows that no file's reader could take or that made nothing; `left_out` is what weights did not draw.
    `rows` are all that could be read, `compared` the comparisons whose better sides
    are `taught` as they are, and `read` counts all that were in the files.
    """

    taught: tuple[Comparison, ...] | tuple[Demonstration, ...] | tuple[Thumb, ...]
    shown: tuple[Demonstration, ...]
    rows: tuple[Supervision, ...]
    compared: tuple[Comparison, ...]
    rejected: tuple[Reject, ...]
    left_out: tuple[Reject, ...]
    read: int
    notes: tuple[str, ...]

    @property
    def judge(self) -> str:
        """The judges of what is taught, the first few."""
        return ", ".join(sorted({item.provenance.judge for item in self.taught})[:5]) or "unknown"


@dataclass(frozen=True)
class _File:
    """A file's rows: those that a first SFT takes as they are, and the rest."""

    name: str
    settings: FileSpec
    rows: tuple[Supervision, ...]
    shown: tuple[Demonstration, ...]
    rest: tuple[Supervision, ...]


def gather(
    files: Sequence[tuple[FileSpec, Path]],
    training: TrainingSpec,
    seed: int,
    policy: Policy | None = None,
    opened: Opened | None = None,
) -> Gathered:
    """Reads all files and converts each by itself to what the method takes; `demand_something` says if that is nothing.

    What breaks a rule of the policy whose severity is block is not taught as right; `opened` holds the scorers of its
    checks that are not offline.

    Where `training.sft_first` is given, demonstrations go to it and all other rows to the method. Raises UserError
    where a file cannot be read at all.
    """
    rejected: list[Reject] = []
    notes: list[str] = []
    found: list[_File] = []
    read = 0
    for settings, path in files:
        loaded = read_supervision(path)
        read += loaded.read
        rejected += loaded.rejected
        shown = tuple(row for row in loaded.kept if isinstance(row, Demonstration)) if training.first else ()
        rest = tuple(row for row in loaded.kept if not (shown and isinstance(row, Demonstration)))
        found.append(_File(path.name, settings, loaded.kept, shown, rest))

    def blended(convert: Callable[[_File], Converted[R]], noun: str) -> Blend[R]:
        parts = [_keeping(convert(file), policy, opened) for file in found]
        mixed = blend([(part.made, file.settings.weight) for part, file in zip(parts, found, strict=True)], seed)
        for file, part, (had, taken) in zip(found, parts, mixed.counts, strict=True):
            rejected.extend(part.rejected)
            notes.extend(part.notes)
            if had and (len(found) > 1 or file.settings.weight != 1):
                weight = f"; a weight of {file.settings.weight:g} takes {taken}" if taken != had else ""
                notes.append(f"{file.name}: {counted(file.rows)} made {had} {noun}{weight}.")
        return mixed

    taught: Blend[Comparison] | Blend[Demonstration] | Blend[Thumb]
    match training.method_row.rows:
        case "comparison":
            taught = blended(lambda file: to_comparisons(file.rest, file.settings.margin), "comparisons")
        case "thumb":
            taught = blended(lambda file: to_thumbs(file.rest), "thumbs")
        case "demonstration":
            taught = blended(lambda file: to_demonstrations(file.rest), "demonstrations")
        case kind:
            raise AssertionError(f"no method trains on a {kind}")
    first = blended(lambda file: Converted(file.shown, ()), "demonstrations for the fine-tuning before")
    left_out = [_left_out(row) for row in (*taught.left_out, *first.left_out)]
    rows = tuple(row for file in found for row in file.rows)
    used = {row.id for row in taught.rows}
    compared = tuple(row for row in rows if isinstance(row, Comparison) and row.id in used)
    return Gathered(taught.rows, first.rows, rows, compared, tuple(rejected), tuple(left_out), read, tuple(notes))


def _keeping(made: Converted[R], policy: Policy | None, opened: Opened | None) -> Converted[R]:
    """Those that do not hold up as right what breaks a rule; the others are rejected."""
    if policy is None:
        return made
    kept, rejected = [], list(made.rejected)
    right = [row for row in made.made if _taught_as_right(row)]
    judged = iter(broken_rules(policy, [(row.prompt[-1].content, _shown(row)) for row in right], opened))
    for row in made.made:
        broken = next(judged) if _taught_as_right(row) else []
        if broken:
            reason = f"what it teaches breaks the policy: {', '.join(broken)}"
            rejected.append(Reject(source=row.provenance.source, row=row.id, reason=reason, excerpt=_shown(row)[:120]))
        else:
            kept.append(row)
    return Converted(tuple(kept), tuple(rejected), made.notes)


def _taught_as_right(row: Comparison | Demonstration | Thumb) -> bool:
    return row.label if isinstance(row, Thumb) else True


def _shown(row: Comparison | Demonstration | Thumb) -> str:
    return row.chosen_text if isinstance(row, Comparison) else text_of(row.completion)


def demand_something(found: Gathered, training: TrainingSpec) -> None:
    """Raises UserError where the method has nothing to train on, with what it needs and what the files hold."""
    method = REWARD_MODEL.name if training.method_row.on_policy else training.method
    needs = f"{TAKES[method]}s" if method != "kto" else "thumbs of both kinds"
    labels = {item.label for item in found.taught if isinstance(item, Thumb)}
    if found.taught and (method != "kto" or len(labels) == 2):
        return
    reasons = [reason for reason, _ in Counter(item.reason for item in found.rejected).most_common(_TOLD)]
    if found.taught:
        reasons = [f"all {len(found.taught)} thumbs are {'up' if labels == {True} else 'down'}"]
    fed = sorted(
        {other for row in found.rows for other in METHODS_FED[kind_of(row)] if other not in (method, "reward")}
    )
    feeding = ", ".join(f"{kind}s" for kind, methods in METHODS_FED.items() if method in methods)
    raise UserError(
        f"The feedback files hold {counted(found.rows)} ({found.read} rows).",
        f"training.method is {training.method}, which needs {needs}, and none can be made: "
        f"{'; '.join(reasons) or 'no row'}.",
        f"Give {feeding} (docs/feedback.md)"
        + (f", or set training.method to {' or '.join(fed)}, which these rows can feed." if fed else "."),
    )


def _left_out(row: Comparison | Demonstration | Thumb) -> Reject:
    reason = "left out by its file's weight (feedback.files)"
    return Reject(source=row.provenance.source, row=row.id, reason=reason, excerpt=_shown(row)[:120])
