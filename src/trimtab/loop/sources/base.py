"""What a source of feedback is: rows that some stage or file holds, and what they hang on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...records import Ranking
from ..gather import Part

if TYPE_CHECKING:
    from ..stages.session import Session


@dataclass(frozen=True)
class Source:
    """One source in one round: `read` gives its rows, and `ranked` all candidates of each prompt where it has them.

    `settings` and `inputs` are what its rows hang on, for the key of the stage that gathers them.
    """

    settings: Mapping[str, Any]
    inputs: Mapping[str, str]
    read: Callable[[], Part]
    ranked: Callable[[], Sequence[Ranking]] | None = None


@dataclass(frozen=True)
class SourceKind:
    """A kind of source: its key in `feedback.sources`, and how those of one round are opened, in their order.

    What is asked in `each_round` has new rows from round two on; another source is read in the first alone.
    """

    name: str
    open: Callable[["Session", Sequence[Any]], Sequence[Source]]
    each_round: bool = False
