"""What verbs that train are told alike."""

from ..methods import METHODS
from ..spec import AUTO

METHOD_NAMES = f"{', '.join(METHODS)} or {AUTO}"
"""What `--method` takes."""
FRESH = (
    "Read review rooms anew: what people said since the run kept it counts too, and what hangs on it is done again. "
    "Without it a run keeps what they had said when it went on."
)
"""What `--fresh` does."""
