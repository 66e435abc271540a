"""The audit of a folder of images, video and audio as a function."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UserError
from ..loop import Progress
from ..media import MediaAudit, audit_media
from ..records import Finding
from .inputs import quiet
from .results import Result, by_weight, frame_of

if TYPE_CHECKING:
    import polars


_SAY_EVERY = 500
"""Files between two lines that say how far it is."""


@dataclass(frozen=True, repr=False)
class MediaResult(Result):
    """What is wrong with a folder of media, worst first; a row of the frame is a file that was looked at."""

    folder: Path
    audit: MediaAudit

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, worst first."""
        return self.audit.findings

    @property
    def blocks(self) -> bool:
        """Whether a finding must be mended first."""
        return self.audit.blocks

    @property
    def summary(self) -> str:
        """How many files of each kind, and findings by weight."""
        kinds = Counter(look.modality or "unknown" for look in self.audit.looks)
        counted = ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common())
        left = f"; {len(self.audit.others):,} files of no such kind left out" if self.audit.others else ""
        return f"audit of {len(self.audit.looks):,} files ({counted}): {by_weight(self.findings)}{left}"

    def to_frame(self) -> "polars.DataFrame":
        """A row a file: name, kind, size, digest, width, height, seconds, unreadable, metadata, provenance."""
        import polars as pl

        numbers = {"size": pl.Int64, "width": pl.Int64, "height": pl.Int64, "seconds": pl.Float64}
        texts = {"digest": pl.String, "unreadable": pl.String, "metadata": pl.List(pl.String), "provenance": pl.String}
        rows = [
            {
                **vars(look),
                "metadata": [f"{said.about}: {said.field}" for said in look.said],
                "provenance": look.provenance and look.provenance.state,
            }
            for look in self.audit.looks
        ]
        return frame_of(rows, {"name": pl.String, "kind": pl.String, **numbers, **texts})


def audit_folder(folder: str | Path, *, progress: Progress | None = None) -> MediaResult:
    """Looks at every image, video and audio of a folder: what cannot be read, what its name misnames, copies, metadata
    that gives away a person or what made a file, marks of provenance. Needs the extra `media`.

    Raises UserError where it is no folder, holds none, or a package is missing.
    """
    place = Path(folder)
    if not place.is_dir():
        raise UserError(f"{place} is to be audited.", "It is no folder.", "Give a folder of images, video or audio.")
    say = quiet(progress).say

    def told(done: int, of: int) -> None:
        if done and done % _SAY_EVERY == 0:
            say(f"{done:,} of {of:,} files")

    return MediaResult(place, audit_media(place, told=told))
