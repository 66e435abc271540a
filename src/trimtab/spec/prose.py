"""A policy written as prose: Markdown with a heading for each rule, read into the mapping that YAML would hold.

What no part of the form takes is refused with its line; nothing is passed over but comments and rules of dashes.
"""

import re
from typing import Any

from ..errors import UserError
from ..records import Policy
from .markdown import Block, blocks
from .prose_rule import KNOWN, RuleDraft, label_of, no_part
from .source import Source, parse

SUFFIXES = frozenset({".md", ".markdown"})
"""What the name of a file of prose ends with."""
_FRONT = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?\n)??---[ \t]*(?:\n|\Z)", re.DOTALL)
_LEVELS = "Give all rules headings of one level, below one title."
_FORM = "Write a rule as a heading, a paragraph, and parts such as Why: and Good:."


def read_prose(text: str, source: Source) -> dict[str, Any]:
    """The raw policy; notes its lines in `source`. Raises UserError, which names the line, at what is part of none."""
    text = text.removeprefix("\ufeff")
    front, before = _front(text, source)
    found = list(blocks(text[len(front) :], front.count("\n") + 1))
    level = _rule_level(found)
    rules: list[RuleDraft] = []
    preamble: list[str] = []
    for block in found:
        match block.kind:
            case "heading" if block.level == level:
                rules.append(RuleDraft(source, block.text, block.line))
            case "heading":
                _other_heading(block, block.level < level, before, rules, source)
            case "paragraph" if rules:
                rules[-1].paragraph(block.text, block.line)
            case "paragraph":
                if not preamble:
                    source.lines[("preamble",)] = block.line
                preamble.append(block.text)
            case "item" if rules:
                rules[-1].item(block.text, block.line)
            case "goes on" if rules:
                rules[-1].goes_on(block.text, block.line)
            case _:
                what = "a list before the first rule" if block.kind in ("item", "goes on") else block.kind
                raise no_part(source, block.line, f"It holds {what}.", _FORM)
    if not rules:
        raise UserError(f"{source.name} holds no rule.", "It has no heading with a text below it.", _FORM)
    given = {"preamble": "\n\n".join(preamble)} if preamble else {}
    if given.keys() & before.keys():
        raise no_part(source, source.lines[("preamble",)], "The preamble is given twice.", "Leave one of the two out.")
    return {
        "name": source.name.rpartition(".")[0],
        **before,
        **given,
        "rules": [rule.made(place) for place, rule in enumerate(rules)],
    }


def _other_heading(block: Block, above: bool, before: dict[str, Any], rules: list[RuleDraft], source: Source) -> None:
    """The title of all, or a heading within a rule that begins a part of it."""
    if above and "name" not in before and not rules:
        before["name"] = block.text
        source.lines[("name",)] = block.line
    elif above or not rules:
        where = "above those of the rules" if above else "that stands before any rule"
        raise no_part(source, block.line, f"“{block.text}” is a heading {where}.", _LEVELS)
    elif (name := label_of(block.text)) is None:
        told = f"“{block.text}” is a heading within a rule."
        raise no_part(source, block.line, told, f"There it may be one of {KNOWN}. {_LEVELS}")
    else:
        rules[-1].begin(name, block.line)


def _front(text: str, source: Source) -> tuple[str, dict[str, Any]]:
    """YAML between two lines of dashes at the very beginning, and what it says of the policy."""
    match = _FRONT.match(text)
    if match is None:
        return "", {}
    inner = Source(source.name, Policy)
    raw = parse(f"\n{match['yaml'] or ''}", inner) if (match["yaml"] or "").strip() else {}
    if "rules" in raw:
        raise no_part(
            source,
            inner.lines[("rules",)],
            "`rules` stands before the prose.",
            "Write each rule below a heading of its own, or the whole policy as YAML.",
        )
    source.lines.update(inner.lines)
    return match[0], raw


def _rule_level(found: list[Block]) -> int:
    """The level of the rules' headings: that below the title, where one heading stands alone above all others."""
    levels = [block.level for block in found if block.kind == "heading"]
    if not levels:
        return 1
    alone = levels.count(levels[0]) == 1 and len(levels) > 1 and all(level > levels[0] for level in levels[1:])
    labels = {block.level for block in found if block.kind == "heading" and label_of(block.text) is not None}
    below = [level for level in levels[1:] if level not in labels]
    return min(below) if alone and below else levels[0]
