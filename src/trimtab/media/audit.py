"""The audit of a folder of images, video and audio: what is wrong with it before people look at it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import UserError, extra
from ..records import ROWS_KEPT, Finding, Weight, worst_first
from .copies import near_copies, same_bytes
from .kinds import SUFFIXES, modality_by_name
from .listing import NAMES, Listing, read_listing
from .look import Look, look_at
from .personal import About

Progress = Callable[[int, int], None]
"""Hears how many files have been looked at, and of how many."""


@dataclass(frozen=True)
class MediaAudit:
    """Every file that was looked at, by name, and what was found, worst first. `others` are files of no kind known."""

    looks: tuple[Look, ...]
    findings: tuple[Finding, ...]
    others: tuple[str, ...]

    @property
    def blocks(self) -> bool:
        """Whether a finding must be mended first."""
        return any(finding.severity == "block" for finding in self.findings)


def holds_media(folder: Path) -> bool:
    """Whether a folder holds a file whose name claims an image, video or audio, at any depth."""
    return any(path.is_file() and modality_by_name(path) for path in folder.rglob("*"))


def audit_media(folder: Path, *, told: Progress = lambda done, of: None) -> MediaAudit:
    """Looks at every file of a folder, hidden ones and links out of it left alone, and says what is wrong.

    Raises UserError where it holds no image, video or audio, or its listing cannot be read, or a package is missing.
    """
    paths = media_files(folder)
    listing = read_listing(folder)
    named = [path for path in paths if modality_by_name(path) or _listed(path, folder, listing)]
    if not named:
        raise UserError(
            f"{folder} holds {len(paths)} files." if paths else f"{folder} holds no files.",
            "None of them is an image, video or audio by its name, and no listing names one.",
            f"Give a folder of media ({', '.join(sorted(ending for each in SUFFIXES.values() for ending in each))}).",
        )
    demand_packages()
    looks = []
    for done, path in enumerate(named):
        told(done, len(named))
        looks.append(look_at(path, path.relative_to(folder).as_posix()))
    told(len(named), len(named))
    chosen = set(named)
    others = tuple(path.relative_to(folder).as_posix() for path in paths if path not in chosen)
    return MediaAudit(tuple(looks), tuple(worst_first(_findings(looks, listing))), others)


def demand_packages() -> None:
    """Raises UserError where a package is missing that looks into files."""
    with extra("media", "A folder of media is to be looked into."):
        import PIL  # noqa: F401
        import pymediainfo  # noqa: F401


def media_files(folder: Path) -> list[Path]:
    """Every file of a folder, sorted, without hidden ones, links out of it and its listing."""
    inside = folder.resolve()
    found = []
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file() and path.resolve().is_relative_to(inside) and path.name not in NAMES:
            found.append(path)
    return found


def _listed(path: Path, folder: Path, listing: Listing | None) -> bool:
    return listing is not None and path.relative_to(folder).as_posix() in listing.rows


def _findings(looks: Sequence[Look], listing: Listing | None) -> list[Finding]:
    found = [*_unreadable(looks), *_mislabelled(looks), *_copies(looks), *_metadata(looks), *_provenance(looks)]
    return [*found, *(_listing(looks, listing) if listing is not None else ())]


def _finding(
    name: str, severity: Weight, title: str, names: Iterable[str], of: int, summary: str, remedy: str
) -> list[Finding]:
    """One finding about so many files of `of`, or none where there are none."""
    rows = tuple(names)
    if not rows:
        return []
    told = f"{len(rows):,} of {of:,} files: {summary}"
    return [
        Finding(
            id=name, severity=severity, title=title, figure=len(rows) / of, summary=told, rows=rows[:ROWS_KEPT],
            count=len(rows), remedy=remedy,
        )
    ]  # fmt: skip


def _unreadable(looks: Sequence[Look]) -> list[Finding]:
    bad = [look for look in looks if look.unreadable]
    reasons = Counter(str(look.unreadable) for look in bad).most_common(3)
    return _finding(
        "media-unreadable", "block", "Files that cannot be read", (look.name for look in bad), len(looks),
        "; ".join(f"{count} × {reason}" for reason, count in reasons) + ". Video and audio are not decoded.",
        "Fetch them again, or leave them out: nobody can judge them, and training on them fails.",
    )  # fmt: skip


def _mislabelled(looks: Sequence[Look]) -> list[Finding]:
    bad = [
        look for look in looks if look.kind is not None and Path(look.name).suffix.lower() not in SUFFIXES[look.kind]
    ]
    examples = "; ".join(f"{look.name} is {look.kind}" for look in bad[:3])
    return _finding(
        "media-mislabelled", "warn", "Names that say another type", (look.name for look in bad), len(looks),
        f"their content is of another type than their name's ending says ({examples}).",
        "Rename them; readers that go by the name fail on them or show nothing.",
    )  # fmt: skip


def _copies(looks: Sequence[Look]) -> list[Finding]:
    same, near = same_bytes(looks), near_copies(looks)
    found = _finding(
        "media-duplicate", "warn", "The same file more than once", (look.name for group in same for look in group[1:]),
        len(looks), f"each has the bytes of a file before it ({_pairs(same)}).",
        "Keep one of each, and keep the others out of the held-out side: a copy is judged twice and counts twice.",
    )  # fmt: skip
    images = sum(look.print_ is not None for look in looks)
    return found + _finding(
        "media-near-duplicate", "warn", "Images that look alike", (look.name for group in near for look in group[1:]),
        max(images, 1), f"each looks like an image before it, scaled, saved again or lightly changed ({_pairs(near)}).",
        "Look at them; keep one, or keep all of a group on one side of a split.",
    )  # fmt: skip


def _pairs(groups: Sequence[Sequence[Look]]) -> str:
    return "; ".join(f"{group[1].name} and {group[0].name}" for group in groups[:3])


_WHAT: dict[About, str] = {"place": "a place", "person": "a person", "device": "a device by its number"}


def _metadata(looks: Sequence[Look]) -> list[Finding]:
    gives = [(look, [each for each in look.said if each.about in _WHAT]) for look in looks]
    gives = [(look, said) for look, said in gives if said]
    about = Counter(_WHAT[kind] for _, said in gives for kind in {each.about for each in said})
    fields = Counter(each.field for _, said in gives for each in said)
    counted = "; ".join(f"{count} name {what}" for what, count in about.most_common())
    found = _finding(
        "media-personal", "warn", "Metadata that gives away a person", (look.name for look, _ in gives), len(looks),
        f"{counted} (in {', '.join(field for field, _ in fields.most_common(5))}).",
        "Take the metadata off before the files are shown to people, published or trained on.",
    )  # fmt: skip
    made = [look for look in looks if any(each.about == "maker" for each in look.said)]
    fields = Counter(each.field for look in made for each in look.said if each.about == "maker")
    return found + _finding(
        "media-maker", "info", "Metadata that says what made the file", (look.name for look in made), len(looks),
        f"a program, a model or a prompt stands in {', '.join(field for field, _ in fields.most_common(5))}.",
        "Whoever is to judge blind must not see it; what serves the files takes it off.",
    )  # fmt: skip


def _provenance(looks: Sequence[Look]) -> list[Finding]:
    seen = [(look, look.provenance) for look in looks if look.provenance is not None]
    broken = [(look, mark) for look, mark in seen if mark.state == "broken"]
    codes = Counter(code for _, mark in broken for code in mark.failed)
    found = _finding(
        "media-provenance-broken", "warn", "Provenance marks that do not hold", (look.name for look, _ in broken),
        len(looks), f"their C2PA manifest does not fit them ({', '.join(code for code, _ in codes.most_common(3))}).",
        "Take these files from where they were signed: they were changed after it.",
    )  # fmt: skip
    missing = [look for look, mark in seen if mark.state == "none" and not mark.made_by_machine]
    states = Counter(mark.state for _, mark in seen)
    marked = sum(mark.made_by_machine for _, mark in seen)
    told = f"no C2PA manifest and no mark in their metadata. {states['valid']} hold a manifest that fits"
    told += f"; {marked} say that a model made them"
    told += f"; {states['remote']} point to a manifest elsewhere, which is not fetched" if states["remote"] else ""
    found += _finding(
        "media-provenance-missing", "info", "No mark of provenance", (look.name for look in missing), len(looks),
        f"{told}.", "Where a model made them, mark them as the law of the place asks before they are published.",
    )  # fmt: skip
    return found + _finding(
        "media-provenance-unread", "info", "Marks of provenance were not read",
        (look.name for look, mark in seen if mark.state == "unread"), len(looks),
        "the package that reads C2PA's manifests is not installed.", "pip install 'trimtab[media]'",
    )  # fmt: skip


def _listing(looks: Sequence[Look], listing: Listing) -> list[Finding]:
    there = {look.name for look in looks}
    absent = [name for name in listing.rows if name not in there]
    unnamed = [look.name for look in looks if look.name not in listing.rows]
    found = _finding(
        "media-missing", "block", "Rows without their file", absent, len(listing.rows),
        f"{listing.path.name} names what is not in the folder.", "Add the files, or take the rows out.",
    )  # fmt: skip
    return found + _finding(
        "media-unlisted", "warn", "Files without a row", unnamed, len(looks),
        f"{listing.path.name} does not name them, so nothing says what they answer.", "Add a row for each.",
    )  # fmt: skip
