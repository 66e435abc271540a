"""One rule of prose as it is read: its paragraphs and lists, each to the field that its label names."""

import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ..errors import UserError
from .source import Loc, Source

LABELS = {
    "why": "why", "because": "why", "reason": "why",
    "good": "good", "bad": "bad", "about": "about", "beside": "beside", "not about": "beside",
    "requires": "requires", "severity": "severity", "priority": "priority", "except": "except_rules",
    "when": "when", "unless": "unless", "contains": "contains", "lacks": "lacks", "scorer": "scorer",
}  # fmt: skip
"""What a part of a rule begins with, before a colon, and the field that it fills."""
_LISTS = frozenset({"good", "bad", "about", "beside", "when", "unless", "contains", "lacks", "scorer", "except_rules"})
_PATTERNS = frozenset({"when", "unless", "contains", "lacks"})
KNOWN = "Why, Good, Bad, About, Beside, Requires, Severity, Priority, Except, When, Unless, Contains, Lacks and Scorer"
_LABEL = re.compile(
    r"\A(?:\*\*|__|\*|_)?(?P<name>[A-Za-z][A-Za-z ]{0,30}?)\s*(?::(?:\*\*|__|\*|_)?|(?:\*\*|__|\*|_):)(?:\s+|\Z)"
)
_BECAUSE = re.compile(r"\Abecause\s", re.IGNORECASE)
_ID = re.compile(r"\s*\{#(?P<id>[^}]*)\}\s*\Z")
_LIMIT = re.compile(r"\A`?(?P<name>[\w.:/-]+)`?,? at (?P<way>least|most) (?P<limit>-?\d+(?:\.\d+)?)\.?\Z")
_TO_PROMPT = re.compile(r"\A(?:\"(?P<plain>.+?)\"|“(?P<curly>.+?)”)\s*(?:->|→|=>)\s*(?P<answer>.+)\Z", re.DOTALL)
_ARROW = re.compile(r"\s(?:->|→|=>)\s")


@dataclass
class RuleDraft:
    """A rule as far as it is read: its values with their lines, and the part that the next block belongs to.

    Every method raises UserError, which names the line, at what is no part of a rule.
    """

    source: Source
    heading: str
    line: int
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    items: dict[str, list[int]] = field(default_factory=dict)
    open: str = ""

    def paragraph(self, text: str, line: int) -> None:
        """The text of the rule, a part of it that begins with a label, or what goes on with the reason."""
        if "text" not in self.values and not self.open and _labelled(text.split("\n")[0]) is None:
            lines = text.split("\n")
            ends = next((at for at, each in enumerate(lines) if at and (_labelled(each) or _unknown(each))), len(lines))
            self.values["text"], self.lines["text"] = " ".join(lines[:ends]), line
            rest = lines[ends:]
            line += ends
        else:
            rest = text.split("\n")
        for number, each in enumerate(rest):
            found = _labelled(each)
            if found is not None and not (self.open == "why" and _BECAUSE.match(each)):
                name, said = found
                self.begin(name, line + number)
                if said:
                    self._add(name, said, line + number)
            elif (strange := _unknown(each)) is not None:
                self._refuse(
                    line + number,
                    f"A part of the rule “{self.heading}” begins with “{strange}:”.",
                    f"A part may be {KNOWN}; write other words without the colon.",
                )
            elif self.open == "why" and number:
                self.values["why"] = f"{self.values.get('why', '')} {each}".strip()
            elif self.open == "why":
                self.values["why"] = f"{self.values.get('why', '')}\n\n{each}".strip()
            elif self.open and self.open not in _LISTS and self.open not in self.values:
                self._add(self.open, each, line + number)
            elif self.open in _LISTS and number and rest[number - 1] and self.values.get(self.open):
                self._go_on(each)
            else:
                self._refuse(
                    line + number,
                    f"“{_short(each)}” belongs to no part of the rule “{self.heading}”.",
                    f"The first paragraph is its text; put one of these and a colon before any other: {KNOWN}.",
                )

    def item(self, text: str, line: int) -> None:
        """An entry of the list that the part before it begins."""
        if self.open not in _LISTS:
            self._refuse(
                line,
                f"A list stands in the rule “{self.heading}” that is of no part.",
                "Write Good:, Bad:, About:, Beside: or another such part before it.",
            )
        self._add(self.open, text, line)

    def goes_on(self, text: str, line: int) -> None:
        """What stands below an entry of a list without an empty line between: more of it, or the next part."""
        lines = text.split("\n")
        ends = next((at for at, each in enumerate(lines) if _labelled(each) or _unknown(each)), len(lines))
        for each in lines[:ends]:
            self._go_on(each)
        if lines[ends:]:
            self.paragraph("\n".join(lines[ends:]), line + ends)

    def begin(self, name: str, line: int) -> None:
        """A part of the rule, by its field."""
        if name in self.lines:
            self._refuse(
                line,
                f"The rule “{self.heading}” has that part twice; it stands on line {self.lines[name]} too.",
                "Put the two together.",
            )
        self.lines[name], self.open = line, name

    def made(self, place: int) -> dict[str, Any]:
        """The rule as YAML would hold it."""
        values = dict(self.values)
        told = _ID.search(self.heading)
        heading = self.heading[: told.start()] if told else self.heading
        raw: dict[str, Any] = {"id": told["id"].strip() if told else _slug(heading)}
        here: Loc = ("rules", place)
        self.source.lines[here] = self.source.lines[(*here, "id")] = self.line
        for name, line in self.lines.items():
            if name not in values:
                self._refuse(
                    line, f"A part of the rule “{self.heading}” is empty.", "Write what it says, or remove it."
                )
            loc: Loc = (*here, "examples", name) if name in ("good", "bad", "about", "beside") else (*here, name)
            self.source.lines[loc] = line
            for at, each in enumerate(self.items.get(name, ())):
                self.source.lines[(*loc, at)] = each
        checked = [at for name in ("contains", "lacks", "scorer") for at in self.items.get(name, ())]
        for at, each in enumerate(checked):
            self.source.lines[(*here, "checks", at)] = each
        examples = {name: values.pop(name) for name in ("about", "beside", "good", "bad") if name in values}
        checks = [{name: each} for name in ("contains", "lacks") for each in values.pop(name, ())]
        checks += values.pop("scorer", [])
        return raw | values | ({"checks": checks} if checks else {}) | ({"examples": examples} if examples else {})

    def _add(self, name: str, said: str, line: int) -> None:
        said = said.strip()
        if not said:
            self._refuse(line, f"An entry of the rule “{self.heading}” is empty.", "Write it, or remove it.")
        if name in _PATTERNS:
            said = said[1:-1] if len(said) > 2 and said[0] == said[-1] == "`" and "`" not in said[1:-1] else said
        if name in ("good", "bad"):
            self.values.setdefault(name, []).append(self._shown(said, line))
        elif name == "scorer":
            self.values.setdefault(name, []).append(self._scorer(said, line))
        elif name == "except_rules":
            self.values.setdefault(name, []).extend(part.strip() for part in said.split(","))
        elif name in _LISTS:
            self.values.setdefault(name, []).append(said if name in _PATTERNS else _unquoted(said))
        elif name == "priority":
            self.values[name] = int(said) if said.isdecimal() else said
        elif name in ("requires", "severity"):
            self.values[name] = said.rstrip(".").lower()
        else:
            self.values[name] = said
        if name in _LISTS:
            self.items.setdefault(name, []).append(line)

    def _go_on(self, said: str) -> None:
        """A line that goes on with the entry before it."""
        entries = self.values[self.open]
        if isinstance(entries[-1], dict):
            entries[-1]["answer"] += f" {said.strip()}"
        else:
            entries[-1] += f" {said.strip()}"

    def _shown(self, said: str, line: int) -> dict[str, str]:
        match = _TO_PROMPT.match(said)
        if match is not None:
            return {"prompt": match["plain"] or match["curly"], "answer": _unquoted(match["answer"])}
        if _ARROW.search(said):
            self._refuse(
                line,
                f"“{_short(said)}” holds an arrow and does not begin with a prompt in quotation marks.",
                'Write "PROMPT" -> ANSWER, or the answer alone without an arrow.',
            )
        return {"answer": _unquoted(said)}

    def _scorer(self, said: str, line: int) -> dict[str, Any]:
        match = _LIMIT.match(said)
        if match is None:
            told = f"“{_short(said)}” is no check by a scorer."
            self._refuse(line, told, "Write its name and where it fires: `refusal` at least 0.5.")
        return {"scorer": match["name"], f"at_{match['way']}": float(match["limit"])}

    def _refuse(self, line: int, why: str, fix: str) -> NoReturn:
        raise no_part(self.source, line, why, fix)


def no_part(source: Source, line: int, why: str, fix: str) -> UserError:
    """What stands on a line and is no part of a policy in prose."""
    return UserError(f"{source.name} line {line} is no part of a policy in prose.", why, fix)


def label_of(heading: str) -> str | None:
    """The part that a heading within a rule begins."""
    return LABELS.get(heading.strip().rstrip(":").lower())


def _labelled(line: str) -> tuple[str, str] | None:
    """The part that a line begins, and what it says of it."""
    if _BECAUSE.match(line):
        return "why", line
    match = _LABEL.match(line)
    name = LABELS.get(match["name"].lower()) if match else None
    return (name, line[match.end() :]) if match is not None and name is not None else None


def _unknown(line: str) -> str | None:
    """What stands before a colon as a label does, where it is none."""
    match = _LABEL.match(line)
    return match["name"] if match and match["name"][0].isupper() and len(match["name"].split()) <= 3 else None


def _slug(heading: str) -> str:
    plain = re.sub(r"^\s*(?:\d+[.)]|§\s*\d+)\s*", "", heading)
    return re.sub(r"[^a-z0-9]+", "-", plain.lower().replace("’", "").replace("'", "")).strip("-")


def _unquoted(said: str) -> str:
    pairs = {'"': '"', "“": "”"}
    closed = len(said) > 1 and pairs.get(said[0]) == said[-1] and not any(mark in said[1:-1] for mark in '"“”')
    return said[1:-1] if closed else said


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
