"""Messages in any of the usual forms as records: content in parts, tool calls, thoughts, lists kept as JSON text.

What a message holds is kept or refused by name; a key without a value is as absent, as tables and services write it.
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from ..records import Completion, Message

_ROLES = {"developer": "system", "function": "tool"}
"""Other names of roles: OpenAI's for the system's in newer models, and for a tool's in older ones."""
_TEXTS = {"text": "text", "input_text": "text", "output_text": "text", "refusal": "refusal"}
"""Kinds of parts that are text, and where it stands in them (OpenAI's Chat Completions and Responses)."""
_THOUGHTS = {"thinking": "thinking", "reasoning": "text"}
"""Kinds of parts that are thought (Anthropic's Messages, OpenAI's Responses)."""
_THOUGHT_KEYS = ("reasoning_content", "reasoning", "thinking")
"""What services and templates call an assistant's thought beside its content."""
_OF_ROLE = {"reasoning_content": "assistant", "tool_calls": "assistant", "tool_call_id": "tool"}
_PLAIN = {
    "extra_forbidden": "is no key of a message, which has role and content",
    "missing": "is missing",
    "string_type": "is not text",
    "literal_error": "is not system, user, assistant or tool",
}
_LISTED = re.compile(
    r"""\s*+(?:"\s*+)?(?:\[\s*+)?\{\s*+(?:(?:'(?:role|content)'|\\?"(?:role|content)\\?")\s*+:"""
    r"""|\\?['"]from\\?['"]\s*+:\s*+\\?['"](?:human|gpt|user|assistant|system)\\?['"])"""
)
"""How a list of messages begins that was written as text, by JSON or by Python; ShareGPT's have `from`."""


class RowError(ValueError):
    """Why a row is not what it should be; its text goes into the reject log."""


def looks_listed(text: str) -> bool:
    """Whether a text begins as messages do that were written down as JSON, once or twice, or by Python."""
    return text[:1] in '[{" \n\t' and _LISTED.match(text) is not None


def messages_of(value: Sequence[Any] | Mapping[str, Any], name: str) -> Completion:
    """Records of a list of messages, or of one. Raises RowError; `name` is what it says of them ("chosen")."""
    items = [value] if isinstance(value, Mapping) else value
    found = tuple(message for item in items for message in _messages(item, name))
    if sum(message.tools is not None for message in found) > 1:
        raise RowError(f"{name}: tools: more than one message describes them")
    return found


def listed(text: str, name: str) -> Completion:
    """Messages written down as text (`looks_listed`). Raises RowError where they cannot be read."""
    value = written(text)
    if isinstance(value, list | dict) and value:
        return messages_of(value, name)
    raise RowError(f"{name} is a list of messages kept as text, and cannot be read as JSON")


def written(text: str) -> Any:
    """What a text holds that JSON wrote, once or twice, or Python; None where neither did."""
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(text.strip())
            return read(value) if isinstance(value, str) else value
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
    return None


def tools_of(value: Any, name: str) -> str | None:
    """Descriptions of tools, a list or JSON text, as a record holds them; None for none. Raises RowError."""
    if value in (None, "", "[]", [], ()):
        return None
    try:
        return Message.model_validate({"role": "user", "content": "", "tools": _bare(value)}).tools
    except ValidationError:
        raise RowError(f"{name} is no list of tools") from None


@dataclass
class _Parts:
    """What the parts of one content hold."""

    texts: list[str] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)


def _messages(item: Any, name: str) -> Iterator[Message]:
    """The message that an item is; results of tools that a user's message holds (Anthropic's form) stand before it."""
    if not isinstance(item, Mapping):
        raise RowError(f"{name}: a message: is not a mapping with role and content")
    given = {str(key): _bare(value) for key, value in item.items() if key == "content" or not _empty(value)}
    given["role"] = _ROLES.get(str(given.get("role")), given.get("role"))
    said = _content(given, name)
    given["content"] = "".join(said.texts)
    thoughts = [*said.thoughts, *(given.pop(key) for key in _THOUGHT_KEYS if key in given)]
    if any(not isinstance(thought, str) for thought in thoughts):
        raise RowError(f"{name}: reasoning_content: is not text")
    if thought := "\n".join(dict.fromkeys(thoughts)):
        given["reasoning_content"] = thought
    if calls := [*said.calls, *_calls(given, name)]:
        given["tool_calls"] = calls
    for key, role in _OF_ROLE.items():
        if key in given and given["role"] != role:
            raise RowError(f"{name}: {key}: is a key of messages of the {role}, not of the {given['role']}")
    for result in said.results:
        yield _record(result, name)
    if said.texts or not said.results:
        yield _record(given, name)


def _content(given: dict[str, Any], name: str) -> _Parts:
    """What the content holds: text, parts, or nothing where tools are called or the answer was refused."""
    content, refusal = given.pop("content", None), given.pop("refusal", None)
    if content is None and isinstance(refusal, str):
        content = refusal
    elif refusal is not None and refusal != content:
        raise RowError(f"{name}: refusal: stands beside a content")
    if content is None:
        if "tool_calls" in given or "function_call" in given:
            return _Parts()
        held = ", ".join(key for key, value in given.items() if value is not None)
        raise RowError(f"{name}: content: is missing: the message has {held or 'nothing'}")
    if isinstance(content, str):
        return _Parts([content])
    if given["role"] == "tool" and not _in_parts(content):
        return _Parts([json.dumps(content, ensure_ascii=False)])  # a tool's result that is data
    found = _Parts()
    for part in content if isinstance(content, list) else [content]:
        _add(found, part, name)
    if not (found.calls or found.results or found.texts):
        raise RowError(f"{name}: content: holds no text")
    return found


def _in_parts(content: Any) -> bool:
    return isinstance(content, list) and all(isinstance(part, dict) and "type" in part for part in content)


def _add(found: _Parts, part: Any, name: str) -> None:
    """Adds one part of a content. Raises RowError for one that is no text, such as an image."""
    if isinstance(part, str):
        found.texts.append(part)
        return
    kind = part.get("type") if isinstance(part, dict) else None
    if not isinstance(kind, str):
        raise RowError(f"{name}: content: is neither text nor a list of parts that tell their type")
    if kind == "tool_use":
        found.calls.append(_call(part.get("name"), part.get("input", {}), part.get("id"), name))
    elif kind == "tool_result":
        result = part.get("content", "")
        found.results.append(
            {"role": "tool", "content": "".join(_content({"role": "tool", "content": result}, name).texts)}
            | ({"tool_call_id": part["tool_use_id"]} if part.get("tool_use_id") else {})
        )
    else:
        table, where = (found.texts, _TEXTS) if kind in _TEXTS else (found.thoughts, _THOUGHTS)
        said = part.get(where[kind]) if kind in where else None
        if not isinstance(said, str):
            raise RowError(f"{name}: content: holds a part of the kind {kind}, which is no text")
        table.append(said)


def _calls(given: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Calls of tools in OpenAI's form, arguments as the object that templates take."""
    calls, one = given.pop("tool_calls", []), given.pop("function_call", None)
    if isinstance(calls, str):
        calls = _json(calls)
    if not isinstance(calls, list):
        raise RowError(f"{name}: tool_calls: is no list of calls")
    found = [] if one is None else [_called(one, None, name)]
    for call in calls:
        if not isinstance(call, dict):
            raise RowError(f"{name}: tool_calls: is no list of calls")
        found.append(_called(call.get("function", call), call.get("id"), name))
    return found


def _called(function: Any, given: Any, name: str) -> dict[str, Any]:
    if not isinstance(function, dict):
        raise RowError(f"{name}: tool_calls: a call has no function")
    return _call(function.get("name"), function.get("arguments", {}), given, name)


def _call(function: Any, arguments: Any, given: Any, name: str) -> dict[str, Any]:
    if not isinstance(function, str) or not function:
        raise RowError(f"{name}: tool_calls: a call names no function")
    read = _json(arguments) if isinstance(arguments, str) else arguments
    own = {} if given is None else {"id": str(given)}
    return {**own, "type": "function", "function": {"name": function, "arguments": {} if read is None else read}}


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        return text


def _record(given: Mapping[str, Any], name: str) -> Message:
    try:
        return Message.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        what = ".".join(map(str, first["loc"])) or "a message"
        raise RowError(f"{name}: {what}: {_PLAIN.get(first['type'], first['msg'].lower())}") from None


def _empty(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {}


def _bare(value: Any) -> Any:
    """A value without the empty keys that a table's columns give to objects of several forms."""
    if isinstance(value, Mapping):
        return {str(key): _bare(inner) for key, inner in value.items() if inner is not None}
    return [_bare(item) for item in value] if isinstance(value, list | tuple) else value
