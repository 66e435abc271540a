"""What a report leaves out: judgements of other times or rules, and who people are."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from ...records import Judgement


@dataclass(frozen=True)
class Window:
    """Judgements that are told: those that came on a day (UTC) from `since` to `until`, both among them, of one `rule`
    where it is given."""

    since: date | None = None
    until: date | None = None
    rule: str | None = None

    def holds(self, when: datetime) -> bool:
        """Whether a judgement of that time is told."""
        day = when.astimezone(UTC).date()
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


def same(text: str) -> str:
    """The text as it is."""
    return text


@dataclass(frozen=True)
class Hiding:
    """How people and what they wrote are told.

    `names` are pseudonyms by the name. `text` masks what was judged and keeps its length, since places in it are spoken
    of; `words` masks what reviewers wrote, and `source` whose an answer is. `pictures` is whether files are shown.
    """

    names: Mapping[str, str]
    text: Callable[[str], str] = same
    words: Callable[[str], str] = same
    source: Callable[[str], str] = same
    pictures: bool = True


def pseudonyms(entries: Iterable[Judgement]) -> dict[str, str]:
    """reviewer-1 and on, in the order in which they first said something."""
    return {name: f"reviewer-{n}" for n, name in enumerate(dict.fromkeys(each.reviewer for each in entries), 1)}
