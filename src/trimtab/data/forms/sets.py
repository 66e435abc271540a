"""Forms of published sets of preferences. Scales are those of each set's own card or paper."""

import re
from typing import Any

from ..parts import RowError
from .form import Form, Made, Row, Told, compared, listed, mappings, number_of, ranked, text_in, texts

_ASPECTS = ("helpfulness", "correctness", "coherence", "complexity", "verbosity")
_TURN = re.compile(r"\s*<extra_id_1>(User|Assistant)\n")
_PERSONS = {"all_preferences_unprocessed": "strength", "individual_preference": "score"}
"""Where HelpSteer keeps what each person preferred, and under what key."""
_FINE = ("helpfulness", "honesty", "instruction_following", "truthfulness")


def _steered(aspect: str) -> Any:
    """HelpSteer and HelpSteer2 (arXiv 2311.09528, 2406.08673): integers from 0 to 4 for each of five aspects."""

    def read(row: Row, told: Told) -> list[Made]:
        rating = number_of(row.get(aspect))
        if rating is None:
            raise RowError(f"`{aspect}` is no number")
        asked, said = _steered_prompt(row), text_in(row, "response")
        return [{"prompt": asked, "completion": said, "rating": rating, "low": 0, "high": 4, "why": aspect}]

    return read


def _steered_prompt(row: Row) -> Any:
    """The prompt, in which further turns begin with `<extra_id_1>` and whose they are."""
    asked = text_in(row, "prompt")
    if "<extra_id_1>" not in asked:
        return asked
    pieces = ["User", *_TURN.split(asked)]
    roles = {"User": "user", "Assistant": "assistant"}
    turns = zip(pieces[::2], pieces[1::2], strict=True)
    return [{"role": roles[who], "content": said} for who, said in turns]


def _strength(first: str, second: str, strength: str, prompt: str) -> Any:
    """Integers from -3 (the first is much better) to 3 (the second is), 0 for about the same (arXiv 2410.01257)."""

    def read(row: Row, told: Told) -> list[Made]:
        value = number_of(row.get(strength))
        if value is None or not -3 <= value <= 3:
            raise RowError(f"`{strength}` is {str(row.get(strength))[:40]!r}, and must be a number from -3 to 3")
        if value == 0:
            raise RowError(f"a tie: `{strength}` is 0")
        for name, key in _PERSONS.items():
            single = [number_of(one.get(key)) for one in row.get(name) or () if isinstance(one, dict)]
            if single and all(one is not None and one * value < 0 for one in single):
                raise RowError(
                    f"it contradicts itself: `{strength}` is {value:g}, and all in `{name}` prefer the other answer"
                )
        asked = row[prompt] if prompt == "context" else _steered_prompt(row)
        sides = (text_in(row, first), text_in(row, second))
        return [compared(asked, *sides, int(value > 0), why=f"preferred by {abs(value):g} of 3")]

    return read


def _safe(question: str | None) -> Any:
    """PKU-SafeRLHF (arXiv 2406.15513): which answer is more helpful, and which is safer, are two questions."""

    def read(row: Row, told: Told) -> list[Made]:
        answers = {
            name: number_of(row[f"{name}_response_id"])
            for name in ("better", "safer")
            if f"{name}_response_id" in row and question in (None, name)
        }
        if not answers:
            raise RowError("it has no better_response_id and no safer_response_id")
        for name, value in answers.items():
            if value not in (0, 1):
                raise RowError(f"{name}_response_id is {str(row[f'{name}_response_id'])[:40]!r}, and names no answer")
        if len({*answers.values()}) > 1:
            raise RowError(
                "one answer is more helpful (better_response_id) and the other safer (safer_response_id): "
                "say which counts, by the form `PKU-SafeRLHF better` or `PKU-SafeRLHF safer`"
            )
        better = int(next(iter(answers.values())) or 0)
        harm, harms = (_harm(row, f"is_response_{at}_safe", f"response_{at}_") for at in (better, 1 - better))
        if "safer" in answers and harm is not None and harms is not None and harm > harms:
            raise RowError(
                f"it contradicts itself: safer_response_id is {better}, and what it says of both answers' harm makes "
                f"{1 - better} the safer one"
            )
        why = " and ".join({"better": "more helpful", "safer": "safer"}[name] for name in answers)
        sides = [row.get(f"response_{place}_source") for place in (0, 1)]
        made = compared(text_in(row, "prompt"), text_in(row, "response_0"), text_in(row, "response_1"), better, why=why)
        return [made | {"chosen_model": sides[better], "rejected_model": sides[1 - better]}]

    return read


def _edited(row: Row, told: Told) -> list[Made]:
    """HelpSteer3's edits (arXiv 2503.04378): an answer changed as three people's feedback on it asks for."""
    said = [one for one in row.get("feedback") or () if isinstance(one, str)]
    why = "\n".join([*([row["change_summary"]] if row.get("change_summary") else []), *said])
    before, after = text_in(row, "original_response"), text_in(row, "edited_response")
    return [{"prompt": row["context"], "before": before, "after": after, "why": why}]


def _faithful(row: Row, told: Told) -> list[Made]:
    raise RowError(
        "`good_edited_response` is called good for doing what the feedback asks, and not for being the better answer: "
        "this is no comparison of answers"
    )


def _criticised(row: Row, told: Told) -> list[Made]:
    """What people said of each of the two answers, in words."""
    made = []
    for number in ("1", "2"):
        answer = text_in(row, f"response{number}")
        if not texts(row[f"feedback{number}"]):
            raise RowError(f"`feedback{number}` is no list of texts")
        made += [{"prompt": row["context"], "completion": answer, "critique": one} for one in row[f"feedback{number}"]]
    return made


_OF_SAFE = frozenset(
    {"better_response_id", "prompt_source", "safer_response_id"}
    | {
        name
        for side in (0, 1)
        for name in (
            f"is_response_{side}_safe",
            *(f"response_{side}_{of}" for of in ("source", "harm_category", "severity_level", "sha256")),
        )
    }
)


def _harm(row: Row, safe: str, before: str = "") -> float | None:
    """How much harm a row tells of an answer: its severity level, else 0 where it is safe and 1 where not; None where
    neither is told. Raises RowError where verdict, categories and severity contradict each other."""
    held = {name: row.get(f"{before}{name}") for name in ("category", "harm_category", "severity_level")}
    level = number_of(held.pop("severity_level"))
    for name, given in held.items():
        some = listed(given)
        true = [kind for kind, holds in some.items() if holds is True] if isinstance(some, dict) else some
        if row.get(safe) is True and isinstance(true, list) and true:
            raise RowError(f"it contradicts itself: `{safe}` is true, and `{before}{name}` names {str(true[0])[:40]}")
    if level is not None and row.get(safe) is (level > 0):
        raise RowError(
            f"it contradicts itself: `{safe}` is {str(row[safe]).lower()}, and `{before}severity_level` is {level:g}"
        )
    verdict = None if row.get(safe) is None else float(row[safe] is not True)
    return verdict if level is None else level


def _beaver(row: Row, told: Told) -> list[Made]:
    _harm(row, "is_safe")
    return [
        {
            "prompt": text_in(row, "prompt"),
            "completion": text_in(row, "response"),
            "label": row["is_safe"],
            "why": "safe" if row["is_safe"] else "unsafe",
        }
    ]


def _nectar(row: Row, told: Told) -> list[Made]:
    """Ranks by GPT-4, 1 the best of seven; the text of a prompt has turns of Human and Assistant."""
    asked = text_in(row, "prompt")
    if asked.lstrip().startswith("Human:"):
        asked = "\n\n" + asked.lstrip()
    ranks = [number_of(one["rank"]) for one in row["answers"]]
    scores = [None if rank is None else -rank for rank in ranks]
    return [ranked(asked, [text_in(one, "answer") for one in row["answers"]], scores, judge="GPT-4")]


def _ultra(aspects: tuple[str, ...]) -> Any:
    """UltraFeedback (arXiv 2310.01377): a Rating from 1 to 5, written as text, "N/A" where an aspect does not apply.

    Several aspects are averaged, over those that all answers of the row are rated by.
    """

    def read(row: Row, told: Told) -> list[Made | RowError]:
        found = [_ratings(one, aspects) for one in row["completions"]]
        common = [name for name in aspects if all(name in ratings for ratings in found if ratings)]
        made: list[Made | RowError] = []
        for one, ratings in zip(row["completions"], found, strict=True):
            if not ratings or not common:
                made.append(RowError(f"the answer has no number as its Rating of {', '.join(aspects)}"))
                continue
            mean = sum(ratings[name] for name in common) / len(common)
            said = {"completion": text_in(one, "response"), "rating": mean, "low": 1, "high": 5, "judge": "GPT-4"}
            made.append({"prompt": text_in(row, "instruction"), **said, "why": f"{', '.join(common)}"})
        return made

    return read


def _ratings(completion: Row, aspects: tuple[str, ...]) -> dict[str, float]:
    given = completion.get("annotations")
    found = {}
    for name in aspects:
        said = given.get(name) if isinstance(given, dict) else None
        value = number_of(said.get("Rating")) if isinstance(said, dict) else None
        if value is not None:
            found[name] = value
    return found


_STEERED = frozenset({"prompt", "response", *_ASPECTS})
_SIDES = frozenset({"prompt", "response_0", "response_1"})
_RATED = frozenset({"instruction", "completions"})


def _is_ultra(row: Row) -> bool:
    return mappings(row["completions"], "response", "annotations")


SETS = (
    Form("HelpSteer2", "ratings 0–4, helpfulness", _STEERED, _steered("helpfulness")),
    *(
        Form(f"HelpSteer2 {aspect}", f"ratings 0–4, {aspect}", _STEERED, _steered(aspect), only_named=True)
        for aspect in ("correctness", "coherence")  # more complex or longer is not better
    ),
    Form(
        "HelpSteer2 preference",
        "comparisons, preference_strength from -3 (the first) to 3 (the second); 0 is a tie",
        frozenset({"prompt", "response_1", "response_2", "preference_strength"}),
        _strength("response_1", "response_2", "preference_strength", "prompt"),
        aside=frozenset(
            {
                "all_preferences_unprocessed",
                "preference_elaboration",
                "preference_statement",
                "split",
                "three_most_similar_preferences",
            }
        ),
    ),
    Form(
        "HelpSteer3",
        "comparisons, overall_preference from -3 (the first) to 3 (the second); 0 is a tie",
        frozenset({"context", "response1", "response2", "overall_preference"}),
        _strength("response1", "response2", "overall_preference", "context"),
        aside=frozenset({"individual_preference", "language"}),
    ),
    Form(
        "HelpSteer3 edit",
        "edits of an answer by feedback on it, which is kept as the reason",
        frozenset({"context", "original_response", "edited_response"}),
        _edited,
        aside=frozenset({"change_summary", "feedback", "language"}),
    ),
    Form(
        "HelpSteer3 edit quality",
        "edits that do what feedback asks, and edits that do not",
        frozenset({"context", "original_response", "good_edited_response", "bad_edited_response"}),
        _faithful,
        closed=True,
    ),
    Form(
        "HelpSteer3 feedback",
        "critiques of two answers",
        frozenset({"context", "response1", "response2", "feedback1", "feedback2"}),
        _criticised,
        might=lambda columns: "overall_preference" not in columns,
        aside=frozenset({"language"}),
    ),
    Form(
        "PKU-SafeRLHF",
        "comparisons, where the more helpful answer is also the safer one",
        _SIDES,
        _safe(None),
        looks=lambda row: any(name in row for name in ("better_response_id", "safer_response_id")),
        aside=_OF_SAFE,
    ),
    Form("PKU-SafeRLHF better", "comparisons by help", _SIDES, _safe("better"), aside=_OF_SAFE, only_named=True),
    Form("PKU-SafeRLHF safer", "comparisons by safety", _SIDES, _safe("safer"), aside=_OF_SAFE, only_named=True),
    Form(
        "BeaverTails",
        "thumbs, up where the answer is safe",
        frozenset({"prompt", "response", "is_safe"}),
        _beaver,
        looks=lambda row: isinstance(row["is_safe"], bool),
        aside=frozenset({"category", "harm_category", "severity_level"}),
    ),
    Form(
        "Nectar",
        "rankings by GPT-4, rank 1 the best",
        frozenset({"prompt", "answers"}),
        _nectar,
        looks=lambda row: mappings(row["answers"], "answer", "rank"),
        aside=frozenset({"good_natured", "num_responses", "source", "turns"}),
    ),
    Form(
        "UltraFeedback",
        "ratings 1–5 by GPT-4, the mean of the aspects that all answers of a row are rated by",
        _RATED,
        _ultra(_FINE),
        looks=_is_ultra,
        aside=frozenset({"correct_answers", "incorrect_answers", "models", "source"}),
    ),
    *(
        Form(
            f"UltraFeedback {aspect.replace('_', ' ')}",
            f"ratings 1–5 by GPT-4, {aspect.replace('_', ' ')}",
            _RATED,
            _ultra((aspect,)),
            aside=frozenset({"correct_answers", "incorrect_answers", "models", "source"}),
            only_named=True,
        )
        for aspect in _FINE
    ),
)
