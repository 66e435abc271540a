"""From a folder of images, video and audio to what is to be judged. Files stay where they are; what is not shown is
counted, with the reason."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from ..media import Listing, Look, demand_packages, holds_media, look_at, media_files, modality_by_name, read_listing
from ..records import Message
from ..store import FileName
from .likely import BLURRED, classifier
from .records import NO_SEVERITY, RANKED, MediaFile, NewItem, Side, severity_of

PROMPT_COLUMNS = ("prompt", "text", "caption")
"""Columns of a listing that say what a file answers, the first that is there."""
_MODEL, _SEVERITY = "model", "severity"
_ROOM = ".review.db"
_ALONE = "with no file to the same prompt that it could be compared with"
_NO_PROMPT = "without a prompt, so that nothing says what they could be compared with"
_NOT_RANKED = f"prompts whose different files are fewer than {RANKED[0]} or more than {RANKED[1]}"
_SAME = "whose two files are the same"


def is_folder(source: str) -> bool:
    """Whether a source is a folder of media, and not a run's."""
    folder = Path(source)
    return folder.is_dir() and not (folder / FileName.RUN).is_file() and holds_media(folder)


def read_folders(
    folders: Sequence[Path], sides: int, left: Counter[str], *, blur_likely: bool = False
) -> list[NewItem]:
    """Items of one file each, of two to the same prompt (within one folder, or the first folder's with the other's), or
    of all to the same prompt, from all folders, to be put in order.

    `blur_likely` makes images harder on a reviewer that are likely to be pornographic. Raises UserError where a listing
    cannot be read or a package is missing.
    """
    demand_packages()
    likely = classifier() if blur_likely else None
    files = [list(_files(folder, left, likely)) for folder in folders]
    if sides == 1:
        return [_item(each) for some in files for each in some]
    if sides > 2:
        return list(_together([each for some in files for each in some], left))
    if len(files) == 2:
        return list(_across(files[0], files[1], left))
    return list(_within(files[0], left))


@dataclass(frozen=True)
class _Given:
    """A file, what it answers ("" where nothing says so), whose it is, and its severity."""

    file: MediaFile
    prompt: str
    source: str
    severity: int


def _files(folder: Path, left: Counter[str], likely: Callable[[Path], bool] | None) -> Iterator[_Given]:
    listing = read_listing(folder)
    paths = media_files(folder)
    _count_others(folder, paths, listing, left)
    beside = {path: _beside(path) for path in paths if path.suffix.lower() != ".txt"}
    prompts = {text for path, text in beside.items() if text is not None and modality_by_name(path)}
    for path in paths:
        if path in prompts or path.name.endswith(_ROOM) or _ROOM + "-" in path.name:
            continue
        name = path.relative_to(folder).as_posix()
        row: Mapping[str, object] = listing.rows.get(name, {}) if listing else {}
        severity = severity_of(row.get(_SEVERITY))
        if severity is None:
            left[NO_SEVERITY] += 1
            continue
        look = look_at(path, name)
        if look.kind is None or look.unreadable:
            left[f"that are no image, video or audio that can be read: {_why(look)}"] += 1
            continue
        asked = next((row[column] for column in PROMPT_COLUMNS if row.get(column)), None)
        if asked is None:
            text = beside.get(path)
            asked = text.read_text(encoding="utf-8", errors="replace").strip() if text is not None else ""
        if not isinstance(asked, str) or "\0" in asked:
            left["whose prompt is no text"] += 1
            continue
        if likely is not None and look.modality == "image" and likely(path):
            severity = max(severity, BLURRED)
        model = row.get(_MODEL)
        yield _Given(_file(folder, look), asked.strip(), str(model) if model else name, severity)


def _beside(path: Path) -> Path | None:
    """The file that says what this one answers: NAME.txt beside NAME.png."""
    text = path.with_suffix(".txt")
    return text if text.is_file() and text.resolve().parent == path.resolve().parent else None


def _count_others(folder: Path, paths: Sequence[Path], listing: Listing | None, left: Counter[str]) -> None:
    """Hidden files, links that lead out, and rows of the listing without their file."""
    kept = set(paths)
    for path in folder.rglob("*"):
        if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
            left["that are links out of the folder"] += 1
        elif path.is_file() and path not in kept and (listing is None or path != listing.path):
            left["that are hidden"] += 1
    if listing is not None:
        there = {path.relative_to(folder).as_posix() for path in paths}
        if missing := sum(name not in there for name in listing.rows):
            left[f"rows of {listing.path.name} without their file"] += missing


def _why(look: Look) -> str:
    return look.unreadable or "of no type that is known"


def _file(folder: Path, look: Look) -> MediaFile:
    marks = look.provenance
    return MediaFile(
        folder=str(folder.resolve()),
        name=look.name,
        digest=look.digest,
        kind=str(look.kind),
        size=look.size,
        seconds=look.seconds,
        says=tuple(f"{each.about}: {each.field}" for each in look.said),
        provenance=marks.state if marks else "unread",
        generator=marks.generator if marks else None,
        made_by_machine=marks.made_by_machine if marks else False,
    )


def _item(*given: _Given) -> NewItem:
    asked = given[0].prompt
    return NewItem(
        (Message(role="user", content=asked),) if asked else (),
        tuple(Side("", each.source, each.file) for each in given),
        max(each.severity for each in given),
        given[0].file.modality,
    )


def _within(files: Sequence[_Given], left: Counter[str]) -> Iterator[NewItem]:
    """Every two files of a folder that answer the same prompt."""
    for some in _by_prompt(files, left):
        if len(some) == 1:
            left[_ALONE] += 1
        for one, other in combinations(some, 2):
            yield from _pair(one, other, left)


def _together(files: Sequence[_Given], left: Counter[str]) -> Iterator[NewItem]:
    """All different files that answer the same prompt, where there are as many as can be ranked."""
    for some in _by_prompt(files, left):
        kept = list({each.file.digest: each for each in reversed(some)}.values())[::-1]
        left[_SAME] += len(some) - len(kept)
        if RANKED[0] <= len(kept) <= RANKED[1]:
            yield _item(*kept)
        else:
            left[_NOT_RANKED] += 1


def _by_prompt(files: Sequence[_Given], left: Counter[str]) -> list[list[_Given]]:
    groups: dict[tuple[str, str], list[_Given]] = {}
    for each in files:
        if each.prompt:
            groups.setdefault((each.prompt, each.file.modality), []).append(each)
        else:
            left[_NO_PROMPT] += 1
    return list(groups.values())


def _across(one: Sequence[_Given], other: Sequence[_Given], left: Counter[str]) -> Iterator[NewItem]:
    """The first folder's files with the second's to the same prompt or, without a prompt, of the same name."""
    waiting: dict[tuple[str, str], list[_Given]] = {}
    for each in other:
        waiting.setdefault(_partner(each), []).append(each)
    for each in one:
        if some := waiting.get(_partner(each)):
            yield from _pair(each, some.pop(0), left)
        else:
            left[_ALONE] += 1
    if alone := sum(map(len, waiting.values())):
        left[_ALONE] += alone


def _partner(given: _Given) -> tuple[str, str]:
    name = Path(given.file.name).with_suffix("")
    return given.file.modality, f"prompt {given.prompt}" if given.prompt else f"name {name}"


def _pair(one: _Given, other: _Given, left: Counter[str]) -> Iterator[NewItem]:
    if one.file.digest == other.file.digest:
        left[_SAME] += 1
    else:
        yield _item(one, other)
