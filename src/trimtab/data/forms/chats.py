"""Forms of whole conversations: ShareGPT's turns, ms-swift's `messages` with a rejected answer or a label."""

from typing import Any

from ..parts import RowError
from .agents import CALLS, RESULTS, tools_of, with_calls
from .form import Form, Made, Row, Told, answering, mappings

_ROLES = {
    "human": "user", "user": "user", "prompter": "user",
    "gpt": "assistant", "assistant": "assistant", "chatgpt": "assistant", "bot": "assistant", "model": "assistant",
    "system": "system",
    **{name: name for name in (*sorted(CALLS), *sorted(RESULTS))},
}  # fmt: skip
_OWN = CALLS | RESULTS - {"tool"}
"""Roles that only such forms have: a conversation with them is one of theirs."""
_BESIDE = ("chosen", "rejected", "output", "kto_tag")
"""What may stand beside each other in a row of comparisons: what is said beside both sides is not passed over."""
_UNREAD = frozenset({"channel", "chat_template_kwargs", "objects"})


def _shared(row: Row, told: Told) -> list[Made]:
    """ShareGPT, and LLaMA-Factory's `chosen` and `rejected`, or `kto_tag`, beside it."""
    turns = with_calls(_turn(one) for one in row.get("conversations") or _pairs(row))
    answers = [str(turn["content"]) for turn in turns if turn["role"] == "assistant"]
    if answers and {*answers} <= {"+", "-"}:
        raise RowError(
            "its answers are + and -, marks of the steps that the user's turns hold: no answer to learn from"
        )
    said, tools = answering(turns, row.get("system")), tools_of(row)
    if "chosen" in row or "rejected" in row:
        sides = {name: _side(row[name]) for name in ("chosen", "rejected") if name in row}
        return [{"prompt": said, **sides, **tools, **{name: row[name] for name in ("kto_tag",) if name in row}}]
    if "kto_tag" in row:
        return [_judged(said, row["kto_tag"]) | tools]
    return [{"messages": said, **tools}]


def _turn(one: Row) -> Made:
    if one.keys() >= {"role", "content"}:
        return {**one}
    role = _ROLES.get(one["from"]) if isinstance(one["from"], str) else None
    if role is None:
        raise RowError(f"a turn is from {str(one['from'])[:40]!r}: {', '.join(_ROLES)} are read")
    rest = {name: value for name, value in one.items() if name not in ("from", "value") and value is not None}
    if rest.get("weight") in (1, 1.0):
        del rest["weight"]
    return {"role": role, "content": one["value"], **rest}


def _pairs(row: Row) -> list[Row]:
    """ms-swift's writing of ShareGPT: a mapping for each question and its answer."""
    found: list[Row] = []
    for one in row["conversation"]:
        found += [{"from": who, "value": one[name]} for name, who in (("human", "human"), ("assistant", "gpt"))]
    return found


def _side(value: Any) -> Any:
    if isinstance(value, dict):
        value = [value]
    if isinstance(value, list) and mappings(value, "from", "value"):
        return with_calls(map(_turn, value))
    return value


def _judged(messages: list[Any], label: Any) -> Made:
    """The last answer of a conversation with a thumb. Raises RowError where it ends with another's turn."""
    if not messages or messages[-1].get("role") != "assistant":
        raise RowError("the conversation does not end with an assistant's answer")
    return {"prompt": messages[:-1], "completion": messages[-1:], "label": label}


def _swift(row: Row, told: Told) -> list[Made]:
    """ms-swift: the answer is what follows the user's last message, and the rejected one stands in its place."""
    messages, tools = _swifts(row["messages"], "messages"), tools_of(row)
    if "label" in row:
        return [_judged(messages, row["label"]) | tools]
    if "rejected_response" not in row and "rejected_messages" not in row:
        return [{"messages": messages, **tools}]
    if row.get("margin") is not None and not row["margin"] > 0:
        raise RowError(f"its margin is {row['margin']}: the chosen answer is not better")
    if "rejected_messages" in row:
        return [{"chosen": messages, "rejected": _swifts(row["rejected_messages"], "rejected_messages"), **tools}]
    last = max((place for place, one in enumerate(messages) if one["role"] == "user"), default=-1) + 1
    if not 0 < last < len(messages):
        raise RowError("there is no answer behind the user's last message")
    if any(one["role"] == "tool" for one in messages[last:]):
        raise RowError(
            "tools answer behind the user's last message, and from where on `rejected_response` stands in the place of "
            "the messages is not told: give `rejected_messages`"
        )
    return [{"prompt": messages[:last], "chosen": messages[last:], "rejected": row["rejected_response"], **tools}]


def _swifts(messages: Any, name: str) -> list[Made]:
    if not mappings(messages, "role", "content"):
        raise RowError(f"`{name}` is no list of messages")
    odd = sorted({str(one["role"]) for one in messages} - {"system", "user", "assistant"} - CALLS - RESULTS)
    if odd:
        raise RowError(f"a message is of {', '.join(odd)}, which this form does not bring along")
    return with_calls(messages)


def _alpaca(row: Row, told: Told) -> list[Made]:
    """`instruction` and `input`, one below the other as LLaMA-Factory and ms-swift put them, with `history` before."""
    asked = "\n".join(str(row[name]) for name in ("instruction", "input") if row.get(name))
    turns: list[Any] = []
    for pair in row.get("history") or []:
        if not isinstance(pair, list) or len(pair) != 2:
            raise RowError("`history` is no list of pairs of a question and its answer")
        turns += [{"role": role, "content": said} for role, said in zip(("user", "assistant"), pair, strict=True)]
    prompt = answering([*turns, {"role": "user", "content": asked}], row.get("system"))
    if "chosen" in row or "rejected" in row:
        return [{"prompt": prompt, **{name: row[name] for name in _BESIDE if name in row}}]
    made = {"prompt": prompt, "completion": row["output"]}
    return [made | ({"label": row["kto_tag"]} if "kto_tag" in row else {})]


def _is_alpaca(row: Row) -> bool:
    if not isinstance(row["instruction"], str) or isinstance(row.get("completions"), list):
        return False
    return "output" in row or {"chosen", "rejected"} <= row.keys()


def _is_shared(row: Row) -> bool:
    turns = row["conversations"]
    return mappings(turns, "from", "value") or mappings(turns, "role", "content")


def _is_swift(row: Row) -> bool:
    if isinstance(row.get("rejected_messages"), list) or row.get("rejected_response") or row.get("rejected_images"):
        return True
    if row.keys() & {"prompt", "completion", "chosen"}:
        return False
    messages = row["messages"]
    agents = mappings(messages, "role") and any(str(one["role"]) in _OWN for one in messages)
    return "label" in row or agents


CHATS = (
    Form(
        "ShareGPT",
        "conversations from human to gpt, with `chosen` and `rejected` or `kto_tag` where they stand beside",
        frozenset({"conversations"}),
        _shared,
        looks=_is_shared,
        aside=frozenset({"chosen", "kto_tag", "rejected", "system", "tools"}),
    ),
    Form(
        "ShareGPT, in pairs",
        "conversations of human and assistant",
        frozenset({"conversation"}),
        _shared,
        looks=lambda row: mappings(row["conversation"], "human", "assistant"),
        aside=frozenset({"system", "tools"}),
    ),
    Form(
        "ms-swift",
        "conversations with a rejected answer, with a label, or with calls of tools",
        frozenset({"messages"}),
        _swift,
        looks=_is_swift,
        aside=_UNREAD | {"label", "margin", "rejected_messages", "rejected_response", "tools"},
    ),
    Form(
        "Alpaca",
        "instructions with an output, or with `chosen` and `rejected`",
        frozenset({"instruction"}),
        _alpaca,
        looks=_is_alpaca,
        aside=frozenset({"chosen", "history", "input", "kto_tag", "output", "rejected", "system"}),
    ),
)
