"""Every form, and which of them a row is of: by its look, of which one at most may claim it, or by name."""

from functools import lru_cache
from typing import Any

from ...errors import UserError
from .arena import ARENA
from .argilla import ARGILLA
from .chats import CHATS
from .columns import plain
from .form import Form, Row
from .label_studio import LABEL_STUDIO
from .lists import LISTS
from .pairs import PAIRS
from .potato import POTATO
from .prodigy import PRODIGY
from .sets import SETS

ASKING = frozenset((*LABEL_STUDIO, *ARGILLA, *PRODIGY, *POTATO))
"""The forms whose scale and columns somebody may tell; all others have their own."""
FORMS: tuple[Form, ...] = (*LABEL_STUDIO, *ARGILLA, *PRODIGY, *POTATO, *PAIRS, *CHATS, *LISTS, *SETS, *ARENA)


def form_of(row: Row) -> Form | None:
    """The form that a row looks like; None for rows in trimtab's own columns and for those of no known form."""
    for form in forms_with(tuple(row)):
        if form.looks_like(row):
            return form
    return None


@lru_cache(maxsize=1024)
def forms_with(columns: tuple[Any, ...]) -> tuple[Form, ...]:
    """The forms whose columns these are: most tables have one or two sets of columns, however long they are."""
    held = {name for name in columns if isinstance(name, str)}
    return tuple(form for form in FORMS if not form.only_named and form.needs <= held and form.might(held))


def form_named(name: str) -> Form:
    """The form of this name, however it is written. Raises UserError."""
    for form in FORMS:
        if plain(form.name) == plain(name):
            return form
    known = ", ".join(form.name for form in FORMS)
    raise UserError(f"The form is {name!r}.", "No form has that name.", f"Name one of {known}.")
