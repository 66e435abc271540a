"""LMArena's battles: FastChat's cleaned conversations, MT-bench's human judgments, and the Kaggle sets of LMSYS."""

from typing import Any

from ..parts import RowError
from .form import Form, Made, Row, Told, compared, listed, mappings, number_of

_BOTH = ("user", "assistant")
_BATTLE = frozenset({"prompt", "response_a", "response_b"})
_ARENA = frozenset(
    {
        "anony", "category_tag", "conv_metadata", "dedup_tag", "evaluation_order", "evaluation_session_id",
        "full_conversation", "is_code", "is_refusal", "judge", "judge_hash", "language", "model_a", "model_b",
        "openai_moderation", "question_id", "timestamp", "toxic_chat_tag", "tstamp", "turn",
    }
)  # fmt: skip
_VOTES = {"leftvote": "model_a", "rightvote": "model_b", "tievote": "tie", "bothbad_vote": "tie (bothbad)"}
_TIES = frozenset({"tie", "tie (bothbad)", "both_bad", "bothbad"})


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


def _vote(row: Row, told: Told) -> list[Made]:
    """A line of FastChat's log of votes: what was on both sides when somebody clicked."""
    if row["type"] not in _VOTES:
        raise RowError(f"type is {str(row['type'])[:40]!r}, which is no vote between two answers")
    sides = [_state(one) for one in row["states"]]
    if len(sides) != 2:
        raise RowError(f"it has {len(sides)} states, and a vote is between two")
    shown = [
        one["model_name"] if one.get("model_name") else name
        for one, name in zip(row["states"], _names(row), strict=True)
    ]
    won = {"winner": _VOTES[row["type"]], "model_a": shown[0], "model_b": shown[1]}
    return [_won(won, None, *sides) | {"annotator": row.get("ip"), "when": row["tstamp"]}]


def _names(row: Row) -> list[Any]:
    models = row["models"]
    return models if isinstance(models, list) and len(models) == 2 else [None, None]


def _state(state: Row) -> list[Made]:
    """A side's conversation, of [who, text] in turn from `offset` on; what stands before is the template's own."""
    turns = state["messages"][state.get("offset") or 0 :]
    if not turns or len(turns) % 2 or not all(isinstance(text, str) and text for _, text in turns):
        raise RowError("a side has a turn without text, or ends with the user")
    return [{"role": _BOTH[place % 2], "content": text} for place, (_, text) in enumerate(turns)]


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


def _each(value: Any, name: str) -> list[str]:
    found = listed(value)
    found = found if isinstance(found, list) else [found]
    if not found or not all(isinstance(one, str) and one for one in found):
        raise RowError(f"`{name}` has a turn without text")
    return found


ARENA = (
    Form(
        "LMArena",
        "comparisons of conversations by who won; ties are left out",
        frozenset({"conversation_a", "conversation_b", "winner"}),
        _arena,
        aside=_ARENA,
    ),
    Form(
        "LMArena votes",
        "comparisons of conversations by a vote of FastChat's log; ties are left out",
        frozenset({"models", "states", "tstamp", "type"}),
        _vote,
        looks=lambda row: mappings(row["states"], "messages"),
        aside=frozenset({"ip"}),
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
