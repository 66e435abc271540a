"""An open room: its database, its accounts, and who may come in how."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from .accounts import Accounts
from .database import Database, open_database
from .quality import Quality, changes, quality
from .records import Reviewer
from .sessions import Guesses, Sessions
from .store import secret_of

_GUESSES, _GUESSES_FROM, _SECONDS = 5, 30, 300.0
"""Passwords that may be tried for one name, and from one address, in so many seconds."""


@dataclass(frozen=True)
class Room:
    """What the pages and the API work with. `local` comes in without an account while nobody has a password."""

    database: Database
    accounts: Accounts
    secret: str
    sessions: Sessions
    local: Reviewer | None = None
    by_name: Guesses = field(default_factory=lambda: Guesses(_GUESSES, _SECONDS))
    by_address: Guesses = field(default_factory=lambda: Guesses(_GUESSES_FROM, _SECONDS))

    _figures: dict[int, tuple[tuple[int, ...], Quality]] = field(default_factory=dict)

    def figures(self, session: Session, task_id: int) -> Quality:
        """The figures of a task for its leads, found anew once something was said or made gold."""
        state = changes(session, task_id)
        known = self._figures.get(task_id)
        if known is None or known[0] != state:
            known = self._figures[task_id] = state, quality(session, task_id)
        return known[1]

    @property
    def guest(self) -> Reviewer | None:
        """Who is let in without logging in; None from when somebody has a password."""
        return self.local if self.local is not None and not self.accounts.closed() else None


def open_room(place: str, *, local: str | None = None) -> Room:
    """Opens a room by a file's path or a database's URL. With `local` somebody of that name needs no account.

    Raises UserError where it cannot be opened.
    """
    database = open_database(place)
    accounts, secret = Accounts(database), secret_of(database)
    person = accounts.local(local) if local is not None and not accounts.closed() else None
    return Room(database, accounts, secret, Sessions(secret, accounts), person)
