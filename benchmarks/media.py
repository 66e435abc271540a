"""How many changed images the folder audit finds again, and how many others it takes for copies.

    python benchmarks/media.py [--images 3000]

Draws made scenes (rectangles and ellipses), changes 200 of them in each of several ways, and prints for each way how
many are found as near copies of their original; then all pairs of unchanged scenes that are called copies, and the
seconds. Made scenes are easier than photographs of one place: the false ones there have to be looked at.
"""

import io
import time
from argparse import ArgumentParser
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance

from trimtab.media.copies import near_copies
from trimtab.media.look import Look, perceptual_hash, small_of

SIZE = (160, 120)
CHANGED = 200


def scene(seed: int) -> Image.Image:
    """A made scene of twelve shapes."""
    random = np.random.default_rng(seed)

    def colour() -> tuple[int, int, int]:
        red, green, blue = (int(level) for level in random.integers(0, 255, 3))
        return red, green, blue

    image = Image.new("RGB", SIZE, colour())
    draw = ImageDraw.Draw(image)
    for place in range(12):
        left, top = int(random.integers(0, SIZE[0])), int(random.integers(0, SIZE[1]))
        box = (left, top, left + int(random.integers(8, 80)), top + int(random.integers(8, 60)))
        (draw.rectangle if place % 2 else draw.ellipse)(box, fill=colour())
    return image


def saved_again(image: Image.Image) -> Image.Image:
    """As JPEG at quality 20."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=20)
    return Image.open(out)


def captioned(image: Image.Image) -> Image.Image:
    """With a black band over its lowest tenth."""
    banded = image.copy()
    banded.paste((0, 0, 0), (0, 108, *SIZE))
    return banded


WAYS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "half as large": lambda image: image.resize((80, 60)),
    "cut by 2 pixels a side of 160": lambda image: image.crop((2, 2, 158, 118)),
    "cut by 8 pixels a side of 160": lambda image: image.crop((8, 6, 152, 114)),
    "30 % lighter": lambda image: ImageEnhance.Brightness(image).enhance(1.3),
    "40 % less contrast": lambda image: ImageEnhance.Contrast(image).enhance(0.6),
    "JPEG at quality 20": saved_again,
    "a black band over a tenth": captioned,
}


def look(image: Image.Image, name: str) -> Look:
    """What the audit keeps of an image."""
    small = small_of(image)
    return Look(name, name, 1, "image/png", "image", small=small, print_=perceptual_hash(small))


def main() -> None:
    """Prints the table."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=3000)
    n = parser.parse_args().images
    whole = [look(scene(seed), str(seed)) for seed in range(n)]
    for way, change in WAYS.items():
        found = sum(bool(near_copies([whole[seed], look(change(scene(seed)), "changed")])) for seed in range(CHANGED))
        print(f"{way:32} {found:3} of {CHANGED} found")
    started = time.perf_counter()
    groups = near_copies(whole)
    print(f"{n * (n - 1) // 2:,} pairs of others: {sum(len(group) - 1 for group in groups)} called copies,", end=" ")
    print(f"{time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
