"""One row of preference data in any of the usual forms becomes a `Comparison`, or says why it cannot."""

from typing import Any

from ..records import Comparison, Completion
from .parts import (
    RowError,
    alike,
    answer_of,
    conversation_of,
    ends_with_user,
    id_of,
    messages,
    name_of,
    provenance_of,
    with_columns,
)

KINDS = ("kind", "category", "topic", "subset")
"""Columns that may name a row's kind, the first that does."""


def comparison_from_row(raw: Any, *, source: str, place: str) -> Comparison:
    """Reads TRL's preference formats and HH-RLHF's.

    - `prompt`, `chosen`, `rejected` as lists of messages or as text (TRL, conversational and standard);
    - `chosen`, `rejected` alone as lists of messages that begin alike (TRL, implicit prompt);
    - `chosen`, `rejected` alone as text with `\\n\\nHuman:` and `\\n\\nAssistant:` turns (HH-RLHF).

    Raises RowError where no prompt, no answer, or no difference between the answers is found.
    """
    if not isinstance(raw, dict):
        raise RowError("not a JSON object")
    missing = [key for key in ("chosen", "rejected") if not raw.get(key)]
    if missing:
        raise RowError(f"no {' and no '.join(missing)} side")
    chosen, rejected = messages(raw["chosen"], "chosen"), messages(raw["rejected"], "rejected")
    if raw.get("prompt"):
        prompt = conversation_of(raw)
    else:
        prompt, chosen, rejected = _split(chosen, rejected)
        prompt = with_columns(ends_with_user(prompt), raw)
    answer_of(chosen, "chosen")
    answer_of(rejected, "rejected")
    if alike(chosen, rejected):
        raise RowError("both sides are equal")
    return Comparison(
        id=id_of(raw, source, place),
        prompt=prompt,
        chosen=chosen,
        rejected=rejected,
        kind=next((str(raw[name]) for name in KINDS if raw.get(name) is not None), None),
        chosen_model=name_of(raw.get("chosen_model")),
        rejected_model=name_of(raw.get("rejected_model")),
        provenance=provenance_of(raw, source),
    )


def _split(chosen: Completion, rejected: Completion) -> tuple[Completion, Completion, Completion]:
    """The turns that both sides begin with are the prompt, up to the last one before an answer."""
    shared = 0
    while shared < min(len(chosen), len(rejected)) and chosen[shared] == rejected[shared]:
        shared += 1
    while shared > 0 and (shared == min(len(chosen), len(rejected)) or chosen[shared - 1].role not in ("user", "tool")):
        shared -= 1
    return chosen[:shared], chosen[shared:], rejected[shared:]
