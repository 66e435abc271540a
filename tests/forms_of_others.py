"""A row of each form, made up, with what it says."""

from typing import Any

ASK = "Which bird is the fastest?"
GOOD = "The peregrine falcon, when it dives."
POOR = "Birds have wings."
HUMAN = [{"role": "user", "content": ASK}]


TOOL = {"name": "look_up", "description": "d", "parameters": {"type": "object", "properties": {"what": {}}}}
"""A tool as ShareGPT describes it."""


def said(text: str) -> list[dict[str, Any]]:
    return [{"role": "assistant", "content": text}]


def task(*results: dict[str, Any], data: dict[str, Any] | None = None, **annotation: Any) -> dict[str, Any]:
    shown = data or {"prompt": ASK, "answer1": POOR, "answer2": GOOD}
    one = {"id": 7, "completed_by": 3, "was_cancelled": False, "result": [*results], "lead_time": 4.5, **annotation}
    return {"id": 1, "data": shown, "annotations": [one], "predictions": []}


def result(kind: str, about: str, **value: Any) -> dict[str, Any]:
    return {"id": "r", "from_name": kind, "to_name": about, "type": kind, "value": value}


RIGHT = result("pairwise", "answer1,answer2", selected="right")
META = {"annotator": 3, "annotation_id": 7, "created_at": "2026-01-01", "updated_at": "2026-01-01", "lead_time": 4.5}
STEERED = {"helpfulness": 3, "correctness": 1, "coherence": 4, "complexity": 2, "verbosity": 0}
FIELDS = {"prompt": ASK, "response1": POOR, "response2": GOOD}
SETTLED = {"winner": "model_b", "model_a": "one", "model_b": "two"}


def shared(who: str, text: str) -> dict[str, str]:
    return {"from": who, "value": text}


def completion(text: str, **ratings: str) -> dict[str, Any]:
    return {"response": text, "model": "m", "annotations": {name: {"Rating": value} for name, value in ratings.items()}}


COMPARISONS: dict[str, dict[str, Any]] = {
    "Label Studio": task(RIGHT),
    "Label Studio JSON_MIN": {
        "prompt": ASK, "answer1": POOR, "answer2": GOOD, "id": 1, "comparison": [{"selected": "right"}], **META,
    },
    "Argilla": {
        "fields": FIELDS,
        "responses": [{"values": {"preference": {"value": "Response 2"}}, "status": "submitted", "user_id": "u"}],
    },
    "Argilla, flat": {
        **FIELDS,
        "metadata": "{}",
        "external_id": None,
        "preference": [{"user_id": "u", "value": [{"value": "response2", "rank": 1}, {"value": "response1", "rank": 2}],
                        "status": "submitted"}],
    },
    "Prodigy": {
        "prompt": ASK,
        "options": [{"id": "a", "text": POOR}, {"id": "b", "text": GOOD}],
        "accept": ["b"],
        "answer": "accept",
        "_view_id": "choice",
        "_annotator_id": "ann",
    },
    "UltraFeedback binarized": {
        "prompt": ASK,
        "prompt_id": "p",
        "chosen": [*HUMAN, *said(GOOD)],
        "rejected": [*HUMAN, *said(POOR)],
        "messages": [*HUMAN, *said(GOOD)],
        "score_chosen": 8.5,
        "score_rejected": 3.0,
    },
    "distilabel pairs": {
        "prompt": ASK,
        "chosen": [*HUMAN, *said(GOOD)],
        "chosen_model": "two",
        "chosen_rating": 5,
        "rejected": [*HUMAN, *said(POOR)],
        "rejected_model": "one",
        "rejected_rating": 1,
    },
    "Argilla's UltraFeedback": {
        "chosen": [*HUMAN, *said(GOOD)], "chosen-rating": 4.5,
        "rejected": [*HUMAN, *said(POOR)], "rejected-rating": 1.0,
    },
    "RLHFlow pairs": {
        "chosen": [*HUMAN, *said(GOOD)], "chosen_score": 2.5, "rejected": [*HUMAN, *said(POOR)], "rejected_score": -3.0,
    },
    "scored pairs": {
        "prompt": ASK, "chosen": said(GOOD), "rating_chosen": 5, "rejected": said(POOR), "rating_rejected": 2,
    },
    "TRL, whole conversations": {"prompt": ASK, "chosen": [*HUMAN, *said(GOOD)], "rejected": [*HUMAN, *said(POOR)]},
    "HH-RLHF": {
        "chosen": f"\r\n\r\nHuman: {ASK}\r\n\r\nAssistant: {GOOD}",
        "rejected": f"\r\n\r\nHuman: {ASK}\r\n\r\nAssistant: {POOR}",
    },
    "OpenAI preference": {
        "input": {"messages": HUMAN, "tools": [], "parallel_tool_calls": True},
        "preferred_output": said(GOOD),
        "non_preferred_output": said(POOR),
    },
    "ShareGPT": {
        "conversations": [shared("human", ASK)], "chosen": shared("gpt", GOOD), "rejected": shared("gpt", POOR),
    },
    "ms-swift": {"messages": [*HUMAN, *said(GOOD)], "rejected_response": POOR},
    "Alpaca": {"instruction": ASK, "input": "", "chosen": GOOD, "rejected": POOR},
    "distilabel": {"instruction": ASK, "generations": [POOR, GOOD], "ratings": [2, 5], "model_name": "judge"},
    "RLHFlow": {"prompt": ASK, "responses": [POOR, GOOD], "rewards": [-1.5, 0.25]},
    "HelpSteer2 preference": {"prompt": ASK, "response_1": POOR, "response_2": GOOD, "preference_strength": 2},
    "HelpSteer3": {
        "context": HUMAN, "response1": GOOD, "response2": POOR, "overall_preference": -1, "domain": "general",
        "individual_preference": [{"score": -1, "reasoning": "r"}],
    },
    "PKU-SafeRLHF": {
        "prompt": ASK, "response_0": POOR, "response_1": GOOD, "is_response_0_safe": True, "is_response_1_safe": True,
        "better_response_id": 1, "safer_response_id": 1,
    },
    "Nectar": {
        "prompt": f"\n\nHuman: {ASK}\n\nAssistant: ",
        "answers": [{"answer": POOR, "model": "one", "rank": 2.0}, {"answer": GOOD, "model": "two", "rank": 1.0}],
        "turns": 1, "source": ["made-up"], "good_natured": True,
    },
    "LMArena": {
        "question_id": "q", **SETTLED, "turn": 1,
        "conversation_a": [*HUMAN, *said(POOR)], "conversation_b": [*HUMAN, *said(GOOD)],
    },
    "LMArena votes": {
        "tstamp": 1700000000.5, "type": "rightvote", "models": ["", ""], "ip": "0.0.0.0",
        "states": [
            {"template_name": "t", "system_message": "", "roles": ["USER", "ASSISTANT"], "offset": 0, "conv_id": "c",
             "messages": [["USER", ASK], ["ASSISTANT", text]], "model_name": name}
            for text, name in ((POOR, "one"), (GOOD, "two"))
        ],
    },
    "Potato": {
        "instance_id": "i1", "item_data": {"id": "i1", "prompt": ASK, "responses": [POOR, GOOD]},
        "labels": {"preference": {"selection": "B"}}, "source": "adjudicated", "adjudicator": "ann",
        "confidence": "high", "provenance": {"preference": "adjudicator"},
    },
    "LMArena battles": {
        "id": 1, "model_a": "one", "model_b": "two", "prompt": f'["{ASK}"]', "response_a": f'["{POOR}"]',
        "response_b": f'["{GOOD}"]', "winner_model_a": 0, "winner_model_b": 1, "winner_tie": 0,
    },
}  # fmt: skip
"""Rows that hold GOOD over POOR in answer to ASK, by the form that each is of."""

THUMBS: dict[str, dict[str, Any]] = {
    "Prodigy": {"prompt": ASK, "response": GOOD, "answer": "accept", "_input_hash": 1, "_task_hash": 2},
    "ShareGPT": {"conversations": [shared("human", ASK), shared("gpt", GOOD)], "kto_tag": True},
    "ms-swift": {"messages": [*HUMAN, *said(GOOD)], "label": True},
    "BeaverTails": {"prompt": ASK, "response": GOOD, "is_safe": True, "category": {"animal_abuse": False}},
    "TRL stepwise": {"prompt": ASK, "completions": [GOOD], "labels": [True]},
    "RLHFlow best-of-N": {"prompt": ASK, "answers": [GOOD], "labels": [1]},
}
"""Rows that hold a thumb up for GOOD in answer to ASK."""

EDITS: dict[str, dict[str, Any]] = {
    "HelpSteer3 edit": {
        "domain": "general", "language": "english", "context": HUMAN, "original_response": POOR,
        "edited_response": GOOD, "feedback": ["Names no bird.", "Says too little."],
        "change_summary": "Names the bird.",
    },
}  # fmt: skip
"""Rows that hold GOOD as what became of POOR in answer to ASK."""

CRITIQUES: dict[str, dict[str, Any]] = {
    "HelpSteer3 feedback": {
        "domain": "general", "language": "english", "context": HUMAN, "response1": POOR, "response2": GOOD,
        "feedback1": ["Names no bird."], "feedback2": ["Right, and short."],
    },
}  # fmt: skip
"""Rows that hold a critique of POOR, and then one of GOOD."""

RATINGS: dict[str, tuple[dict[str, Any], tuple[float, float, float]]] = {
    "Label Studio": (task(result("rating", "response", rating=4), data={"prompt": ASK, "response": GOOD}), (4, 1, 5)),
    "Label Studio JSON_MIN": ({"prompt": ASK, "response": GOOD, "id": 1, "stars": [{"rating": 4}], **META}, (4, 1, 5)),
    "HelpSteer2": ({"prompt": ASK, "response": GOOD, **STEERED}, (3, 0, 4)),
    "UltraFeedback": (
        {
            "instruction": ASK, "source": "made-up", "models": ["m"], "correct_answers": ["None"],
            "completions": [
                completion(GOOD, helpfulness="5", honesty="4", instruction_following="4", truthfulness="3")
            ],
        },
        (4, 1, 5),
    ),
}  # fmt: skip
"""Rows that hold a rating of GOOD in answer to ASK, with the rating and its scale."""

DEMONSTRATIONS: dict[str, dict[str, Any]] = {
    "ShareGPT": {"conversations": [shared("human", ASK), shared("gpt", GOOD)]},
    "ShareGPT, in pairs": {"conversation": [{"human": ASK, "assistant": GOOD}]},
    "Alpaca": {"instruction": ASK, "input": "", "output": GOOD},
}
"""Rows that hold GOOD as the answer to ASK."""

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "HelpSteer3 edit quality": (
        {
            "context": HUMAN, "original_response": POOR, "good_edited_response": GOOD, "bad_edited_response": "No.",
            "feedback": ["Name one."], "domain": "general", "language": "english",
        },
        "called good for doing what the feedback asks",
    ),
    "Potato annotations": (
        {"instance_id": "i1", "user_id": "ann", "preference": '{"selection": "A"}'}, "without the items",
    ),
    "Potato instances": (
        {
            "id": "i1", "displayed_text": POOR, "label_annotations": {"preference": {"A": "A"}},
            "span_annotations": {}, "behavioral_data": {},
        },
        "without the items",
    ),
    "Potato user state": (
        {"user_id": "ann", "instance_id_to_label_to_value": {"i1": {"preference": {"selection": "A"}}}},
        "without the items",
    ),
}  # fmt: skip
"""Rows that are known, and why they are no judgement of an answer that can be read."""

ROWS = [
    *COMPARISONS.items(),
    *THUMBS.items(),
    *((name, row) for name, (row, _) in RATINGS.items()),
    *DEMONSTRATIONS.items(),
    *EDITS.items(),
    ("TRL GRPO log", {"step": 3, "prompt": ASK, "completion": GOOD, "length_reward": 0.5, "advantage": 1.25}),
]
"""Rows of one judgement with their form."""
KNOWN = [*ROWS, *CRITIQUES.items(), *((name, row) for name, (row, _) in REFUSED.items())]
"""Every row with its form."""
