"""Where feedback comes from: a kind of source a file, and the table of them."""

from .base import Source, SourceKind
from .constitution import CONSTITUTION
from .file import FILE
from .review import REVIEW
from .sample import SAMPLE

SOURCES = {kind.name: kind for kind in (SAMPLE, FILE, REVIEW, CONSTITUTION)}
"""Every kind by its key in a spec's `feedback.sources`."""

__all__ = ["SOURCES", "Source", "SourceKind"]
