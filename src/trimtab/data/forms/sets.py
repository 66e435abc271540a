"""Forms of published sets of preferences. Scales are those of each set's own card or paper."""

import re
from typing import Any

from ..parts import RowError
from .form import Form, Made, Row, Told, compared, listed, mappings, number_of, ranked, text_in

_ASPECTS = ("helpfulness", "correctness", "coherence", "complexity", "verbosity")
_TURN = re.compile(r"\s*<extra_id_1>(User|Assistant)\n")
_FINE = ("helpfulness", "honesty", "instruction_following", "truthfulness")
_ARENA = frozenset(
    {
        "anony", "category_tag", "conv_metadata", "dedup_tag", "evaluation_order", "evaluation_session_id",
        "full_conversation", "is_code", "is_refusal", "judge", "judge_hash", "language", "model_a", "model_b",
        "openai_moderation", "question_id", "timestamp", "toxic_chat_tag", "tstamp", "turn",
    }
)  # fmt: skip
_TIES = frozenset({"tie", "tie (bothbad)", "both_bad", "bothbad"})


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
        why = " and ".join({"better": "more helpful", "safer": "safer"}[name] for name in answers)
        sides = [row.get(f"response_{place}_source") for place in (0, 1)]
        made = compared(text_in(row, "prompt"), text_in(row, "response_0"), text_in(row, "response_1"), better, why=why)
        return [made | {"chosen_model": sides[better], "rejected_model": sides[1 - better]}]

    return read


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


def _beaver(row: Row, told: Told) -> list[Made]:
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


def _arena(row: Row, told: Told) -> list[Made]:
    """FastChat's cleaned battles: conversations, of which MT-bench's judges saw the first `turn` turns."""
    sides = [_seen(listed(row[f"conversation_{side}"]), row.get("turn")) for side in "ab"]
    return [_won(row, None, *sides)]


def _seen(conversation: Any, turns: Any) -> Any:
    if not mappings(conversation, "role", "content"):
        raise RowError("a conversation is no list of messages")
    if isinstance(turns, int) and not isinstance(turns, bool) and turns > 0:
        conversation = conversation[: 2 * turns + (conversation[0]["role"] == "system")]
    return [{"role": one["role"], "content": _plain(one["content"])} for one in conversation]


def _plain(content: Any) -> Any:
    """The text of content in parts, of which the later sets write each with all keys, most of them empty."""
    if not mappings(content, "type"):
        return content
    parts = [part.get("text") if part["type"] == "text" else None for part in content]
    if not all(isinstance(part, str) for part in parts):
        raise RowError("a message has a part that is no text")
    return "".join(map(str, parts))


def _won(row: Row, prompt: Any, first: Any, second: Any) -> Made:
    winner = row["winner"]
    if winner in _TIES:
        raise RowError(f"a tie: winner is {winner!r}")
    if winner not in ("model_a", "model_b"):
        raise RowError(f"winner is {str(winner)[:40]!r}, and must be model_a, model_b or a tie")
    better = int(winner == "model_b")
    models = [row.get("model_a"), row.get("model_b")]
    judge = row.get("judge")
    return compared(
        prompt, first, second, better,
        chosen_model=models[better], rejected_model=models[1 - better],
        annotator=", ".join(map(str, judge)) if isinstance(judge, list) else judge,
    )  # fmt: skip


def _battle(row: Row, told: Told) -> list[Made]:
    """The Kaggle sets of LMSYS: each turn's prompt and answers, as lists written in JSON, or one text each."""
    asked, first, second = (_each(row[name], name) for name in ("prompt", "response_a", "response_b"))
    if not len(asked) == len(first) == len(second):
        raise RowError(f"there are {len(asked)} prompts, and {len(first)} and {len(second)} answers")
    if "winner" not in row:
        won = [name for name in ("model_a", "model_b", "tie") if number_of(row.get(f"winner_{name}")) == 1]
        if len(won) != 1:
            raise RowError("winner_model_a, winner_model_b and winner_tie name no single outcome")
        row = {**row, "winner": won[0]}
    sides = []
    for answers in (first, second):
        turns = zip(asked, answers, strict=True)
        sides.append([{"role": r, "content": said} for pair in turns for r, said in zip(_BOTH, pair, strict=True)])
    return [_won(row, None, *sides)]


_BOTH = ("user", "assistant")


def _each(value: Any, name: str) -> list[str]:
    found = listed(value)
    found = found if isinstance(found, list) else [found]
    if not found or not all(isinstance(one, str) and one for one in found):
        raise RowError(f"`{name}` has a turn without text")
    return found


_BATTLE = frozenset({"prompt", "response_a", "response_b"})
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
    Form(
        "LMArena",
        "comparisons of conversations by who won; ties are left out",
        frozenset({"conversation_a", "conversation_b", "winner"}),
        _arena,
        aside=_ARENA,
    ),
    Form(
        "LMArena battles",
        "comparisons by who won; ties are left out",
        _BATTLE,
        _battle,
        looks=lambda row: "winner" in row or {"winner_model_a", "winner_model_b", "winner_tie"} <= row.keys(),
        aside=_ARENA | {"winner", "winner_model_a", "winner_model_b", "winner_tie"},
    ),
)
