"""The room's tables. What people said and what was changed is only added to; the rest is how work is handed out."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, MetaData, String, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Moment(TypeDecorator[datetime]):
    """A time with its zone; SQLite keeps UTC without saying so."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What all tables share: names of constraints that migrations can speak of."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class SettingRow(Base):
    """A value of the room's own, such as the secret that cookies are signed with."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class ContentRow(Base):
    """A text, once, by the SHA-256 of its bytes."""

    __tablename__ = "content"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)


class TaskRow(Base):
    """A task by the digest of what it asks, and its plan; its order knows of the room's judgements until `queued`."""

    __tablename__ = "task"
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    asks: Mapped[dict[str, Any]] = mapped_column(JSON)
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)
    queued: Mapped[int] = mapped_column(default=0, server_default="0")
    made: Mapped[datetime] = mapped_column(Moment)


class ItemRow(Base):
    """Something to be judged in a task, by the digest of its content; `held` is why it is not shown, and
    `gold` what is right to say of it, where that is known."""

    __tablename__ = "item"
    __table_args__ = (UniqueConstraint("task_id", "digest"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    digest: Mapped[str] = mapped_column(String(64))
    modality: Mapped[str] = mapped_column(String(16))
    prompt: Mapped[str] = mapped_column(ForeignKey("content.digest"))
    answers: Mapped[list[str]] = mapped_column(JSON)
    sources: Mapped[list[str]] = mapped_column(JSON)
    severity: Mapped[int]
    held: Mapped[str] = mapped_column(Text, default="")
    gold: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class PlaceRow(Base):
    """An item's place in its task's queue, 0 before it has one, and what the queue knows beside what people said; a
    table of its own, because items are locked while they are handed out."""

    __tablename__ = "place"
    __table_args__ = (Index("ix_place_task_id", "task_id", "place"),)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, autoincrement=False)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    place: Mapped[int] = mapped_column(default=0)
    hint: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class ReviewerRow(Base):
    """An account; `epoch` is raised to end all its sessions."""

    __tablename__ = "reviewer"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    folded: Mapped[str] = mapped_column(String(128), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    password: Mapped[str | None] = mapped_column(Text)
    epoch: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    made: Mapped[datetime] = mapped_column(Moment)


class InvitationRow(Base):
    """A link that makes one account; of its token only the hash is kept."""

    __tablename__ = "invitation"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    made_by: Mapped[int] = mapped_column(ForeignKey("reviewer.id"))
    until: Mapped[datetime] = mapped_column(Moment)
    used: Mapped[datetime | None] = mapped_column(Moment)


class TokenRow(Base):
    """A token for the API; only its hash is kept."""

    __tablename__ = "api_token"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("reviewer.id"))
    label: Mapped[str] = mapped_column(String(64))
    made: Mapped[datetime] = mapped_column(Moment)
    revoked: Mapped[datetime | None] = mapped_column(Moment)


class AssignmentRow(Base):
    """An item given to a reviewer, under an opaque name (`ref`), with the order in which its answers are shown."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("item_id", "reviewer_id", "showing"),
        Index("ix_assignment_task_id", "task_id", "reviewer_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(32), unique=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("reviewer.id"), index=True)
    showing: Mapped[int]
    order: Mapped[list[int]] = mapped_column(JSON)
    again: Mapped[bool] = mapped_column(default=False)
    reserved_until: Mapped[datetime] = mapped_column(Moment)
    judged: Mapped[datetime | None] = mapped_column(Moment)
    skipped: Mapped[datetime | None] = mapped_column(Moment)


class JudgementRow(Base):
    """What was said, in the order of arrival. Rows are never changed; `supersedes` is the key of the one replaced."""

    __tablename__ = "judgement"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    received: Mapped[datetime] = mapped_column(Moment)
    client_when: Mapped[datetime | None] = mapped_column(Moment)
    shown_ms: Mapped[int | None]
    said: Mapped[dict[str, Any]] = mapped_column(JSON)
    supersedes: Mapped[str | None] = mapped_column(String(64), unique=True)
    imported: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class AuditRow(Base):
    """A change: who did what to what. Rows are never changed."""

    __tablename__ = "audit_log"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(Text)
