"""How much a model can read: tokens within its positions, and ids within its vocabulary."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..errors import UserError

_POSITIONS = ("max_position_embeddings", "n_positions", "max_seq_len", "max_sequence_length")
_SCALED = ("dynamic", "yarn", "longrope", "llama3")
"""Kinds of rotary positions that read `factor` times the positions that they were trained on."""


class UnreadableError(UserError):
    """A sequence that the model cannot read; `reason` says why, in words that stand beside an item."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"A text is {reason}.", "The model cannot read it as a whole.", "Shorten it or leave it out.")
        self.reason = reason


def positions_of(model: Any) -> int | None:
    """Tokens of the longest sequence that the model was made for, by its configuration; None where it names none."""
    config = model.config.get_text_config()
    own = next((value for name in _POSITIONS if isinstance(value := getattr(config, name, None), int)), None)
    if own is None or own <= 0:
        return None
    return max([own, *_scaled(getattr(config, "rope_parameters", None), own)])


def unreadable(model: Any, ids: Sequence[int]) -> str | None:
    """Why the model cannot read a sequence of token ids, in words; None where it can."""
    positions = positions_of(model)
    if positions is not None and len(ids) > positions:
        return f"longer than the model reads ({len(ids)} tokens, {positions} positions)"
    rows = getattr(model.config.get_text_config(), "vocab_size", None)
    if isinstance(rows, int) and (beyond := max(ids, default=0)) >= rows:
        return f"of a token that the model does not have (number {beyond} of {rows})"
    return None


def demand_readable(model: Any, sequences: Iterable[Sequence[int]]) -> None:
    """Raises UnreadableError for the first sequence that the model cannot read."""
    for ids in sequences:
        if (reason := unreadable(model, ids)) is not None:
            raise UnreadableError(reason)


def _scaled(rope: Any, own: int) -> Iterator[int]:
    """Positions by the scaling of rotary ones, of each kind of layer where these differ."""
    if not isinstance(rope, Mapping):
        return
    for part in (rope, *rope.values()):
        if isinstance(part, Mapping) and part.get("rope_type") in _SCALED:
            yield int((part.get("factor") or 1) * (part.get("original_max_position_embeddings") or own))
