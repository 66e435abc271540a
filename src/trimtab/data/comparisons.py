"""One row of preference data in any of the usual forms becomes a `Comparison`, or says why it cannot."""

import re
from typing import Any

from pydantic import ValidationError

from ..records import Comparison, Message, Provenance

_HH_TURN = re.compile(r"\n\n(Human|Assistant):")
_HH_ROLE = {"Human": "user", "Assistant": "assistant"}
_PLAIN = {
    "extra_forbidden": "is no key of a message, which has role and content",
    "missing": "is missing",
    "model_type": "is not a mapping with role and content",
    "model_attributes_type": "is not a mapping with role and content",
    "string_type": "is not text",
    "literal_error": "is not system, user or assistant",
}


class RowError(ValueError):
    """Why a row is no comparison; its text goes into the reject log."""


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
    chosen, rejected = _messages(raw["chosen"], "chosen"), _messages(raw["rejected"], "rejected")
    if raw.get("prompt"):
        prompt = _messages(raw["prompt"], "prompt", plain_role="user")
        if isinstance(raw["prompt"], str) and prompt[-1].role == "assistant" and not prompt[-1].content:
            prompt = prompt[:-1]  # HH-RLHF's prompt column ends with "\n\nAssistant:"
    else:
        prompt, chosen, rejected = _split(chosen, rejected)
    if not prompt or prompt[-1].role != "user":
        raise RowError("the prompt does not end with a user's message")
    if not prompt[-1].content.strip():
        raise RowError("the prompt is empty")
    for name, side in (("chosen", chosen), ("rejected", rejected)):
        if not side or any(not message.content.strip() for message in side):
            raise RowError(f"the {name} answer is empty")
        if side[0].role != "assistant" or side[-1].role != "assistant":
            raise RowError(f"the {name} side is not an assistant's answer")
    if [m.content.strip() for m in chosen] == [m.content.strip() for m in rejected]:
        raise RowError("both sides are equal")
    given = raw.get("provenance")
    try:
        provenance = (
            Provenance.model_validate(given)
            if isinstance(given, dict)
            else Provenance(source=source, judge=str(raw.get("judge") or "unknown"), why=str(raw.get("why") or ""))
        )
    except ValidationError as error:
        raise RowError(f"provenance: {error.errors()[0]['msg']}") from None
    given_id = raw.get("id")
    return Comparison(
        id=f"{source}:{place}" if given_id in (None, "") else str(given_id),
        prompt=prompt,
        chosen=chosen,
        rejected=rejected,
        provenance=provenance,
    )


def _messages(value: Any, name: str, plain_role: str = "assistant") -> tuple[Message, ...]:
    if isinstance(value, str):
        if _HH_TURN.match(value):
            return _hh(value)
        return _checked([{"role": plain_role, "content": value}], name)
    if isinstance(value, list):
        return _checked(value, name)
    raise RowError(f"{name} is neither text nor a list of messages")


def _checked(value: list[Any], name: str) -> tuple[Message, ...]:
    try:
        return tuple(Message.model_validate(item) for item in value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        what = ".".join(map(str, first["loc"])) or "a message"
        raise RowError(f"{name}: {what}: {_PLAIN.get(first['type'], first['msg'].lower())}") from None


def _hh(text: str) -> tuple[Message, ...]:
    pieces = _HH_TURN.split(text)[1:]
    return tuple(
        Message.model_validate({"role": _HH_ROLE[who], "content": said.strip()})
        for who, said in zip(pieces[::2], pieces[1::2], strict=True)
    )


def _split(
    chosen: tuple[Message, ...], rejected: tuple[Message, ...]
) -> tuple[tuple[Message, ...], tuple[Message, ...], tuple[Message, ...]]:
    """The turns that both sides begin with are the prompt, up to the last one before an answer."""
    shared = 0
    while shared < min(len(chosen), len(rejected)) and chosen[shared] == rejected[shared]:
        shared += 1
    while shared > 0 and (shared == min(len(chosen), len(rejected)) or chosen[shared - 1].role != "user"):
        shared -= 1
    return chosen[:shared], chosen[shared:], rejected[shared:]
