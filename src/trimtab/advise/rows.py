"""One row of feedback in any of its forms, counted; distinct items are counted once, repeated judgements compared."""

import json
from collections import Counter, defaultdict
from itertools import combinations
from statistics import fmean
from typing import Any

from ..data import RowError, comparison_from_row
from ..records import Case, Comparison
from .thresholds import noise_of

FORMS = (
    "`chosen` and `rejected`; `prompt`, `completion` and `label` (true or false); `prompt`, `completion` and `rating`; "
    "`prompt` and `answers` (best first, or with `ranks` or `ratings`); "
    "`prompt`, `completion` and `edited` or `critique`; `prompt` and `completion`; or `prompt` alone"
)
AGREED_FROM = 10
"""Pairs of judgements of the same thing from which their agreement is worth telling: below, one judgement is a
tenth."""
_OWN = "rubric"
"""The judge of comparisons that `trimtab run` made of the model's own answers."""
_PROMPT = ("prompt", "instruction", "question")
_ANSWER = ("completion", "response", "answer", "output")
_MANY = ("answers", "responses", "completions")
_UP = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}


class NoForm(ValueError):
    """Why a row is no feedback."""


class Tally:
    """Counts rows; `case()` tells what they come to. `model` is what comparisons call the model to be trained."""

    def __init__(self, model: str | None) -> None:
        self._model = model
        self._prompts: set[str] = set()
        self._pairs: dict[tuple[str, frozenset[str]], Counter[str]] = defaultdict(Counter)
        self._thumbs: dict[tuple[str, str], Counter[bool]] = defaultdict(Counter)
        self._ratings: dict[str, dict[str, float]] = defaultdict(dict)
        self._ranked: dict[tuple[str, tuple[str, ...]], int] = {}
        self._listed: dict[tuple[str, tuple[str, ...]], tuple[int, int]] = {}
        self._demonstrations: set[tuple[str, str]] = set()
        self._edits: set[tuple[str, str]] = set()
        self._critiques: set[tuple[str, str, str]] = set()
        self._margins: list[float] = []
        self._own: list[bool] = []

    def add(self, row: dict[str, Any], source: str, place: str) -> None:
        """Counts one row. Raises NoForm where it is none of FORMS."""
        if _given(row, "chosen") or _given(row, "rejected"):
            try:
                item = comparison_from_row(row, source=source, place=place)
                return self._compared(item, isinstance(row.get("provenance"), dict))
            except RowError as error:
                raise NoForm(str(error)) from None
        prompt, answer = _first(row, _PROMPT), _first(row, _ANSWER)
        if prompt is None and isinstance(row.get("messages"), list):
            prompt, answer = _conversation(row["messages"])
        if prompt is None:
            raise NoForm("it has no prompt")
        several = next((row[key] for key in _MANY if isinstance(row.get(key), list)), None)
        if several is not None:
            self._several(prompt, several, row)
        elif answer is None and (_given(row, "label") or _given(row, "rating") or _given(row, "edited")):
            raise NoForm("it judges an answer and has none")
        elif _given(row, "label"):
            self._thumbs[prompt, answer or ""][_label(row["label"])] += 1
        elif _given(row, "rating"):
            self._ratings[prompt][answer or ""] = _number(row["rating"])
        elif _given(row, "edited"):
            edited = _text(row["edited"])
            if edited is None or edited == answer:
                raise NoForm("its `edited` is no text, or nothing was edited")
            self._edits.add((prompt, edited))
        elif _given(row, "critique") and answer is not None:
            self._critiques.add((prompt, answer, str(row["critique"])))
        elif answer is not None:
            self._demonstrations.add((prompt, answer))
        self._prompts.add(prompt)
        return None

    def case(self) -> Case:
        """The facts that the rows come to. Copies of a judgement count as judgements that agree."""
        up, down = self._thumbs_by_label()
        agreement = self._agreement()
        rated, rated_pairs = self._rated()
        alone_up, alone_down = self._rated_alone()
        inside = self._margins and all(0 <= margin <= 1 for margin in self._margins)
        return Case(
            demonstrations=len(self._demonstrations),
            comparisons=len(self._pairs),
            rankings=len(self._ranked),
            ranked_pairs=sum(self._ranked.values()),
            ratings=rated,
            rated_pairs=rated_pairs,
            thumbs_up=up + alone_up,
            thumbs_down=down + alone_down,
            edits=len(self._edits),
            critiques=len(self._critiques),
            prompts=len(self._prompts),
            on_policy=fmean(self._own) if self._own else None,
            agreement=agreement,
            label_noise=None if agreement is None else noise_of(agreement),
            margin=fmean(self._margins) if inside else None,
        )

    def _compared(self, item: Comparison, traced: bool) -> None:
        prompt = json.dumps([message.model_dump() for message in item.prompt])
        self._prompts.add(prompt)
        self._pairs[prompt, frozenset((item.chosen_text, item.rejected_text))][item.chosen_text] += 1
        told = item.provenance
        if told.margin is not None:
            self._margins.append(told.margin)
        if traced and (told.judge == _OWN or self._model is not None):
            self._own.append(told.judge == _OWN or told.source == self._model)

    def _several(self, prompt: str, several: list[Any], row: dict[str, Any]) -> None:
        texts = [_text(item.get("text") if isinstance(item, dict) else item) for item in several]
        if len(texts) < 2 or None in texts:
            raise NoForm("its answers are not two or more texts")
        key = prompt, tuple(text or "" for text in texts)
        ratings = row.get("ratings") or [item.get("rating") for item in several if isinstance(item, dict)]
        ranks = row.get("ranks") or [item.get("rank") for item in several if isinstance(item, dict)]
        if not isinstance(ratings, list) or not isinstance(ranks, list):
            raise NoForm("its ranks or ratings are no list")
        ranked = not ratings or None in ratings
        values = list(range(len(texts))) if ranked and (not ranks or None in ranks) else ranks if ranked else ratings
        if len(values) != len(texts):
            raise NoForm("it has not one rank or rating for each answer")
        numbers = [_number(value) for value in values]
        pairs = sum(a != b for a, b in combinations(numbers, 2))
        if ranked:
            self._ranked[key] = pairs
        else:
            self._listed[key] = (len(texts), pairs)

    def _thumbs_by_label(self) -> tuple[int, int]:
        """Answers by what most of their thumbs say; an even split is neither."""
        up = sum(votes[True] > votes[False] for votes in self._thumbs.values())
        return up, sum(votes[False] > votes[True] for votes in self._thumbs.values())

    def _agreement(self) -> float | None:
        """The share of equal ones among pairs of judgements of the same thing."""
        equal = pairs = 0
        judged = [list(votes.values()) for votes in self._pairs.values()]
        for counts in [*judged, *(list(votes.values()) for votes in self._thumbs.values())]:
            total = sum(counts)
            pairs += total * (total - 1) // 2
            equal += sum(count * (count - 1) // 2 for count in counts)
        return equal / pairs if pairs >= AGREED_FROM else None

    def _rated(self) -> tuple[int, int]:
        """Ratings, and the comparisons that those of one prompt's answers give."""
        by_row = [combinations(answers.values(), 2) for answers in self._ratings.values()]
        pairs = sum(a != b for some in by_row for a, b in some)
        ratings = sum(map(len, self._ratings.values())) + sum(count for count, _ in self._listed.values())
        return ratings, pairs + sum(count for _, count in self._listed.values())

    def _rated_alone(self) -> tuple[int, int]:
        """Thumbs from ratings of prompts with one answer: above the middle of the range that is seen, and below it."""
        seen = [rating for answers in self._ratings.values() for rating in answers.values()]
        alone = [next(iter(answers.values())) for answers in self._ratings.values() if len(answers) == 1]
        middle = (min(seen) + max(seen)) / 2 if seen else 0.0
        return sum(value > middle for value in alone), sum(value < middle for value in alone)


def _given(row: dict[str, Any], key: str) -> bool:
    return row.get(key) not in (None, "", [])


def _first(row: dict[str, Any], keys: tuple[str, ...]) -> str | None:
    return next((text for key in keys if (text := _text(row.get(key))) is not None), None)


def _text(value: Any) -> str | None:
    """Text, or messages as one text; None where there is neither."""
    if isinstance(value, list) and value and all(isinstance(item, dict) and item.get("content") for item in value):
        return json.dumps([[str(item.get("role")), str(item["content"])] for item in value], ensure_ascii=False)
    return value if isinstance(value, str) and value.strip() else None


def _conversation(messages: list[Any]) -> tuple[str | None, str | None]:
    """What was asked and the last answer, of a conversation that ends with the assistant's."""
    last = messages[-1] if messages else None
    if isinstance(last, dict) and last.get("role") == "assistant":
        return _text(messages[:-1]), _text(last.get("content"))
    return _text(messages), None


def _label(value: Any) -> bool:
    found = _UP.get(str(value).strip().lower())
    if found is None:
        raise NoForm(f"its label is {value!r}, neither true nor false")
    return found


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if number != number or isinstance(value, bool):
        raise NoForm(f"its rating or rank is {value!r}, which is no number")
    return number
