"""Which way of a figure is good."""

from typing import Literal

Better = Literal["higher", "lower", "neither"]
