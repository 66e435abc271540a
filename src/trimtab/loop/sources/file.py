"""The source `file`: what people or other models said, read as it stands."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ...data import READER
from ...spec import FileSpec
from ..gather import read_part
from .base import Source, SourceKind

if TYPE_CHECKING:
    from ..stages.session import Session


def _opened(session: "Session", files: Sequence[FileSpec]) -> list[Source]:
    return [
        Source(
            settings.model_dump() | {"path": Path(settings.path).name, "reader": READER},
            {f"feedback.{place}": session.inputs.hashes[f"feedback.{place}"]},
            partial(read_part, settings, path),
        )
        for place, (settings, path) in enumerate(session.inputs.files)
    ]


FILE = SourceKind("file", _opened)
