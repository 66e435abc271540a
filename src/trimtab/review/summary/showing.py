"""What is shown of an item: its prompt, its answers in pieces, and pictures made small."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from ...errors import UserError
from ...media import picture
from ...records import Flag, Message, Piece, Region, RegionFlag, ShownSide, Span, StretchFlag, Thumbnail
from ..files import Gone, find
from ..records import MediaFile
from ..store import read_items
from .heard import HeardTask
from .hiding import Hiding

LONGEST = 360
"""Pixels of a picture's longer side."""
MOST_BYTES, ALL_BYTES = 120_000, 6_000_000
"""Of one picture, and of all that a task shows: the file is to be sent by mail."""
AROUND, WHOLE = 240, 900
"""Signs shown on either side of what is marked, and of a text in which nothing is."""
_AT_ONCE = 500
Place = Flag | RegionFlag | StretchFlag | Span
_REDACTED = "Left out, because what a picture shows cannot be masked."


@dataclass
class Shower:
    """Reads items of a task when they are first shown, and counts what their pictures come to."""

    session: Session
    heard: HeardTask
    hiding: Hiding
    _read: dict[str, tuple[tuple[Message, ...], list[str]]] = field(default_factory=dict)
    _spent: int = 0

    def texts(self) -> dict[str, str]:
        """The first answer of every judged item, as it is."""
        return {name: answers[0] for name, (_, answers) in self._items([e.item for e in self.heard.firsts]).items()}

    def prompt(self, item: str) -> str:
        """What was asked, as roles and words where there are several turns."""
        turns = self._items([item])[item][0]
        alone = len(turns) == 1
        return self.hiding.text("\n".join(t.content if alone else f"{t.role}: {t.content}" for t in turns))

    def answer(self, item: str, side: int = 0) -> str:
        """An answer's text; of a file nothing."""
        return "" if self._media(item) else self.hiding.text(self._items([item])[item][1][side])

    def sides(self, item: str, places: Sequence[Place] = ()) -> tuple[ShownSide, ...]:
        """The answers, with the places marked in the first of them."""
        row = self.heard.items[item]
        sources = [self.hiding.source(source) for source in row.sources]
        answers = self._items([item])[item][1]
        if self._media(item):
            return tuple(self._file(source, each, places) for source, each in zip(sources, answers, strict=True))
        spans = [(each.start, each.end) for each in places if isinstance(each, Span)]
        return tuple(
            ShownSide(source=source, pieces=pieces(self.hiding.text(text), spans))
            for source, text in zip(sources, answers, strict=True)
        )

    def _media(self, item: str) -> bool:
        return self.heard.items[item].modality != "text"

    def _items(self, names: Sequence[str]) -> dict[str, tuple[tuple[Message, ...], list[str]]]:
        wanted = [name for name in dict.fromkeys(names) if name not in self._read]
        if wanted:  # the others will be asked for as well
            judged = dict.fromkeys([*wanted, *(each.item for each in self.heard.firsts)])
            wanted = [name for name in judged if name not in self._read]
        for first in range(0, len(wanted), _AT_ONCE):
            some = wanted[first : first + _AT_ONCE]
            found = read_items(self.session, [self.heard.items[name] for name in some])
            self._read |= dict(zip(some, found, strict=True))
        return {name: self._read[name] for name in dict.fromkeys(names)}

    def _file(self, source: str, told: str, places: Sequence[Place]) -> ShownSide:
        file = MediaFile.from_json(told)
        drawn, why = self._thumbnail(file)
        return ShownSide(
            source=source,
            media=f"{file.modality}, {file.kind}" + (f", {file.seconds:.1f} s" if file.seconds is not None else ""),
            picture=drawn,
            no_picture=why,
            regions=tuple(
                Region(x=each.x, y=each.y, width=each.width, height=each.height)
                for each in places
                if isinstance(each, RegionFlag)
            ),
            stretches=tuple((e.from_seconds, e.to_seconds) for e in places if isinstance(e, StretchFlag)),
        )

    def _thumbnail(self, file: MediaFile) -> tuple[Thumbnail | None, str]:
        if file.modality != "image":
            return None, f"No still is made of {file.modality}."
        if not self.hiding.pictures:
            return None, _REDACTED
        try:
            data, kind = picture(find(file).path, longest=LONGEST)
        except (Gone, UserError):
            return None, "The file is not there any more, was changed, or cannot be read."
        if len(data) > MOST_BYTES or self._spent + len(data) > ALL_BYTES:
            return None, f"Left out: pictures are shown up to {MOST_BYTES:,} bytes each and {ALL_BYTES:,} a task."
        self._spent += len(data)
        width, height = _size(data)
        return Thumbnail(media_type=kind, data=b64encode(data).decode(), width=width, height=height), ""


def _size(data: bytes) -> tuple[int, int]:
    import io

    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        return image.width, image.height


def pieces(text: str, spans: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    """A text with the stretches marked and what is around them; far from them it is left out, with dots for it."""
    marks = _joined(sorted(spans))
    if not marks:
        return (Piece(text=text if len(text) <= WHOLE else text[:WHOLE] + " …"),)
    windows = _joined([(max(0, start - AROUND), min(len(text), end + AROUND)) for start, end in marks])
    found = []
    for start, end in windows:
        at = start
        lead = "… " if start else ""
        for low, high in [mark for mark in marks if start <= mark[0] and mark[1] <= end]:
            found += [Piece(text=lead + text[at:low]), Piece(text=text[low:high], marked=True)]
            at, lead = high, ""
        found.append(Piece(text=text[at:end] + (" …" if end < len(text) and (start, end) == windows[-1] else "")))
    return tuple(piece for piece in found if piece.text)


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches in order, those that touch as one."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found
