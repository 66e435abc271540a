"""One row as it is read: its judgement, or why it has none."""

from typing import Any

from trimtab.data import Told, read_feedback
from trimtab.records import Supervision


def the(row: dict[str, Any], **told: Any) -> Supervision:
    """The one judgement of a row."""
    found = read_feedback([row], Told(**told))
    assert not found.rejected, found.rejected[0].reason
    (kept,) = found.kept
    return kept


def why_not(row: dict[str, Any], **told: Any) -> str:
    """Why a row holds no judgement."""
    found = read_feedback([row], Told(**told))
    assert not found.kept
    assert len(found.rejected) == found.read
    return found.rejected[0].reason
