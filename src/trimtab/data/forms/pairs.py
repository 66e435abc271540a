"""Forms of two answers of which one is chosen: with a score on each side, with the prompt in both, by other names."""

import re
from collections.abc import Set
from typing import Any

from ..parts import RowError
from .form import Form, Made, Row, Told, listed, mappings, number_of

_HH = re.compile(r"\s*(Human|Assistant):")
_ABOUT = frozenset({"messages", "prompt", "prompt_id"})

SCORES = {
    "UltraFeedback binarized": ("score_chosen", "score_rejected"),
    "distilabel pairs": ("chosen_rating", "rejected_rating"),
    "Argilla's UltraFeedback": ("chosen-rating", "rejected-rating"),
    "RLHFlow pairs": ("chosen_score", "rejected_score"),
    "scored pairs": ("rating_chosen", "rating_rejected"),
}
"""The columns of the two sides' scores: alignment-handbook's sets, distilabel's FormatTextGenerationDPO, Argilla's
binarized UltraFeedback, RLHFlow's standard form, Argilla's Capybara set."""


def sides_of(row: Row) -> Made:
    """The prompt and both sides. Where both hold the whole conversation, the prompt is what they begin with.

    Raises RowError where a prompt is given beside them that they do not begin with.
    """
    chosen, rejected, prompt = (_talk(row.get(name)) for name in ("chosen", "rejected", "prompt"))
    if not (whole(chosen) and whole(rejected)):
        return {
            name: value for name, value in (("prompt", prompt), ("chosen", chosen), ("rejected", rejected)) if value
        }
    shared = 0
    while shared < min(len(chosen), len(rejected)) and chosen[shared] == rejected[shared]:
        shared += 1
    begin = chosen[:shared]
    said = [one["content"].strip() for one in begin if one["role"] == "user" and isinstance(one.get("content"), str)]
    known = begin[: len(prompt)] == prompt if isinstance(prompt, list) else prompt.strip() in said if prompt else True
    if chosen != rejected and not known:
        raise RowError("both sides hold the whole conversation, and do not begin with the prompt")
    return {"prompt": None, "chosen": chosen, "rejected": rejected}


def _talk(value: Any) -> Any:
    """Messages that were written as text, read; any other text as it is."""
    found = listed(value)
    return found if mappings(found, "role", "content") else value


def whole(side: Any) -> bool:
    """Whether a side is a conversation from its beginning, and no answer alone."""
    return mappings(side, "role") and side[0]["role"] in ("system", "user")


def _scored(names: tuple[str, str]) -> Any:
    def read(row: Row, told: Told) -> list[Made]:
        scores = [number_of(row.get(name)) for name in names]
        if scores[0] is None or scores[1] is None:
            raise RowError(f"`{names[0 if scores[0] is None else 1]}` is no number: which side is better is not known")
        if scores[0] == scores[1]:
            raise RowError(f"a tie: both sides are scored {scores[0]:g}")
        if scores[0] < scores[1]:
            raise RowError(f"the chosen side is scored {scores[0]:g} and the rejected one {scores[1]:g}")
        return [sides_of(row) | {"why": f"scored {scores[0]:g} over {scores[1]:g}"}]

    return read


def _whole(row: Row, told: Told) -> list[Made]:
    return [sides_of(row)]


def _openai(row: Row, told: Told) -> list[Made]:
    asked = row["input"]
    if not isinstance(asked, dict) or not isinstance(asked.get("messages"), list):
        raise RowError("its `input` has no messages")
    made = {"prompt": asked["messages"], "chosen": row["preferred_output"], "rejected": row["non_preferred_output"]}
    return [made | ({"tools": asked["tools"]} if asked.get("tools") else {})]


def _hh(row: Row, told: Told) -> list[Made]:
    return [{name: _turns(row[name]) for name in ("prompt", "chosen", "rejected") if row.get(name)}]


def _turns(text: str) -> str:
    """HH-RLHF's text as its turns are told apart: by a blank line, whatever ends a line there."""
    if not _HH.match(text):
        return text
    return "\n\n" + text.replace("\r\n", "\n").lstrip()


def _is_hh(row: Row) -> bool:
    """Whether the prompt has such turns, or both sides where there is no prompt."""
    prompt, chosen, rejected = row.get("prompt"), row["chosen"], row["rejected"]
    if prompt:
        return isinstance(prompt, str) and bool(_HH.match(prompt)) and isinstance(chosen, str)
    if not isinstance(chosen, str) or not isinstance(rejected, str):
        return False
    return bool(_HH.match(chosen) and _HH.match(rejected))


def _unscored(columns: Set[str]) -> bool:
    return not any({*names} <= columns for names in SCORES.values())


PAIRS = (
    *(
        Form(
            name,
            f"comparisons with a score on each side (`{better}`, `{worse}`)",
            frozenset({"chosen", "rejected", better, worse}),
            _scored((better, worse)),
            looks=lambda row: not isinstance(listed(row.get("generations")), list),
            aside=_ABOUT | {"margin"},
        )
        for name, (better, worse) in SCORES.items()
    ),
    Form(
        "TRL, whole conversations",
        "comparisons of which both sides begin with the prompt",
        frozenset({"prompt", "chosen", "rejected"}),
        _whole,
        looks=lambda row: (
            whole(_talk(row["chosen"]))
            and whole(_talk(row["rejected"]))
            and bool(row["prompt"])
            and not isinstance(row.get("generations"), list)
        ),
        might=_unscored,
        aside=_ABOUT,
    ),
    Form(
        "HH-RLHF",
        "comparisons as text with turns of Human and Assistant",
        frozenset({"chosen", "rejected"}),
        _hh,
        looks=_is_hh,
        might=_unscored,
        aside=frozenset({"prompt"}),
    ),
    Form(
        "OpenAI preference",
        "comparisons, preferred over non-preferred",
        frozenset({"input", "non_preferred_output", "preferred_output"}),
        _openai,
    ),
)
