"""What pydantic found wrong, as one message: the place, the value, what it must be, and the remedy."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_origin

from pydantic import BaseModel, ValidationError

from ..errors import UserError
from .source import NOUNS, Loc, Source, dotted


def explained(error: ValidationError, raw: Mapping[str, Any], source: Source) -> UserError:
    """The first few things wrong, each with its place, as one message."""
    items = [{**item, "loc": _written(item, raw)} for item in error.errors(include_url=False)]
    problems = [_problem(item, source) for item in items if not _follows(item, items)]
    given, why, fix = problems[0]
    if len(problems) > 1:
        others = "; ".join(f"{given.rstrip('.')} ({why.rstrip('.')})" for given, why, _ in problems[1:4])
        fix += f" There {'is' if len(problems) == 2 else 'are'} {len(problems) - 1} more: {others}."
    return UserError(given, why, fix)


def _written(item: Any, raw: Mapping[str, Any]) -> Loc:
    """The error's place in the words of the spec: pydantic puts the names of a union's types in between."""
    loc: Loc = ()
    here: Any = raw
    for part in item["loc"]:
        if (isinstance(here, dict) and part in here) or (isinstance(here, list) and isinstance(part, int)):
            here, loc = here[part], (*loc, part)
    return (*loc, item["loc"][-1]) if item["type"] == "missing" else loc


def _follows(item: Any, items: Sequence[Any]) -> bool:
    """Whether an error only repeats another: a list with a bad entry is "too short" as well, and a union complains
    once for each of its types."""
    size = len(item["loc"])
    if item is not next(other for other in items if other["loc"] == item["loc"]):
        return True
    return item["type"] in ("too_short", "string_type", "tuple_type") and any(
        len(other["loc"]) > size and other["loc"][:size] == item["loc"] for other in items
    )


def _problem(item: Any, source: Source) -> tuple[str, str, str]:
    loc: Loc = item["loc"]
    place, name = source.place(loc), dotted(loc) or "the spec"
    match item["type"]:
        case "extra_forbidden":
            known = sorted(_fields_at(loc[:-1], source.root))
            close = difflib.get_close_matches(str(loc[-1]), known, n=1)
            return (
                f"{place}: `{name}` is given.",
                f"There is no such key{f' in `{dotted(loc[:-1])}`' if loc[:-1] else ''}.",
                f"Did you mean `{close[0]}`?" if close else f"The keys here are {', '.join(known)}.",
            )
        case "missing":
            return f"{place}: `{name}` is missing.", "It cannot be done without.", f"Add `{loc[-1]}` there."
        case _:
            why = _must(item, loc, source.root)
            why = f"{why[:1].upper()}{why[1:]}."
            if not loc:  # each part is right by itself
                return f"{source.name}: the {NOUNS[source.root]} does not fit together.", why, "Correct what is named."
            return f"{place}: `{name}` {_shown(item.get('input'))}.", why, _remedy(item, name)


def _shown(value: Any) -> str:
    match value:
        case None | "":
            return "is empty"
        case dict() | list() | tuple() | BaseModel():
            return "does not fit"
        case str() | int() | float():
            return f"is {value!r}"
        case _:
            return f"is {value}"


def _must(item: Any, loc: Loc, root: type[BaseModel]) -> str:
    """What the value must be, in plain words."""
    limits = item.get("ctx", {})
    match item["type"]:
        case "value_error":
            return str(item["msg"].removeprefix("Value error, "))
        case "string_type" if loc[-1:] == ("target_modules",):
            return "it must be text or a list of texts"
        case "string_type":
            return "it must be text"
        case "int_type" | "int_parsing" | "int_from_float" | "int_parsing_size":
            return "it must be a whole number"
        case "float_type" | "float_parsing":
            return "it must be a number"
        case "finite_number":
            return "it must be a finite number"
        case "greater_than":
            return f"it must be more than {limits['gt']:g}"
        case "greater_than_equal":
            return f"it must be at least {limits['ge']:g}"
        case "less_than":
            return f"it must be less than {limits['lt']}"
        case "less_than_equal":
            return f"it must be at most {limits['le']:g}"
        case "too_short" if limits["min_length"] > 1:
            return f"it must hold at least {limits['min_length']}, and holds {limits['actual_length']}"
        case "string_too_short" | "too_short":
            return "it must not be empty"
        case "string_too_long":
            return f"it must have at most {limits['max_length']} characters"
        case "string_pattern_mismatch":
            marks = "`.`, `_` and `-`" if "." in limits["pattern"] else "`_` and `-`"
            return f"it may hold small letters, digits, {marks}, and begins with a letter or a digit"
        case "tuple_type":
            return "it must be a list, each entry on a line that begins with `- `"
        case "literal_error":
            return f"it must be {limits['expected']}"
        case "model_type" | "model_attributes_type" | "dict_type":
            known = ", ".join(_fields_at(loc, root))
            return f"it must be a section with keys of its own{f': {known}' if known else ''}"
        case "bool_type" | "bool_parsing":
            return "it must be true or false"
        case _:
            return str(item["msg"])


def _remedy(item: Any, name: str) -> str:
    value = item.get("input")
    match item["type"]:
        case "float_type" | "float_parsing" if isinstance(value, str):
            return f"Write `{name}` as a number, for example 0.0001 or 1e-4."
        case "literal_error":
            choices = [choice.strip("'") for choice in item["ctx"]["expected"].replace(" or ", ", ").split(", ")]
            close = difflib.get_close_matches(str(value), choices, n=1)
            return f"Did you mean `{close[0]}`?" if close else f"Write one of {', '.join(choices)}."
        case "string_type" if isinstance(value, int | float):
            return "Put quotes around it, or write text."
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"Write `{name}:` alone, and its keys indented below it."
        case _:
            return f"Correct `{name}`."


def _fields_at(loc: Loc, root: type[BaseModel]) -> Iterator[str]:
    """The keys that the section at `loc` knows."""
    model: type[BaseModel] | None = root
    named = False
    for part in loc:
        if isinstance(part, int) or model is None or named:
            named = False  # the name of a section among others of its kind is no field
            continue
        known = model.model_fields.get(part)
        model = _section_in(known.annotation) if known else None
        named = known is not None and get_origin(known.annotation) is dict
    yield from model.model_fields if model and not named else ()


def _section_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in getattr(annotation, "__args__", ()) if (found := _section_in(arg))), None)
