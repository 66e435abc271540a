"""By what methods a verb that trains can be told to."""

from ..methods import METHODS
from ..spec import AUTO

METHOD_NAMES = f"{', '.join(METHODS)} or {AUTO}"
"""What `--method` takes."""
