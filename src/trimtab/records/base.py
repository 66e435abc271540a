"""What every record shares: frozen, closed to unknown keys, and one way to and from a line of JSON."""

from collections.abc import Iterable
from typing import Self

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A pure value with a documented wire form: its fields, as JSON, in the order of declaration."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def to_json(self) -> str:
        """One line of JSON; equal records give equal bytes."""
        return self.model_dump_json()

    @classmethod
    def from_json(cls, line: str | bytes) -> Self:
        """Reads what `to_json` wrote. Raises `pydantic.ValidationError` on anything else."""
        return cls.model_validate_json(line)


def to_jsonl(records: Iterable[Record]) -> str:
    """Records as JSON Lines, each line ended by a newline."""
    return "".join(record.to_json() + "\n" for record in records)
