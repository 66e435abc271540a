"""How servers say that a filter kept a prompt or an answer back: in codes of their own, or in words."""

import re
from collections.abc import Iterator
from typing import Any

_FILTERED = re.compile(
    r"content[\s_-]?filter|content[\s_-]?(?:policy|management)|content[\s_-]?moderation|moderation[\s_-]?(?:block|fail)"
    r"|responsible[\s_-]?ai|data[\s_-]?inspection[\s_-]?failed|inappropriate[\s_-]?content|content exists risk"
    r"|guardrail[\s_-]?intervened|(?:blocked|rejected|flagged|refused|intervened) by (?:\w+ ){0,4}"
    r"(?:filter|guardrail|moderation|safety|policy)|(?:violat\w+|against) (?:\w+ ){0,5}(?:usage|content|safety|use) "
    r"polic|prohibited[\s_-]?content|safety[\s_-]?(?:filter|system|block|violation|setting)|unsafe[\s_-]?content"
    r"|sensitive[\s_-]?(?:content|word)|\bblocklist\b|considered high risk|requires moderation|input was flagged"
    r"|flagged as (?:potentially )?(?:violating|harmful|unsafe)|jailbreak|不安全或敏感|违规|敏感信息|敏感内容",
    re.IGNORECASE,
)
"""Azure, OpenAI, OpenRouter, LiteLLM, DashScope, DeepSeek, Moonshot, Zhipu, Bedrock, Gemini, and gateways to them."""
_CODES = frozenset({"1301", "invalid_prompt", "sensitive", "safety", "moderation"})
_OTHER = frozenset({"unsupported_parameter", "unknown_parameter", "invalid_parameter", "unsupported_value"})
"""Codes of what is wrong with a request, even where the parameter is called like a filter."""
_LONGEST = 4000
_NAMED = ("code", "type", "status", "reason", "innererror", "message", "msg", "detail", "metadata", "error", "details")


def is_filtered(body: Any) -> bool:
    """Whether the body of an error, or of an answer without a choice, says that a filter stopped it.

    Filters that looked and let it pass (Azure's `content_filter_result` with `filtered: false`) are not meant.
    """
    said = list(_said(body, 6))
    if any(value in _OTHER for value in said):
        return False
    return any(value in _CODES or _FILTERED.search(value) is not None for value in said) or _flagged(body, 8)


def _said(body: Any, depth: int) -> Iterator[str]:
    """The codes and messages of an error, those of the errors in it included."""
    if isinstance(body, str | int) and not isinstance(body, bool):
        yield str(body)[:_LONGEST]
    elif isinstance(body, list) and depth:
        for each in body[:20]:
            yield from _said(each, depth - 1)
    elif isinstance(body, dict) and depth:
        for name in _NAMED:
            yield from _said(body.get(name), depth - 1)


def _flagged(body: Any, depth: int) -> bool:
    """Whether anywhere in the results of filters one has `filtered` set."""
    if isinstance(body, dict) and depth:
        return body.get("filtered") is True or any(_flagged(each, depth - 1) for each in body.values())
    return isinstance(body, list) and bool(depth) and any(_flagged(each, depth - 1) for each in body[:20])
