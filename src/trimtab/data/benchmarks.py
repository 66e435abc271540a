"""Benchmark sets in their public forms and in ours: contrast prompts, text beginnings, pairs of answers, prompts.

A benchmark file is small and whole: its first bad row is an error that names the place, because a set with rows left
out is another set.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import ValidationError

from ..errors import UserError
from ..records import Comparison, ContrastPrompt, Message, Prompt, Record
from .comparisons import comparison_from_row
from .parts import RowError
from .sources import Source, title_of
from .table import table_rows, why_not_valid

R = TypeVar("R", bound=Record)


_XSTEST = frozenset(
    "definitions figurative_language historical_events homonyms nons_group_real_discr privacy_fictional privacy_public "
    "real_group_nons_discr safe_contexts safe_targets".split()
)
"""The types of XSTest's safe prompts."""


def read_contrasts(source: Source) -> list[ContrastPrompt]:
    """Prompts on both sides of the line, in XSTest's form (Röttger et al. 2024): id, prompt, type, label.

    The label is `safe` or `unsafe`; XSTest's first version has none and marks unsafe types with `contrast_`. OR-Bench's
    `category` stands for the type. Raises UserError at the first bad row.
    """

    def make(raw: dict[str, Any], place: str) -> ContrastPrompt:
        kind = _text(raw, "type" if raw.get("type") or not raw.get("category") else "category")
        if "label" in raw:
            label = str(raw["label"]).strip().casefold()
            if label not in ("safe", "unsafe"):
                said = "empty" if raw["label"] in (None, "") else repr(raw["label"])
                raise RowError(f"`label` is {said}, and must be safe or unsafe.")
        elif kind in _XSTEST or kind.startswith("contrast_"):
            label = "unsafe" if kind.startswith("contrast_") else "safe"
        else:
            raise RowError(
                "It has no label, and nothing else tells whether the prompt is safe; of OR-Bench all prompts are but "
                "those of its toxic part."
            )
        return ContrastPrompt(
            id=_id(raw, place), kind=kind, messages=_asked(_text(raw, "prompt")), safe=label == "safe"
        )

    return _all(
        source, "XSTest", make, "Give rows with id, prompt, type and label (safe or unsafe), as XSTest's CSV has."
    )


def read_beginnings(source: Source) -> list[Prompt]:
    """Beginnings of texts: RealToxicityPrompts' rows (`prompt.text`, Gehman et al. 2020) or rows with `text`.

    Each becomes a prompt whose one message is the text. Its kind is the row's `kind`, else RealToxicityPrompts' own
    split by toxicity: `toxic` from 0.5 up, `non-toxic` below.
    """

    def make(raw: dict[str, Any], place: str) -> Prompt:
        inner = raw.get("prompt")
        about = inner if isinstance(inner, dict) else raw
        toxicity: Any = about.get("toxicity")
        split = "other"
        if isinstance(toxicity, int | float):
            split = "toxic" if toxicity >= 0.5 else "non-toxic"
        kind = str(raw.get("kind") or split)
        return Prompt(id=_id(raw, place), kind=kind, messages=_asked(_text(about, "text")))

    return _all(
        source, "RealToxicityPrompts", make, 'Give rows with "text", or with "prompt": {"text": …} as the set has.'
    )


def read_pairs(source: Source) -> list[tuple[str, Comparison]]:
    """Pairs of answers with the kind of each (helpful, honest, harmless, …).

    Forms: rows with prompt, chosen, rejected and `kind`; the Hugging Face HHH set's `input` and `targets` (choices,
    labels); BIG-bench's `input` and `target_scores` (Askell et al. 2021). Where a row names no kind, the kind is the
    file's or the hub split's name.
    """
    fallback = title_of(source).removeprefix("hub:").partition(".")[0]

    def make(raw: dict[str, Any], place: str) -> "_Pair":
        row = raw if "chosen" in raw else {**raw, **_from_targets(raw)}
        comparison = comparison_from_row({**row, "id": _id(raw, place)}, source=title_of(source), place=place)
        return _Pair(id=comparison.id, kind=str(raw.get("kind") or raw.get("subset") or fallback), of=comparison)

    forms = "Give rows with prompt, chosen, rejected and kind, or the HHH set's rows (input, targets)."
    return [(pair.kind, pair.of) for pair in _all(source, "HHH", make, forms)]


def read_questions(source: Source) -> list[Prompt]:
    """Prompts for an assistant: rows with `prompt` (text or messages) or `instruction`, and an id and kind if any."""

    def make(raw: dict[str, Any], place: str) -> Prompt:
        said = raw.get("prompt", raw.get("messages", raw.get("instruction")))
        if not said:
            raise RowError("It has no prompt.")
        messages = _asked(said) if isinstance(said, str) else said
        return Prompt(id=_id(raw, place), kind=str(raw.get("kind") or "other"), messages=messages)

    return _all(source, "prompts", make, 'Give rows with "prompt", as text or as a list of messages.')


class _Pair(Record):
    id: str
    kind: str
    of: Comparison


def _all(source: Source, noun: str, make: Callable[[dict[str, Any], str], R], forms: str) -> list[R]:
    found: dict[str, R] = {}
    name = title_of(source)
    for place, raw in table_rows(source, forms):
        try:
            if isinstance(raw, Exception):
                raise RowError(str(raw))
            item = make(_lowered(raw), place)
            key = str(getattr(item, "id"))  # noqa: B009 - every item has one, Record does not
            if key in found:
                raise RowError(f"The id {key!r} came before, and answers are kept by id.")
        except (ValidationError, RowError) as error:
            why = why_not_valid(error) if isinstance(error, ValidationError) else str(error)
            why = f"{why[:1].upper()}{why[1:].removesuffix('.')}."
            raise UserError(f"{name} {place} does not fit {noun}.", why, forms) from None
        found[key] = item
    if not found:
        raise UserError(f"{name} was given as {noun}.", "It holds no row.", forms)
    return list(found.values())


def _lowered(raw: dict[str, Any]) -> dict[str, Any]:
    """The row with its names as all these forms have them, however a spreadsheet wrote its headings."""
    plain = {str(name).strip().casefold(): value for name, value in raw.items()}
    return {**plain, **raw} if len(plain) == len(raw) else raw


def _from_targets(raw: dict[str, Any]) -> dict[str, Any]:
    targets = raw.get("targets") or raw.get("target_scores")
    if not isinstance(targets, dict) or not isinstance(raw.get("input"), str):
        raise RowError("It has neither chosen and rejected nor input and targets.")
    if "choices" in targets:
        texts, labels = targets["choices"], targets.get("labels")
        if not isinstance(texts, list) or not isinstance(labels, list) or len(texts) != len(labels):
            raise RowError("Its targets have not a label for each choice.")
        targets = dict(zip(texts, labels, strict=True))
    if any(label not in (0, 1) for label in targets.values()):
        raise RowError("A label of its targets is neither 1 (right) nor 0 (wrong).")
    right = [text for text, label in targets.items() if label]
    wrong = [text for text, label in targets.items() if not label]
    if len(right) != 1 or len(wrong) != 1:
        raise RowError(f"It has {len(right)} right and {len(wrong)} wrong answers, and a pair has one of each.")
    said = raw["input"]
    return {"prompt": f"\n\n{said}" if said.startswith("Human:") else said, "chosen": right[0], "rejected": wrong[0]}


def _asked(text: str) -> tuple[Message, ...]:
    return (Message(role="user", content=text),)


def _text(raw: dict[str, Any], column: str) -> str:
    value = raw.get(column)
    if not isinstance(value, str) or not value.strip():
        raise RowError(f"It has no {column}.")
    return value


def _id(raw: dict[str, Any], place: str) -> str:
    return str(next((raw[name] for name in ("id", "id_v2") if raw.get(name) not in (None, "")), place))
