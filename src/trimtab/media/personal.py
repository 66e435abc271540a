"""What a file says beside its content: who, where and on which device, and with which program or model it was made."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

About = Literal["place", "person", "device", "maker", "mark"]
"""What a piece of metadata gives away: a place, a person, one device by its number, what made the file, or a mark that
says that a machine made it."""


@dataclass(frozen=True)
class Said:
    """One piece of metadata: what it is about, and under which name. The value stays in the file."""

    about: About
    field: str


_EXIF: dict[int, tuple[About, str]] = {
    0x013B: ("person", "Artist"),
    0x8298: ("person", "Copyright"),
    0x9C9D: ("person", "XPAuthor"),
    0xA430: ("person", "CameraOwnerName"),
    0xA431: ("device", "BodySerialNumber"),
    0xA435: ("device", "LensSerialNumber"),
    0x013C: ("device", "HostComputer"),
    0x0131: ("maker", "Software"),
    0x9286: ("maker", "UserComment"),
    0x010E: ("maker", "ImageDescription"),
}
"""Tags of Exif 3.0 (CIPA DC-008, tables 4 to 8) and of Windows."""
_GPS, _SUB = 0x8825, 0x8769
_XMP: tuple[tuple[str, About], ...] = (
    (r"exif:GPSL(?:at|ong)itude|photoshop:City|Iptc4xmpCore:Location|Iptc4xmpExt:LocationCreated", "place"),
    (r"dc:creator|photoshop:Author|xmpRights:Owner|plus:ImageCreatorName|photoshop:CaptionWriter", "person"),
    (r"aux:SerialNumber|aux:LensSerialNumber|exifEX:BodySerialNumber", "device"),
    (r"xmp:CreatorTool|stEvt:softwareAgent", "maker"),
    (r"trainedAlgorithmicMedia|compositeWithTrainedAlgorithmicMedia|\bAIGC\b", "mark"),
)
"""Names of XMP (ISO 16684-1, IPTC Photo Metadata, IPTC digital source types; GB 45438-2025 for AIGC)."""
_TEXTS: dict[str, About] = {
    "author": "person", "artist": "person", "copyright": "person", "creator": "person", "owner": "person",
    "software": "maker", "comment": "maker", "description": "maker", "parameters": "maker", "prompt": "maker",
    "workflow": "maker", "dream": "maker", "sd-metadata": "maker", "generation_data": "maker", "model": "maker",
    "aigc": "mark", "location": "place", "gps": "place",
}  # fmt: skip
"""Keywords of PNG's text chunks (PNG 3, 11.3.3.2), and those that programs which draw put there."""
_IPTC: dict[tuple[int, int], tuple[About, str]] = {
    (2, 80): ("person", "By-line"), (2, 116): ("person", "CopyrightNotice"), (2, 90): ("place", "City"),
    (2, 92): ("place", "Sub-location"), (2, 65): ("maker", "OriginatingProgram"),
}  # fmt: skip
"""Data sets of IPTC-IIM 4.2, record 2."""
_TRACKS: tuple[tuple[str, About], ...] = (
    (r"recorded_location|.*location_iso6709|xyz|gps", "place"),
    (r"performer|album_performer|composer|director|producer|copyright|owner|encoded_by|artist", "person"),
    (r".*serial.*", "device"),
    (r"writing_application|encoded_application|writing_library|comment|description|comapplequicktimemodel", "maker"),
    (r"aigc", "mark"),
)
"""Names of MediaInfo's fields, whole."""


def said_by_image(image: "ImageFile") -> tuple[Said, ...]:
    """What an opened image's Exif, XMP, IPTC and text chunks say, each field once, sorted."""
    from PIL.IptcImagePlugin import getiptcinfo

    found = set(_exif(image))
    xmp = image.info.get("xmp", b"") or image.info.get("XML:com.adobe.xmp", "")
    text = xmp.decode("utf-8", errors="replace") if isinstance(xmp, bytes) else str(xmp)
    for pattern, about in _XMP:
        found |= {Said(about, match) for match in re.findall(pattern, text)}
    for name in image.info:
        about_text = _TEXTS.get(str(name).lower())
        if about_text is not None and image.info[name]:
            found.add(Said(about_text, str(name)))
    for key in getiptcinfo(image) or {}:
        if key in _IPTC:
            found.add(Said(*_IPTC[key]))
    return _sorted(found)


def _exif(image: "ImageFile") -> Iterable[Said]:
    exif = image.getexif()
    sub = exif.get_ifd(_SUB)
    for tag, (about, name) in _EXIF.items():
        value = exif.get(tag, sub.get(tag))
        if value not in (None, "", b"") and _says_something(value):
            yield Said(about, name)
    if any(tag in exif.get_ifd(_GPS) for tag in (2, 4)):  # latitude, longitude
        yield Said("place", "GPS")


def _says_something(value: Any) -> bool:
    return bool(value.strip(b"\0 ASCIUNODE") if isinstance(value, bytes) else str(value).strip("\0 "))


def said_by_tracks(tracks: Iterable[Mapping[str, Any]]) -> tuple[Said, ...]:
    """The same of video and audio, by MediaInfo's tracks."""
    found = set()
    for track in tracks:
        for name, value in track.items():
            about = next((about for pattern, about in _TRACKS if re.fullmatch(pattern, name)), None)
            if about is not None and value:
                found.add(Said(about, name))
    return _sorted(found)


def _sorted(found: Iterable[Said]) -> tuple[Said, ...]:
    return tuple(sorted(set(found), key=lambda each: (each.about, each.field)))
