"""Reading what trimtab wrote: older forms through the migrations, anything else is refused in one message."""

import json
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ..errors import UserError
from .migrations import FORMAT, migrate

M = TypeVar("M", bound=BaseModel)

_NONE_OF_OURS = (ValueError, AttributeError, KeyError, TypeError)
"""What reading raises where the shape is another: ValidationError is a ValueError, the rest are a migration's."""


def read_bytes(path: Path, fix: str) -> bytes:
    """The file's bytes. Raises UserError with that remedy where there is none."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read.", f"{error.strerror or error}.", fix) from None


def read_whole(path: Path, model: type[M], fix: str) -> M:
    """Reads a file that tells its own `format`. Raises UserError where it is a newer one, or none of trimtab's."""
    text = read_bytes(path, fix)
    try:
        raw = json.loads(text)
        version = raw.get("format", 1) if isinstance(raw, dict) else 1
        if isinstance(version, int) and version > FORMAT:
            raise newer(path, version)
        if isinstance(version, int) and isinstance(raw, dict) and version < FORMAT:
            migrate(model.__name__, raw, max(version, 1))
        return model.model_validate(raw)
    except _NONE_OF_OURS as error:
        raise _unreadable(str(path), error, fix) from None


def read_record(text: bytes, model: type[M], version: int, place: str, fix: str) -> M:
    """Reads one record of that version. Raises UserError, which names the place, where it is none."""
    try:
        if version == FORMAT:
            return model.model_validate_json(text)
        raw = json.loads(text)
        if isinstance(raw, dict):
            migrate(model.__name__, raw, version)
        return model.model_validate(raw)
    except _NONE_OF_OURS as error:
        raise _unreadable(place, error, fix) from None


def newer(path: Path, version: int) -> UserError:
    """What is said of a file of a version that is not known yet."""
    return UserError(
        f"{path} is of format {version}.", f"This trimtab reads formats up to {FORMAT}.", "Install a newer trimtab."
    )


def _unreadable(place: str, error: Exception, fix: str) -> UserError:
    first: Any = str(error).splitlines()[0]
    if isinstance(error, ValidationError):
        problem = error.errors(include_url=False)[0]
        first = ": ".join(part for part in (".".join(map(str, problem["loc"])), problem["msg"]) if part)
    return UserError(f"{place} cannot be read.", f"It is not what trimtab wrote ({first}).", fix)
