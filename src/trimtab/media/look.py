"""One look at a file of a folder: what it is, whether it can be read, and what it says of who made it."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .kinds import HEAD, Modality, modality_by_name, modality_of, type_of
from .personal import Said, said_by_image, said_by_tracks
from .provenance import Provenance, provenance_of

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 100_000_000
"""Pixels of an image that is still decoded: 100 million, 300 MB in memory."""
MAX_BYTES = 2_000_000_000
"""Bytes of a file that is still read."""
_CHUNK = 1 << 20
_SIDE = 32
_LOW = 8


@dataclass(frozen=True)
class Look:
    """What one look at a file gave.

    `name` is its path within the folder, `digest` the SHA-256 of its bytes. `kind` is the media type of its content,
    None where that is none of those looked into; `claimed` is what its name's ending says. `unreadable` gives the
    reason why it could not be read whole. `width` and `height` are pixels as shown (turned as the file asks), `seconds`
    a duration. `print_` is a perceptual hash of 64 bits (None where an image has no detail to tell it by), `small` its
    32 × 32 grey levels, float32 in 0 to 1.
    """

    name: str
    digest: str
    size: int
    kind: str | None
    claimed: Modality | None
    unreadable: str | None = None
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    print_: int | None = None
    small: NDArray[np.float32] | None = None
    said: tuple[Said, ...] = ()
    provenance: Provenance | None = None

    @property
    def modality(self) -> Modality | None:
        """What its content is."""
        return None if self.kind is None else modality_of(self.kind)


def look_at(path: Path, name: str) -> Look:
    """Looks at a file once. Its bytes are read in pieces, images are decoded whole; video and audio are not decoded."""
    size = path.stat().st_size
    claimed = modality_by_name(path)
    if size > MAX_BYTES:
        return Look(name, "", size, None, claimed, unreadable=f"larger than {MAX_BYTES:,} bytes")
    with path.open("rb") as file:
        head = file.read(HEAD)
        digest = hashlib.sha256(head)
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    kind = type_of(head)
    found = Look(name, digest.hexdigest(), size, kind, claimed)
    if kind is None:
        reason = "empty" if not size else "its content is no image, video or audio of a known type"
        return replace(found, unreadable=reason)
    found = _image(path, found) if modality_of(kind) == "image" else _tracks(path, found)
    return found if found.unreadable else replace(found, provenance=provenance_of(path, kind, found.said))


def _image(path: Path, found: Look) -> Look:
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            if image.width * image.height > MAX_PIXELS:
                return replace(found, unreadable=f"{image.width} × {image.height} pixels, more than {MAX_PIXELS:,}")
            said = said_by_image(image)
            image.load()  # a file that is cut off fails here
            turned = ImageOps.exif_transpose(image)
    except UnidentifiedImageError:
        return replace(found, unreadable=f"Pillow does not read this {found.kind}")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        return replace(found, unreadable=str(error))
    small = small_of(turned)
    return replace(
        found, width=turned.width, height=turned.height, said=said, small=small, print_=perceptual_hash(small)
    )


def small_of(image: "Image") -> NDArray[np.float32]:
    """An image's grey levels at 32 × 32, each the mean of its part: [32, 32], 0 to 1."""
    from PIL.Image import Resampling

    levels = np.asarray(image.convert("L").resize((_SIDE, _SIDE), Resampling.BOX))
    return levels.astype(np.float32) / np.float32(255)


def perceptual_hash(small: NDArray[np.float32]) -> int | None:
    """64 bits: which of the 8 × 8 lowest frequencies of an image's grey levels (32 × 32) lie above their median.

    The scheme of pHash (Zauner 2010, "Implementation and benchmarking of perceptual image hash functions", 3.2.1). None
    where the image has no detail: of one colour, all bits would be noise.
    """
    from scipy.fft import dctn

    if float(small.std()) < 0.01:
        return None
    low = dctn(small, norm="ortho")[:_LOW, :_LOW].reshape(-1)
    bits = low > np.median(low[1:])
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def _tracks(path: Path, found: Look) -> Look:
    from pymediainfo import MediaInfo

    tracks = [track.to_data() for track in MediaInfo.parse(path).tracks]
    streams = [track for track in tracks if track.get("track_type") in ("Video", "Audio")]
    if not streams:
        return replace(found, unreadable="it holds no track of video or audio")
    if any(str(track.get("istruncated", "No")) == "Yes" for track in tracks):
        return replace(found, unreadable="it is cut off")
    video = next((track for track in streams if track["track_type"] == "Video"), {})
    durations = [float(track["duration"]) / 1000 for track in tracks if track.get("duration")]
    return replace(
        found,
        kind=found.kind if video or modality_of(str(found.kind)) == "audio" else "audio/mp4",
        width=video.get("width"),
        height=video.get("height"),
        seconds=max(durations, default=None),
        said=said_by_tracks(tracks),
    )
