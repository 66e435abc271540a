"""Which columns of an annotation tool's data are the prompt and the answers: by name, or as somebody says."""

import re
from collections.abc import Mapping
from typing import Any

from ..harmless import words_of
from ..parts import RowError
from .form import Row, Told

PROMPTS = ("prompt", "instruction", "question", "query")
_ANSWER = re.compile(r"(answer|response|completion|reply|generation|output|candidate|option)s?")


_TURNED = frozenset(
    "annoying bad biased bias danger dangerous disliked dislike error errors flag flagged flaw flawed flaws "
    "hallucinated hallucination hallucinations harm harmful harmfulness harms hate hateful inaccurate incorrect "
    "irrelevant issue issues least lose loser mistake mistakes offensive problem problems redundant reject rejected "
    "risk risky rude severity spam toxic toxicity unhelpful unsafe untruthful violation violations worse worst wrong "
    "schlechter falsch pire peor peggiore pior slechter".split()
)
"""Words by which a question asks for what is worse, so that its answers are the other way round."""


def refuse_turned(question: Any, told: Told) -> None:
    """Raises RowError for a question, or a control, that by its name asks which answer is worse, or how bad one is.

    The one that somebody names as the rating is read as they say.
    """
    if question is None or told.columns.get("rating") == question:
        return
    turned = next((word for word in words_of(str(question)) if word in _TURNED), None)
    if turned is not None:
        raise RowError(
            f"`{question}` may ask for the worse answer, or how bad one is (“{turned}”), and is not read; a rating of "
            "which more is better all the same is named by `columns: {rating: …}`"
        )


def plain(name: str) -> str:
    """A name without case, blanks and signs: "Response 1" and "response-1" are the same."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def prompt_in(data: Row, told: Told) -> Any:
    """The prompt among the data. Raises RowError where no column is one."""
    names = [told.columns["prompt"]] if "prompt" in told.columns else PROMPTS
    for name in names:
        value = data.get(name)
        if isinstance(value, str | list) and value:
            return value
    raise RowError(
        f"no prompt among {', '.join(data) or 'its data'}: say which column it is (`columns: {{prompt: …}}`)"
    )


def answers_in(data: Row, told: Told) -> dict[str, Any]:
    """The answers among the data, by their columns: those named like one ("response_a", "answer2")."""
    if "left" in told.columns and "right" in told.columns:
        names = [told.columns["left"], told.columns["right"]]
    elif "answer" in told.columns:
        names = [told.columns["answer"]]
    else:
        names = [name for name in data if _ANSWER.match(plain(name))]
    return {name: data[name] for name in names if isinstance(data.get(name), str | list) and data[name]}


def rest_in(data: Row, told: Told) -> dict[str, Any]:
    """The columns of a flat row that are neither its prompt nor an answer, and go along with what was judged."""
    known = {*PROMPTS, *told.columns.values(), *answers_in(data, told)}
    return {name: value for name, value in data.items() if name not in known}


def the_answer(data: Row, told: Told, named: str | None = None) -> Any:
    """The answer that is spoken of: the one `named`, or the only one there is. Raises RowError."""
    answers = answers_in(data, told)
    for name in answers:
        if named is not None and plain(name) == plain(named):
            return answers[name]
    if len(answers) != 1:
        there = ", ".join(answers) or "none"
        raise RowError(f"which answer is meant is not told (answers: {there}): say it by `columns: {{answer: …}}`")
    return next(iter(answers.values()))


def by_name(answers: Mapping[str, Any], value: Any) -> str | None:
    """The column of the answer that a value names, however it is written."""
    if not isinstance(value, str):
        return None
    return next((name for name in answers if plain(name) == plain(value)), None)
