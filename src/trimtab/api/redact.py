"""What people said, fit to be published: pseudonyms for reviewers, personal data masked, times made coarse."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from ..audit import mask, personal
from ..records import Judgement, Record

COARSE_MS = 10_000
"""To how many milliseconds the time that an answer was in sight is rounded; the time of a judgement is its day."""
R = TypeVar("R", bound=Record)
_WRITTEN = frozenset({"why", "note", "critique", "reasons", "source"})
"""Words that a reviewer wrote beside an answer, in which names of reviewers are replaced as well."""
_FILES = frozenset({"chosen_model", "rejected_model"})
"""Sources of answers, which may be paths: of those the last part stays."""


@dataclass
class Redaction:
    """`names` are the pseudonyms by the name, and `ids` by what a judgement was called where it was made.

    `masked` counts what was masked, `unsure` what a reader is to look at.
    """

    names: Mapping[str, str]
    ids: Mapping[str, str]
    masked: int = 0
    unsure: int = 0
    _named: re.Pattern[str] | None = field(init=False, repr=False)
    _folded: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        told = "|".join(re.escape(name) for name in sorted(self.names, key=len, reverse=True))
        self._named = re.compile(rf"(?<!\w)(?:{told})(?!\w)", re.IGNORECASE) if told else None
        self._folded = {name.casefold(): alias for name, alias in self.names.items()}

    @property
    def told(self) -> tuple[str, ...]:
        """What was hidden and what is left to look at, in sentences."""
        told = f"Reviewers with pseudonyms: {len(self.names)}. Personal data that was masked: {self.masked}."
        unsure = f"Numbers that may be somebody's and are as they were: {self.unsure}. Look before you publish."
        return (told, unsure) if self.unsure else (told,)

    def row(self, row: R) -> R:
        """A row without what tells who somebody is."""
        return type(row).model_validate(self._value("", row.model_dump(mode="json")))

    def judgement(self, one: Judgement) -> Judgement:
        """An entry of the journal without it; places in a text stay those of the text that was judged."""
        told = self._value("", one.model_dump(mode="json"))
        told |= {"when": f"{told['when']}T00:00:00+00:00", "client_when": None}
        if told["imported"] is not None:  # which row it was leads back to whoever made it
            told["imported"]["row"] = ""
        return Judgement.model_validate(told)

    def _value(self, key: str, value: Any) -> Any:
        match value:
            case dict():
                return {name: self._value(key if key == "reasons" else name, part) for name, part in value.items()}
            case list():
                return [self._value(key, part) for part in value]
            case str():
                return self.text(key, value)
            case int() if key == "shown_ms":
                return round(value / COARSE_MS) * COARSE_MS
            case _:
                return value

    def text(self, key: str, text: str) -> str:
        """A text as it stands under that name: a quote keeps its length, of a file's path the last part stays."""
        if key in ("reviewer", "annotator"):
            return self.names[text]
        if key in ("id", "supersedes"):
            whole, _, part = text.rpartition("/")
            return self.ids[text] if text in self.ids else f"{self.ids[whole]}/{part}"
        if key == "when":
            return text[:10]
        if key in _FILES:
            return Path(text).name or text
        found = personal(text)
        self.masked += sum(one.sure for one in found)
        self.unsure += sum(not one.sure for one in found)
        if key == "quote":  # its length is held against its place
            for one in (one for one in found if one.sure):
                text = text[: one.start] + "█" * (one.end - one.start) + text[one.end :]
            return text
        text = mask(text) if found else text
        if key in _WRITTEN and self._named is not None:
            text = self._named.sub(lambda match: self._folded.get(match[0].casefold(), match[0]), text)
        return text


def redaction(entries: Sequence[Judgement]) -> Redaction:
    """reviewer-1 and on, in the order of their first judgements, and judgement-1 and on."""
    people = dict.fromkeys(each.reviewer for each in entries)
    names = {name: f"reviewer-{number}" for number, name in enumerate(people, 1)}
    return Redaction(names, {each.id: f"judgement-{number}" for number, each in enumerate(entries, 1)})
