"""What a form of others is: how its rows look, what is said when one is recognised, and how they are read.

A form turns a row into rows in trimtab's own columns (docs/feedback.md), which the one reader of rows then reads. What
a form does not know of a row goes along, so that a column that nobody reads is found there.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from ..columns import empty, repeats
from ..messages import looks_listed, written
from ..parts import RowError

Row = Mapping[str, Any]
Made = dict[str, Any]

MEDIA = frozenset(
    f"{side}{name}{number}"
    for side in ("", "rejected_", "chosen_")
    for name in ("image", "video", "audio")
    for number in ("", "s")
)
"""Columns that hold what is no text."""


@dataclass(frozen=True)
class Told:
    """What somebody says of a source that its rows do not: whose `form` they are, the `scale` of its ratings (lowest
    and highest), and which `columns` are its prompt, answer, left, right and rating."""

    form: str | None = None
    scale: tuple[float, float] | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


NOTHING = Told()
_OURS = {"kto_tag": "label", "rejected_messages": "rejected", "rejected_response": "rejected"}
"""What we call the judgements of forms that may be there and empty."""
_SAID = ("prompt", "chosen", "rejected", "completion")
"""Our columns of what was asked and answered, of which a row has one each."""


@dataclass(frozen=True)
class Form:
    """A form by its `name`; `said` is one line about what its rows are.

    A row looks like it where it has all columns of `needs`, `might` agrees to its columns, and `looks` to what they
    hold. `aside` are further columns that `read`
    reads, or that say nothing of an answer; with `closed` all others are such. With `only_named` a row is of the form
    where somebody says so. With `grouped` each made row has one answer, a `score` and a `group`: answers to one prompt
    in one group are held against each other. With `nullable` the columns of `needs` may be empty.
    """

    name: str
    said: str
    needs: frozenset[str]
    read: Callable[[Row, Told], Sequence[Made | RowError]]
    looks: Callable[[Row], bool] = lambda row: True
    might: Callable[[Set[str]], bool] = lambda columns: True
    aside: frozenset[str] = frozenset()
    closed: bool = False
    only_named: bool = False
    grouped: bool = False
    nullable: bool = False

    def looks_like(self, row: Row) -> bool:
        """Whether a row with the columns of `needs` is one of this form."""
        return self.looks(row) and (self.nullable or all(row[name] is not None for name in self.needs))

    def pieces(self, row: Row, told: Told = NOTHING) -> list[Made | RowError]:
        """A row's judgements, each as a row of its own or as the reason why it is none. Raises RowError for the row."""
        missing = sorted(self.needs - row.keys())
        if missing:
            raise RowError(f"no row of {self.name}: it has no {' and no '.join(missing)}")
        held = {name: value for name, value in row.items() if value is not None}
        refuse_media(held)
        try:
            made = self.read(held, told)
        except RowError:
            raise
        except (
            AttributeError,
            IndexError,
            KeyError,
            TypeError,
            ValueError,
        ) as error:  # a row may hold anything anywhere
            raise RowError(
                f"its columns do not hold what {self.name} writes there ({type(error).__name__}: {error})"
            ) from None
        if not made:
            raise RowError(f"{self.name}: nothing was judged")
        known = self.needs | self.aside
        rest = {} if self.closed else {name: value for name, value in held.items() if name not in known}
        rest |= {_OURS.get(name, name): None for name in (known & row.keys()) - held.keys()}  # an empty judgement tells
        for one in made:
            if not isinstance(one, RowError):
                _refuse_another(self.name, rest, one)
        return [
            one if isinstance(one, RowError) else rest | _numbered(one, held, number, len(made))
            for number, one in enumerate(made, 1)
        ]

    def rows(self, row: Row, told: Told = NOTHING) -> list[Made]:
        """The judgements in trimtab's columns. Raises RowError where the row holds none, with the first reason."""
        pieces = self.pieces(row, told)
        made = [one for one in pieces if not isinstance(one, RowError)]
        for one in pieces:
            if isinstance(one, RowError) and not made:
                raise one
        return made


def _refuse_another(form: str, rest: Row, made: Made) -> None:
    """Raises RowError where a column beside those of a form holds another prompt or answer than the form's own do."""
    for name in _SAID:
        given, own = rest.get(name), made.get(name)
        if not (empty(given) or empty(own) or repeats(given, own)):
            raise RowError(
                f"`{name}` says something else than what {form} holds in its own columns: which one is meant is not "
                f"known; where `{name}` says nothing, name it in `ignore`"
            )


def _numbered(made: Made, row: Row, number: int, count: int) -> Made:
    """With an id of its own, where a row makes several."""
    given = made.get("id", row.get("id"))
    return made if given in (None, "") else {**made, "id": f"{given}/{number}" if count > 1 else str(given)}


def refuse_media(row: Row) -> None:
    """Raises RowError where a row has images, videos or sounds."""
    held = sorted(name for name in MEDIA & row.keys() if row[name])
    if held:
        raise RowError(f"it has `{'`, `'.join(held)}`: only text is read")


def text_in(row: Row, *names: str) -> str:
    """The text of the first of these columns that there is. Raises RowError."""
    name = next((name for name in names if name in row), None)
    if name is None:
        raise RowError(f"no {' and no '.join(names)}")
    value = row[name]
    if not isinstance(value, str) or not value.strip():
        raise RowError(f"`{name}` is {'empty' if value in ('', [], {}) or isinstance(value, str) else 'no text'}")
    return value


def number_of(value: Any) -> float | None:
    """A number, also one that is written as text; None for what is none ("N/A")."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (OverflowError, ValueError):
        return None
    return found if math.isfinite(found) else None


def listed(value: Any) -> Any:
    """What a list or a mapping that was written as text holds; any other value as it is."""
    if isinstance(value, str) and looks_listed(value):
        return value if (found := written(value)) is None else found
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def texts(value: Any) -> bool:
    """Whether a value is a list of texts, and not empty."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def mappings(value: Any, *names: str) -> bool:
    """Whether a value is a list of mappings, and not empty, each with these keys."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, dict) and one.keys() >= {*names} for one in value)
    )


def answering(prompt: Any, system: Any) -> Any:
    """A prompt behind its system message, where there is one."""
    if not system:
        return prompt
    asked = prompt if isinstance(prompt, list) else [{"role": "user", "content": prompt}]
    return [{"role": "system", "content": system}, *asked]


def compared(prompt: Any, first: Any, second: Any, better: int, **more: Any) -> Made:
    """A comparison of two answers, of which `better` (0 or 1) is preferred."""
    chosen, rejected = (first, second) if better == 0 else (second, first)
    return {"prompt": prompt, "chosen": chosen, "rejected": rejected, **more}


def ranked(prompt: Any, answers: Sequence[Any], scores: Sequence[Any], **more: Any) -> Made:
    """A ranking of the answers by their scores, the highest first; answers that are not scored are left out, and told.

    Raises RowError where fewer than two are scored, or all alike.
    """
    if len(answers) != len(scores):
        raise RowError(f"there are {len(answers)} answers and {len(scores)} scores")
    pairs = [
        (answer, number)
        for answer, score in zip(answers, scores, strict=True)
        if (number := number_of(score)) is not None
    ]
    if len(pairs) < 2:
        raise RowError(f"{len(pairs)} of its {len(answers)} answers are scored: nothing to compare")
    order = sorted({score for _, score in pairs}, reverse=True)
    if len(order) == 1:
        raise RowError(f"a tie: all answers are scored {order[0]:g}")
    left = f"{len(answers) - len(pairs)} of {len(answers)} answers are not scored" if len(pairs) < len(answers) else ""
    ranks = [order.index(score) + 1 for _, score in pairs]
    return {
        "prompt": prompt,
        "completions": [answer for answer, _ in pairs],
        "ranks": ranks,
        "why": left or None,
        **more,
    }
