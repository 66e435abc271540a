"""Accounts, invitations and tokens: who may come in, and as what. Secrets are kept as hashes."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from secrets import token_urlsafe
from typing import cast

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from .database import Database
from .records import Reviewer, Role
from .store import log, now
from .tables import InvitationRow, ReviewerRow, TokenRow

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 1000
INVITED_FOR = timedelta(days=7)
_TOKEN = "tt_"
_TOKEN_BYTES = 32
ROLES: tuple[Role, ...] = ("admin", "lead", "reviewer")


class NotAllowed(ValueError):
    """Why an account cannot be made or changed so, in words for whoever asked."""


@dataclass(frozen=True)
class TokenInfo:
    """A token for the API, as its owner sees it."""

    id: int
    label: str
    made: datetime


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache(maxsize=1)
def _nobodys() -> str:
    """The hash of a password that nobody has: an unknown name takes as long as a known one."""
    return _hasher().hash(token_urlsafe(_TOKEN_BYTES))


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def seen(text: str) -> str:
    """A name without what cannot be seen in it."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] != "C").strip()


def folded(name: str) -> str:
    """What two spellings of one name have in common."""
    return seen(name).casefold()


def _reviewer(row: ReviewerRow) -> Reviewer:
    return Reviewer(row.id, row.name, cast(Role, row.role), row.epoch, row.active)


class Accounts:
    """The accounts of a room. What changes one is in the audit log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def closed(self) -> bool:
        """Whether somebody has a password, so that everybody must log in."""
        with self._database.reading() as session:
            wanted = select(ReviewerRow.id).where(ReviewerRow.password.is_not(None), ReviewerRow.active)
            return session.scalar(wanted.limit(1)) is not None

    def has_admin(self) -> bool:
        """Whether an admin has a password."""
        with self._database.reading() as session:
            wanted = select(ReviewerRow.id).where(
                ReviewerRow.password.is_not(None), ReviewerRow.active, ReviewerRow.role == "admin"
            )
            return session.scalar(wanted.limit(1)) is not None

    def everybody(self) -> list[Reviewer]:
        """All accounts, by name."""
        with self._database.reading() as session:
            return [_reviewer(row) for row in session.scalars(select(ReviewerRow).order_by(ReviewerRow.folded))]

    def by_id(self, number: int) -> Reviewer | None:
        """The active account of that number."""
        with self._database.reading() as session:
            known = select(ReviewerRow.id, ReviewerRow.name, ReviewerRow.role, ReviewerRow.epoch)
            row = session.execute(known.where(ReviewerRow.id == number, ReviewerRow.active)).first()
            return Reviewer(row.id, row.name, cast(Role, row.role), row.epoch) if row is not None else None

    def local(self, name: str) -> Reviewer:
        """The account of whoever sits at this machine, without a password; made if need be."""
        with self._database.writing() as session:
            row = session.scalar(select(ReviewerRow).where(ReviewerRow.folded == folded(name)))
            return _reviewer(row if row is not None else _add(session, name, "admin", None, "this machine"))

    def named(self, name: str) -> Reviewer:
        """The account of that name; made without a password, so that nobody can log in to it, if need be. Raises
        NotAllowed."""
        with self._database.writing() as session:
            row = session.scalar(select(ReviewerRow).where(ReviewerRow.folded == folded(name)))
            return _reviewer(row if row is not None else _add(session, name, "reviewer", None, "an import"))

    def set_admin(self, name: str, password: str) -> Reviewer:
        """An admin of that name with that password, made or changed. Raises NotAllowed."""
        hashed = _password(password)
        with self._database.writing() as session:
            row = session.scalar(select(ReviewerRow).where(ReviewerRow.folded == folded(name)))
            if row is None:
                return _reviewer(_add(session, name, "admin", hashed, "this machine"))
            row.role, row.password, row.active, row.epoch = "admin", hashed, True, row.epoch + 1
            log(session, "this machine", "password of an admin set", row.name)
            return _reviewer(row)

    def log_in(self, name: str, password: str) -> Reviewer | None:
        """The account whose name and password these are."""
        with self._database.reading() as session:
            row = session.scalar(select(ReviewerRow).where(ReviewerRow.folded == folded(name)))
        hashed = row.password if row is not None and row.active else None
        right = _verify(hashed or _nobodys(), password)
        with self._database.writing() as session:
            log(session, seen(name)[:64], "logged in" if right else "login refused")
        return _reviewer(row) if row is not None and right else None

    def change_password(self, reviewer: Reviewer, old: str, new: str) -> Reviewer:
        """Sets a password and ends all other sessions. Raises NotAllowed where the old one is wrong."""
        hashed = _password(new)
        with self._database.writing() as session:
            row = session.get_one(ReviewerRow, reviewer.id)
            if row.password is not None and not _verify(row.password, old):
                raise NotAllowed("The password of until now is another.")
            row.password, row.epoch = hashed, row.epoch + 1
            log(session, row.name, "password changed", row.name)
            return _reviewer(row)

    def log_out(self, reviewer: Reviewer) -> None:
        """Ends all sessions of an account."""
        with self._database.writing() as session:
            session.get_one(ReviewerRow, reviewer.id).epoch += 1
            log(session, reviewer.name, "logged out")

    def change(self, by: Reviewer, number: int, *, role: Role | None = None, active: bool | None = None) -> None:
        """Gives an account another role, shuts it or opens it. Raises NotAllowed: an admin is left in any case."""
        if not by.may("admin"):
            raise NotAllowed("Only an admin changes accounts.")
        if number == by.id:
            raise NotAllowed("Nobody changes their own account here: another admin can.")
        with self._database.writing() as session:
            row = session.get(ReviewerRow, number)
            if row is None:
                raise NotAllowed("There is no such account.")
            if role is not None and role != row.role:
                log(session, by.name, "role changed", f"{row.name}: {row.role} to {role}")
                row.role = role
            if active is not None and active != row.active:
                log(session, by.name, "account opened" if active else "account shut", row.name)
                row.active = active
            row.epoch += 1

    def invite(self, by: Reviewer, role: Role) -> str:
        """The token of a link by which one person makes an account. Raises NotAllowed."""
        if not by.may("admin" if role != "reviewer" else "lead"):
            raise NotAllowed(f"A {by.role} cannot invite a {role}.")
        token = token_urlsafe(_TOKEN_BYTES)
        with self._database.writing() as session:
            session.add(InvitationRow(token=_hashed(token), role=role, made_by=by.id, until=now() + INVITED_FOR))
            log(session, by.name, "invited", role)
        return token

    def invited(self, token: str) -> Role | None:
        """The role that an invitation is for; None where it is unknown, used or over."""
        with self._database.reading() as session:
            row = session.scalar(_invitation(token))
            return cast(Role, row.role) if row is not None and row.until > now() else None

    def accept(self, token: str, name: str, password: str) -> Reviewer:
        """Makes the account that an invitation is for. Raises NotAllowed."""
        hashed = _password(password)
        try:
            with self._database.writing() as session:
                row = session.scalar(_invitation(token).with_for_update())
                if row is None or row.until <= now():
                    raise NotAllowed("This invitation was used, or is over: ask for another.")
                row.used = now()
                return _reviewer(_add(session, name, cast(Role, row.role), hashed, "an invitation"))
        except IntegrityError:
            raise NotAllowed("Somebody here has this name: choose another.") from None

    def new_token(self, owner: Reviewer, label: str) -> str:
        """A token by which a program may do what its owner may; it is told this once."""
        token = _TOKEN + token_urlsafe(_TOKEN_BYTES)
        with self._database.writing() as session:
            session.add(
                TokenRow(token=_hashed(token), reviewer_id=owner.id, label=seen(label)[:64] or "a program", made=now())
            )
            log(session, owner.name, "token made", seen(label)[:64])
        return token

    def tokens(self, owner: Reviewer) -> list[TokenInfo]:
        """The tokens of an account that hold."""
        with self._database.reading() as session:
            wanted = select(TokenRow).where(TokenRow.reviewer_id == owner.id, TokenRow.revoked.is_(None))
            return [TokenInfo(row.id, row.label, row.made) for row in session.scalars(wanted.order_by(TokenRow.id))]

    def revoke(self, owner: Reviewer, number: int) -> None:
        """Ends a token of this account's; of another's it does nothing."""
        with self._database.writing() as session:
            row = session.get(TokenRow, number)
            if row is not None and row.reviewer_id == owner.id and row.revoked is None:
                row.revoked = now()
                log(session, owner.name, "token revoked", row.label)

    def by_token(self, token: str) -> Reviewer | None:
        """Whose token it is."""
        with self._database.reading() as session:
            row = session.scalar(
                select(ReviewerRow)
                .join(TokenRow, TokenRow.reviewer_id == ReviewerRow.id)
                .where(TokenRow.token == _hashed(token), TokenRow.revoked.is_(None), ReviewerRow.active)
            )
            return _reviewer(row) if row is not None else None


def _invitation(token: str) -> Select[InvitationRow]:
    """The unused invitation with that token."""
    return select(InvitationRow).where(InvitationRow.token == _hashed(token), InvitationRow.used.is_(None))


def _add(session: Session, name: str, role: Role, password: str | None, by: str) -> ReviewerRow:
    plain = seen(name)
    if not 1 <= len(plain) <= 64:
        raise NotAllowed("A name has 1 to 64 letters that can be seen.")
    row = ReviewerRow(name=plain, folded=folded(plain), role=role, password=password, made=now(), epoch=0, active=True)
    session.add(row)
    log(session, by, "account made", f"{plain}, {role}")
    session.flush()
    return row


def _password(given: str) -> str:
    if not SHORTEST_PASSWORD <= len(given) <= LONGEST_PASSWORD or not re.search(r"(.).*?(?!\1).", given):
        raise NotAllowed(f"A password has at least {SHORTEST_PASSWORD} signs that are not all the same.")
    return _hasher().hash(given)


def _verify(hashed: str, given: str) -> bool:
    try:
        return len(given) <= LONGEST_PASSWORD and _hasher().verify(hashed, given)
    except (Argon2Error, InvalidHashError):
        return False
