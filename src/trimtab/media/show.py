"""What may be shown of a file: the picture alone, without what stands beside it."""

import io
import itertools
import wave
from pathlib import Path

import numpy as np

from ..errors import UserError
from .look import MAX_PIXELS


def picture(path: Path, *, longest: int | None = None) -> tuple[bytes, str]:
    """An image as it is to be shown, and its media type: turned as the file asks, without any metadata, as PNG where it
    has transparency and as JPEG otherwise; its longer side at most `longest` pixels. Of a moving image the first frame.

    Raises UserError where it cannot be read or is too large.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ValueError(f"{image.width} × {image.height} pixels are more than {MAX_PIXELS:,}")
            image.load()
            turned = ImageOps.exif_transpose(image)
            seen = turned.convert("RGBA" if turned.has_transparency_data else "RGB")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise _not_shown(path, f"It is no image that can be read: {error}.") from None
    if longest is not None:
        seen.thumbnail((longest, longest))
    out = io.BytesIO()
    clean = Image.frombytes(seen.mode, seen.size, seen.tobytes())
    if clean.mode == "RGBA":
        clean.save(out, "PNG")
        return out.getvalue(), "image/png"
    clean.save(out, "JPEG", quality=90)
    return out.getvalue(), "image/jpeg"


def waveform(path: Path, *, bars: int = 200) -> list[float] | None:
    """The loudness of a WAV file in `bars` equal parts, each the largest level in 0 to 1; None of other types.

    Read in pieces; mono and stereo, 8, 16 and 32 bits. Raises UserError where it cannot be read.
    """
    try:
        with wave.open(str(path), "rb") as sound:
            width, channels, frames = sound.getsampwidth(), sound.getnchannels(), sound.getnframes()
            if width not in (1, 2, 4):
                return None
            kind = {1: np.uint8, 2: np.int16, 4: np.int32}[width]
            levels = []
            edges = np.linspace(0, frames, min(bars, max(frames, 1)) + 1).astype(int)
            for start, end in itertools.pairwise(edges):
                part = np.frombuffer(sound.readframes(int(end - start)), dtype=kind).astype(np.float64)
                part = part[: len(part) // channels * channels]
                part = part - 128 if width == 1 else part
                levels.append(float(np.abs(part).max(initial=0.0)) / float(2 ** (8 * width - 1)))
            return levels
    except (wave.Error, EOFError, OSError) as error:
        if "unknown format" in str(error) or "RIFF" in str(error):
            return None
        raise _not_shown(path, f"It is no sound that can be read: {error}.") from None


def _not_shown(path: Path, why: str) -> UserError:
    return UserError(f"{path} is to be shown.", why, "Leave it out.")
