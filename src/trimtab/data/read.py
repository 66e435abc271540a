"""Files of prompts and facts, and rows of JSON Lines and Parquet.

Prompts and facts are small files that people write: a bad row is an error that names its line.
"""

import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from ..errors import UserError
from ..records import Fact, Prompt, Record
from .encoding import HEAD, refuse_coded
from .parts import OF_CONVERSATION, RowError, messages, with_columns

R = TypeVar("R", bound=Record)

_PLAIN = {
    "extra_forbidden": "there is no such key",
    "missing": "is missing",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "tuple_type": "must be a list",
    "model_type": "must be an object with keys of its own",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "too_short": "must not be empty",
    "literal_error": "must be system, user, assistant or tool",
}
_BLOCK = 2**23
"""Bytes of a file that are read at a time, and a line's end: some ten thousand comparisons."""
_OF_MESSAGES = "must be text or a list of messages"


def read_prompts(path: Path) -> list[Prompt]:
    """Prompts from JSON Lines: `{"id", "kind", "prompt"}` with text or a list of messages; `system` and `tools` may
    stand beside it.

    Raises UserError at the first row that is none, and at an id that comes twice.
    """

    def row(raw: dict[str, Any]) -> Prompt:
        known = {name: value for name, value in raw.items() if name not in OF_CONVERSATION}
        said = known.pop("prompt", known.get("messages"))
        if isinstance(said, str | list | dict) and said:
            said = with_columns(messages(said, "prompt", plain_role="user"), raw)
        return Prompt.model_validate({**known, "messages": said})

    return _all_rows(path, "prompt", row, '{"id": "…", "kind": "…", "prompt": "…"}')


def read_facts(path: Path) -> list[Fact]:
    """Multiple-choice facts from JSON Lines: `{"id", "topic", "question", "right", "wrong": [3]}`."""
    return _all_rows(
        path,
        "fact",
        Fact.model_validate,
        '{"id": "…", "question": "…", "right": "…", "wrong": ["…", "…", "…"]}',
    )


def _all_rows(path: Path, noun: str, make: Callable[[dict[str, Any]], R], form: str) -> list[R]:
    return [row for _, row in rows_with_places(path, noun, make, form)]


def rows_with_places(path: Path, noun: str, make: Callable[[dict[str, Any]], R], form: str) -> list[tuple[str, R]]:
    """Each row as a record, with its place; `form` is what a row looks like.

    Raises UserError at the first row that is none, at an id that comes twice, and where there is no row.
    """
    found: list[tuple[str, R]] = []
    seen: dict[str, str] = {}
    for place, raw in json_rows(path):
        fix = f"A row is {form}; correct the line or remove it."
        if not isinstance(raw, dict):
            why = "It is not a JSON object."
            if isinstance(raw, Exception):
                why = f"{str(raw)[:1].upper()}{str(raw)[1:]}." if isinstance(raw, NoRow) else f"It is not JSON: {raw}."
            raise UserError(f"{path.name} {place} is no {noun}.", why, fix)
        try:
            record = make(raw)
        except RowError as error:
            raise UserError(f"{path.name} {place} is no {noun}.", f"{error}.", fix) from None
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            says = _PLAIN.get(first["type"], first["msg"].removeprefix("Value error, "))
            if (where, first["type"]) == ("messages", "tuple_type"):
                says = _OF_MESSAGES
            why = f"{f'`{where}`: ' if where else ''}{says}."
            raise UserError(f"{path.name} {place} is no {noun}.", why, fix) from None
        name = str(getattr(record, "id"))  # noqa: B009 - Prompt and Fact have one, Record does not
        if name in seen:
            raise UserError(
                f"{path.name} {place} has the id {name!r}.",
                f"{seen[name].capitalize()} has it too, and answers are kept by id.",
                "Give each row an id of its own.",
            )
        seen[name] = place
        found.append((place, record))
    if not found:
        kind, _, of = noun.partition(" ")
        raise UserError(
            f"{path.name} was given as a file of {f'{kind}s {of}'.strip()}.",
            "It holds no row.",
            f"Add rows of the form {form}.",
        )
    return found


_FORMS = "JSON Lines in UTF-8, plain or gzipped, or Parquet"


class NoRow(ValueError):
    """Why what stands in a table is no row, in words that need none before them."""


def json_rows(path: Path, forms: str = _FORMS) -> Iterator[tuple[str, Any]]:
    """Each row of JSON Lines, a JSON array or Parquet with its place ("line 3"); what is not JSON as the exception.

    Which of the two JSON is, its text tells, whatever the file is called.
    """
    if path.suffix.lower() == ".parquet":
        yield from ((f"row {i}", row) for i, row in enumerate(_parquet(path), 1))
        return
    whole = path.name.lower().removesuffix(".gz").endswith(".json") or _begins(path, forms) == "["
    found = _whole(read_text(path, forms)) if whole else None
    if found is not None:
        yield from ((f"row {i}", row) for i, row in enumerate(found, 1))
        return
    for block in _blocks(path, forms):
        yield from block.rows()


def json_blocks(path: Path, forms: str = _FORMS) -> Iterator["Block"] | None:
    """The same as blocks of lines; None where the file is none of JSON Lines, or no more than a part of a block."""
    name = path.name.lower().removesuffix(".gz")
    if name.endswith((".parquet", ".json")) or not path.is_file() or path.stat().st_size < _BLOCK:
        return None
    return _blocks(path, forms) if _begins(path, forms) != "[" else None


@dataclass(frozen=True)
class Block:
    """Whole lines of a file of JSON Lines, and the number of the first."""

    path: Path
    forms: str
    line: int
    data: bytes

    def rows(self) -> Iterator[tuple[str, Any]]:
        """Each row with its place, as `json_rows` gives it. Raises UserError where a line is no text."""
        for number, line in enumerate(io.BytesIO(self.data), self.line):
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8").removesuffix("\n")
            except UnicodeDecodeError as error:
                raise _unreadable(self.path, error, self.forms) from None
            if text.strip():
                yield f"line {number}", _parsed(text)


def _whole(text: str) -> list[Any] | None:
    """The rows of a text that is one JSON array or one object; None where each line is a row of its own."""
    found = _parsed(text)
    if not isinstance(found, Exception) or isinstance(found, NoRow):
        return found if isinstance(found, list) else [found]
    first = text.lstrip().partition("\n")[0]
    return [found] if isinstance(_parsed(first), Exception) and first else None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. Raises _Twice where a key comes twice with another value: nobody can know which is meant."""
    found = dict(pairs)
    if len(found) < len(pairs) and any(found[key] != value for key, value in pairs):
        raise _Twice
    return found


def _or_twice(pairs: list[tuple[str, Any]]) -> Any:
    """A JSON object, or the reason why it, or one within it, is none."""
    for _, value in pairs:
        within = value if isinstance(value, list) else [value]
        if (inner := next((one for one in within if isinstance(one, NoRow)), None)) is not None:
            return inner
    found = dict(pairs)
    key = next((key for key, value in pairs if found[key] != value), None)
    return found if key is None else NoRow(f"the key `{key}` comes twice, with two values: leave one of them out")


class _Twice(Exception):
    """A key comes twice."""


_STRICT, _TELLING = (json.JSONDecoder(object_pairs_hook=hook) for hook in (_object, _or_twice))


def _parsed(text: str) -> Any:
    """What a JSON text says, or the exception that says why it is none; so is an object with two values of one key."""
    try:
        try:
            found, end = _STRICT.raw_decode(text)
            found = found if end == len(text) else _STRICT.decode(text)
        except _Twice:
            found = _TELLING.decode(text)
        except json.JSONDecodeError:
            found = _STRICT.decode(text)
        if "\\" in text and ("\\ud" in text or "\\uD" in text):
            json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair is no character
    except UnicodeEncodeError:
        return ValueError("it holds half of a surrogate pair, which is no character")
    except (ValueError, RecursionError) as error:
        return error
    return found


def _begins(path: Path, forms: str) -> str:
    """A file's first character that is no blank, as far as a first part of it tells. Raises UserError."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            head = file.read(HEAD)
        refuse_coded(path, head, f"Give {forms}.")
        return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1].decode("latin-1")
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, error, forms) from None


def _blocks(path: Path, forms: str) -> Iterator[Block]:
    """A file's lines, one block of them in memory at a time, so that a file of any size can be read. Raises
    UserError."""
    line = 1
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            while data := file.read(_BLOCK):
                data += file.readline()
                yield Block(path, forms, line, data)
                line += data.count(b"\n")
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, error, forms) from None


def read_text(path: Path, forms: str) -> str:
    """A file's text, gunzipped where its name ends in `.gz`. Raises UserError, naming the `forms` that can be read."""
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        refuse_coded(path, data[:HEAD], f"Give {forms}.")
        return data.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise _unreadable(path, error, forms) from None


def _unreadable(path: Path, error: Exception, forms: str) -> UserError:
    why = (
        "It is not UTF-8 text."
        if isinstance(error, UnicodeDecodeError)
        else f"{getattr(error, 'strerror', '') or error}."
    )
    fix = "Check the path." if isinstance(error, FileNotFoundError) else f"Give {forms}."
    return UserError(f"{path} cannot be read.", why, fix)


def _parquet(path: Path) -> Iterable[dict[str, Any]]:
    """A Parquet file's rows. Raises UserError where the file is not whole."""
    import polars

    try:
        rows = polars.read_parquet(path).iter_rows(named=True)
        told = polars.read_parquet_metadata(path).get("huggingface", "")
    except (OSError, polars.exceptions.PolarsError) as error:
        raise UserError(f"{path} cannot be read.", f"{error}.", "Check that it is a whole Parquet file.") from None
    info = _parsed(told)
    features = info["info"].get("features") if isinstance(info, dict) and isinstance(info.get("info"), dict) else None
    return (decoded(row, features) for row in rows) if '"Json"' in told else rows


def decoded(value: Any, feature: Any) -> Any:
    """A value of a table that Hugging Face's datasets wrote, its cells of the type Json as what their text says.

    `feature` is the table's own description of the value.
    """
    if isinstance(feature, dict) and feature.get("_type") == "Json":
        found = _parsed(value) if isinstance(value, str) else value
        return value if isinstance(found, Exception) else found
    if isinstance(feature, dict) and isinstance(feature.get("_type"), str):
        feature = [feature["feature"]] if "feature" in feature else None
    if isinstance(feature, list) and len(feature) == 1 and isinstance(value, list):
        return [decoded(item, feature[0]) for item in value]
    if isinstance(feature, dict) and isinstance(value, dict):
        return {name: decoded(inner, feature.get(name)) for name, inner in value.items()}
    return value
