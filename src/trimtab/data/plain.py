"""Comparisons as most files hold them, three texts under their usual names: gathered as columns, no object a row.

What is not surely such a row is not taken, and the reader of rows looks at it.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from .columns import READ, harmless_beside, looked_at
from .comparisons import KINDS
from .forms import form_of, forms_with
from .naming import persons_in
from .parts import OF_CONVERSATION, UNKNOWN, name_of

if TYPE_CHECKING:
    import polars

TEXTS = frozenset(("prompt", "chosen", "rejected"))
_READ = READ["comparison"] - OF_CONVERSATION - {"provenance"}
_JUDGES = ("judge", "annotator")
_NAMED = {"rule": "rule", "when": "when", "chosen_origin": "chosen_model", "rejected_origin": "rejected_model"}
"""Columns of the table by those of a row."""
ODD, TURN = frozenset('[{" \n\t\r'), ("Human:", "Assistant:")
"""What messages kept as text, and conversations in one text, begin with: by the three texts alone a row with another
beginning is one of no form."""


class PlainColumns(NamedTuple):
    """What there is to read under the columns of a row."""

    judges: tuple[str, ...]
    kinds: tuple[str, ...]
    named: tuple[tuple[str, str], ...]
    beside: tuple[str, ...]
    of_others: bool
    """Whether only what they hold tells that it is no row of a form."""


class PlainRows:
    """Gathers such rows of a source, which has a name, until they are taken out as a table."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._clear()

    def _clear(self) -> None:
        self._ids: list[str] = []
        self._places: list[int] = []
        self._texts: dict[str, list[str]] = {name: [] for name in ("prompt", "asked", "chosen", "rejected", "judge")}
        self._told: dict[str, list[str]] = {name: [] for name in ("kind", *_NAMED)}

    def take(self, row: dict[Any, Any], place: str, count: int) -> bool:
        """Whether it is such a row; then it is gathered, as the one that is counted so."""
        columns = plain_columns(tuple(row))
        if columns is None:
            return False
        prompt, chosen, rejected = row["prompt"], row["chosen"], row["rejected"]
        if not type(prompt) is type(chosen) is type(rejected) is str:
            return False
        asked, better, worse = prompt.strip(), chosen.strip(), rejected.strip()
        if not (asked and better and worse) or better == worse:
            return False
        if prompt[0] in ODD or chosen[0] in ODD or rejected[0] in ODD:
            return False
        if asked.startswith(TURN) or better.startswith(TURN) or worse.startswith(TURN):
            return False
        if columns.beside and any(looked_at(row[name]) for name in columns.beside):
            return False
        if columns.of_others and form_of(row) is not None:
            return False
        given = row.get("id")
        self._ids.append(f"{self._source}:{place}" if given is None or given == "" else str(given))
        self._places.append(count)
        texts = self._texts
        texts["prompt"].append(prompt)
        texts["asked"].append(asked)
        texts["chosen"].append(chosen)
        texts["rejected"].append(rejected)
        texts["judge"].append(next(filter(None, (name_of(row[name]) for name in columns.judges)), UNKNOWN))
        if columns.kinds:
            self._note("kind", next((str(row[name]) for name in columns.kinds if row[name] is not None), ""))
        for name, column in columns.named:
            self._note(name, name_of(row[column]) or "")
        return True

    def _note(self, name: str, said: str) -> None:
        """What a row tells that others need not: behind blanks for those before it."""
        held = self._told[name]
        held.extend([""] * (len(self._ids) - 1 - len(held)))
        held.append(said)

    def table(self, schema: dict[str, Any]) -> "polars.DataFrame":
        """The rows gathered, with the columns of a schema, `asked` of them a text under `prompt_key`; then there are
        none."""
        import polars as pl

        size = len(self._ids)
        held: dict[str, Any] = {"id": self._ids, "place": self._places, **self._texts}
        held["prompt_key"] = [said_of("user", asked) for asked in held.pop("asked")]
        held |= {name: [*said, *[""] * (size - len(said))] for name, said in self._told.items() if said}
        whole = {"source": self._source}
        made = pl.DataFrame({name: held[name] for name in schema if name in held}, schema_overrides=schema, strict=True)
        rest = [pl.lit(whole.get(name, ""), kind).alias(name) for name, kind in schema.items() if name not in held]
        self._clear()
        return made.with_columns(rest).select(list(schema))


def said_of(role: str, content: str) -> str:
    """A turn as a part of what a conversation is known by."""
    return f"{role}\x1f{content}\x1e"


@lru_cache(maxsize=1024)
def plain_columns(columns: tuple[Any, ...]) -> PlainColumns | None:
    """What is read of a row of these columns; None where there may be more in it."""
    held = {name for name in columns if isinstance(name, str)}
    if len(held) < len(columns) or not held >= TEXTS:
        return None
    beside: tuple[str, ...] | None = ()
    if not held <= _READ:
        beside = harmless_beside(columns, "comparison") if not (OF_CONVERSATION & held or persons_in(columns)) else None
    if beside is None or "provenance" in held:
        return None
    return PlainColumns(
        tuple(name for name in _JUDGES if name in held),
        tuple(name for name in KINDS if name in held),
        tuple((name, column) for name, column in _NAMED.items() if column in held),
        beside,
        any(not form.needs <= TEXTS for form in forms_with(columns)),
    )
