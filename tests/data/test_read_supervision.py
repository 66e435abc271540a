"""Every type of supervision is told by its columns, and a reject log says why a row is none."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from trimtab.data import NEEDED, TELLING, Feedback, Told, read_comparisons, read_feedback
from trimtab.errors import UserError, UserNote
from trimtab.records import (
    KINDS,
    Comparison,
    Critique,
    Demonstration,
    Edit,
    Ranking,
    Rating,
    Supervision,
    Thumb,
    kind_of,
    text_of,
)

USER = {"role": "user", "content": "Hi?"}


def said(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


TEXT: dict[str, dict[str, Any]] = {
    "comparison": {"prompt": "Hi?", "chosen": "Hello!", "rejected": "Sir."},
    "critique": {"prompt": "Hi?", "completion": "Sir.", "critique": "Stiff.", "revision": "Hello!"},
    "demonstration": {"prompt": "Hi?", "completion": "Hello!"},
    "edit": {"prompt": "Hi?", "before": "Sir.", "after": "Hello!"},
    "ranking": {"prompt": "Hi?", "completions": ["Hello!", "Hey.", "Sir."]},
    "rating": {"prompt": "Hi?", "completion": "Hello!", "rating": 4, "low": 1, "high": 5, "annotator": "Ann"},
    "thumb": {"prompt": "Hi?", "completion": "Hello!", "label": True},
}
ANSWERS = {"chosen", "rejected", "completion", "completions", "revision", "before", "after"}


def as_messages(row: dict[str, Any]) -> dict[str, Any]:
    found = dict(row)
    for name, value in row.items():
        if name == "prompt":
            found[name] = [{"role": "user", "content": value}]
        elif name in ANSWERS:
            found[name] = [[said(text)] for text in value] if isinstance(value, list) else [said(value)]
    return found


def load(folder: Path, *rows: Any, name: str = "f.jsonl") -> Feedback:
    path = folder / name
    text = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    found = read_feedback(path)
    assert len(found.kept) + len(found.rejected) == found.read == len(rows)
    return found


def only(loaded: Feedback) -> Supervision:
    assert loaded.rejected == ()
    (kept,) = loaded.kept
    return kept


def reason(folder: Path, row: Any) -> str:
    loaded = load(folder, row)
    assert loaded.kept == ()
    return loaded.rejected[0].reason


def test_each_type_has_a_row_here() -> None:
    assert set(TEXT) == set(KINDS) == set(NEEDED)
    assert set(TELLING.values()) | {"demonstration"} == set(KINDS)


@pytest.mark.parametrize("kind", TEXT)
@pytest.mark.parametrize("name", ["f.jsonl", "f.jsonl.gz"])
def test_text_and_messages_are_the_same_record_and_come_back(tmp_path: Path, kind: str, name: str) -> None:
    found = only(load(tmp_path, TEXT[kind], name=name))
    assert kind_of(found) == kind
    assert found == only(load(tmp_path, as_messages(TEXT[kind]), name=name))
    assert found.id == f"{name}:line 1"
    assert only(load(tmp_path, found.to_json(), name=name)) == found
    assert text_of(found.prompt) == "Hi?"


def test_the_parts_of_each(tmp_path: Path) -> None:
    loaded = load(tmp_path, *TEXT.values())
    assert [kind_of(row) for row in loaded.kept] == list(TEXT)
    by_type = {type(row): row for row in loaded.kept}
    critique, edit, ranking, rating = (by_type[kind] for kind in (Critique, Edit, Ranking, Rating))
    assert isinstance(critique, Critique)
    assert critique.critique == "Stiff."
    assert critique.revision is not None
    assert text_of(critique.revision) == "Hello!"
    assert isinstance(edit, Edit)
    assert (text_of(edit.before), text_of(edit.after)) == ("Sir.", "Hello!")
    assert isinstance(ranking, Ranking)
    assert [text_of(answer) for answer in ranking.completions] == ["Hello!", "Hey.", "Sir."]
    assert ranking.ranks == (1, 2, 3)
    assert isinstance(rating, Rating)
    assert (rating.rating, rating.low, rating.high, rating.share) == (4, 1, 5, 0.75)
    assert (rating.annotator, rating.provenance.judge) == ("Ann", "Ann")


def test_ties_as_groups_or_as_ranks(tmp_path: Path) -> None:
    groups = only(load(tmp_path, {"prompt": "q", "completions": ["a", ["b", "c"], "d"]}))
    ranks = only(load(tmp_path, {"prompt": "q", "completions": ["d", "b", "a", "c"], "ranks": [9, 2.5, 1, 2.5]}))
    assert isinstance(groups, Ranking)
    assert groups.ranks == (1, 2, 2, 3)
    assert groups == ranks


def test_a_conversation_shows_its_last_answer(tmp_path: Path) -> None:
    turns = [USER, said("Yes?"), {"role": "user", "content": "1 + 1?"}, said("2")]
    found = only(load(tmp_path, {"messages": turns}))
    assert isinstance(found, Demonstration)
    assert [message.content for message in found.prompt] == ["Hi?", "Yes?", "1 + 1?"]
    assert text_of(found.completion) == "2"
    assert "assistant's answer" in reason(tmp_path, {"messages": [USER]})


def test_other_names_and_labels_as_numbers(tmp_path: Path) -> None:
    found = only(load(tmp_path, {"prompt": "q", "response": "a", "up": 0}))
    assert isinstance(found, Thumb)
    assert found.label is False
    assert isinstance(only(load(tmp_path, {"prompt": "q", "answers": ["a", "b"]})), Ranking)
    word = only(load(tmp_path, {**TEXT["thumb"], "label": "False"}))
    assert isinstance(word, Thumb)
    assert word.label is False


BAD: dict[str, tuple[Any, str]] = {
    "two types": ({**TEXT["thumb"], "rating": 3}, "ambiguous: it has columns of rating and thumb"),
    "comparison and thumb": ({**TEXT["comparison"], "label": True}, "ambiguous"),
    "no type": ({"text": "a", "id": 1}, "unknown: no type of supervision has the columns id, text"),
    "empty": ({}, "unknown"),
    "no JSON": ("{oops", "not JSON"),
    "a list": ("[1]", "not a JSON object"),
    "rating without answer": ({"prompt": "q", "rating": 1, "low": 0, "high": 1}, "a rating without completion"),
    "rating without scale": ({"prompt": "q", "completion": "a", "rating": 1}, "a rating without low and high"),
    "rating off its scale": ({**TEXT["rating"], "rating": 6}, "outside its scale, 1 to 5"),
    "scale upside down": ({**TEXT["rating"], "low": 5, "high": 1}, "the scale goes from 5 to 1"),
    "rating as text": ({**TEXT["rating"], "rating": "good"}, "rating is 'good', and must be a number"),
    "rating not a number": (
        '{"prompt": "q", "completion": "a", "rating": NaN, "low": 0, "high": 1}',
        "must be a number",
    ),
    "label as text": ({**TEXT["thumb"], "label": "yes"}, "label is 'yes', and must be true or false"),
    "a prompt alone": ({"prompt": "q"}, "a prompt alone is no feedback"),
    "ratings that do not fit": ({**TEXT["ranking"], "ratings": [3, 2]}, "there are 3 answers and 2 ratings"),
    "label of a scale": ({**TEXT["thumb"], "label": 2}, "must be true or false"),
    "thumb without answer": ({"prompt": "q", "label": True}, "a thumb without completion"),
    "thumb without prompt": ({"completion": "a", "label": True}, "a thumb without prompt"),
    "null prompt": ({"prompt": None, "completion": "a"}, "a demonstration without prompt"),
    "empty answer": ({"prompt": "q", "completion": " "}, "the completion answer is empty"),
    "one side": ({"prompt": "q", "chosen": "a"}, "no rejected side"),
    "half an edit": ({"prompt": "q", "before": "a"}, "an edit without after"),
    "an edit of nothing": ({"prompt": "q", "before": "a", "after": "a "}, "the edit changes nothing"),
    "empty critique": ({**TEXT["critique"], "critique": " "}, "the critique is empty"),
    "critique of parts": ({**TEXT["critique"], "critique": ["x"]}, "the critique is no text"),
    "ranking of one": ({"prompt": "q", "completions": ["a"]}, "fewer than two answers"),
    "ranking as text": ({"prompt": "q", "completions": "a"}, "completions is no list of answers"),
    "ranks too few": ({"prompt": "q", "completions": ["a", "b"], "ranks": [1]}, "2 answers and 1 ranks"),
    "ranks as text": ({"prompt": "q", "completions": ["a", "b"], "ranks": ["a", "b"]}, "no list of numbers"),
    "ranking with an empty answer": ({"prompt": "q", "completions": ["a", ""]}, "the ranked answer is empty"),
    "broken provenance": ({**TEXT["thumb"], "provenance": {"source": 1}}, "provenance"),
}


@pytest.mark.parametrize(("row", "why"), BAD.values(), ids=BAD)
def test_each_bad_row_is_rejected_with_its_reason(tmp_path: Path, row: Any, why: str) -> None:
    told = reason(tmp_path, row)
    assert why in told
    assert "pydantic" not in told


def test_a_mixed_file_adds_up(tmp_path: Path) -> None:
    loaded = load(tmp_path, *TEXT.values(), *(row for row, _ in BAD.values()))
    assert [kind_of(row) for row in loaded.kept] == list(TEXT)
    assert [reject.row for reject in loaded.rejected] == [f"line {len(TEXT) + i + 1}" for i in range(len(BAD))]


def test_parquet_of_mixed_rows_fills_the_other_columns_with_nothing(tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    polars.DataFrame(
        {
            "prompt": ["q", "q", "q"],
            "completion": ["a", "b", None],
            "label": [True, None, None],
            "completions": [None, None, ["a", "b"]],
        }
    ).write_parquet(tmp_path / "f.parquet")
    assert [type(row) for row in read_feedback(tmp_path / "f.parquet").kept] == [Thumb, Demonstration, Ranking]


def test_comparisons_read_as_before(tmp_path: Path) -> None:
    load(tmp_path, TEXT["comparison"], TEXT["thumb"])
    loaded = read_comparisons(tmp_path / "f.jsonl")
    assert [type(row) for row in loaded.kept] == [Comparison]
    assert loaded.rejected[0].reason == "the same prompt has no thumb the other way"
    with pytest.raises(UserError):
        read_feedback(tmp_path / "nothing.jsonl")


GUIDE = Path(__file__).parents[2] / "docs" / "feedback.md"


def test_the_guide_has_a_row_of_each_type_that_is_read_as_such(tmp_path: Path) -> None:
    text = GUIDE.read_text()
    table = text[text.index("## The types") : text.index("```jsonl")]
    kinds = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")][1:]
    block = text.split("```jsonl\n")[1].split("```")[0].strip().splitlines()
    assert [kind_of(row) for row in load(tmp_path, *block).kept] == kinds
    assert set(kinds) == set(KINDS)
    for line in table.splitlines():
        for column, kind in TELLING.items():
            if line.startswith(f"| {kind} "):
                assert f"`{column}`" in line


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"rating": None, "low": 1, "high": 5}, "`rating` is empty"),
        ({"label": None}, "`label` is empty"),
        ({"critique": None, "revision": "b"}, "`critique` is empty"),
        ({"low": 1, "high": 5}, "it has `high`, `low` alone"),
    ],
)
def test_an_answer_of_which_nothing_is_said_is_never_shown_as_right(row: dict[str, Any], why: str) -> None:
    found = read_feedback([{"prompt": "q", "completion": "a", **row}])
    assert not found.kept
    assert why in found.rejected[0].reason


def test_a_demonstration_in_a_table_of_several_types_has_their_columns_empty() -> None:
    row = {"prompt": "q", "completion": "a", "rating": None, "low": None, "high": None, "label": None, "chosen": None}
    assert [kind_of(kept) for kept in read_feedback([row]).kept] == ["demonstration"]


TWICE = '{"prompt": "Hi?", "chosen": "Hello!", "rejected": "Sir.", "chosen": "Hm."}'
SAME = '{"prompt": "Hi?", "chosen": "Hello!", "rejected": "Sir.", "prompt": "Hi?"}'
WITHIN = '{"messages": [{"role": "user", "content": "Hi?"}, {"role": "assistant", "content": "A.", "content": "B."}]}'


@pytest.mark.parametrize("text", ["{}\n{}\n{}\n", "[{},\n{}, {}]"])
@pytest.mark.case("key-twice", "a key with two values refuses its row, by its name, and no other row")
def test_a_key_with_two_values_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "f.jsonl"
    path.write_text(text.replace("{}", "%s") % (TWICE, SAME, WITHIN))
    found = read_feedback(path)
    assert [text_of(row.prompt) for row in found.kept] == ["Hi?"]
    assert [reject.reason.split(" comes twice")[0] for reject in found.rejected] == [
        "the key `chosen`",
        "the key `content`",
    ]


@pytest.mark.case("told-of-plain-rows", "a scale and columns that are told hold for rows of no form, or refuse them")
def test_what_is_told_holds_for_rows_of_no_form() -> None:
    asked = [{"question": "Hi?", "said": "Hello!", "stars (1-5)": "4"}, {"question": "Hi?", "said": "Sir.", "note": 1}]
    told = Told(scale=(1, 5), columns={"prompt": "question", "answer": "said", "rating": "stars (1-5)"})
    found = read_feedback(asked, told)
    assert [(row.rating, row.low, row.high) for row in found.kept if isinstance(row, Rating)] == [(4, 1, 5)]
    assert [reject.reason for reject in found.rejected] == [
        "it has no column `stars (1-5)`, which was named as the rating"
    ]
    for row, columns, reason in (
        ({"prompt": "Hi?", "rating": 4, "low": 0, "completion": "A."}, {}, "its scale was told as 1 to 5"),
        ({"prompt": "Hi?", "q": "Ho?", "completion": "A."}, {"prompt": "q"}, "it has a column `prompt` as well"),
        ({"prompt": "Hi?", "a": "A.", "b": "B."}, {"left": "a", "right": "b"}, "of no form that has one"),
    ):
        (reject,) = read_feedback([row], Told(scale=(1, 5), columns=columns)).rejected
        assert reason in reject.reason


def test_what_a_form_has_no_use_for_is_said_once() -> None:
    rows = [{"instruction": "Say hi.", "output": word} for word in ("Hi.", "Hello.")]
    with pytest.warns(UserNote, match="Alpaca has its own scale and columns") as noted:
        assert len(read_feedback(rows, Told(scale=(1, 5))).kept) == 2
    assert len(noted) == 1


def test_a_list_of_rows_within_a_row_is_named() -> None:
    (reject,) = read_feedback([{"version": "1", "data": [TEXT["comparison"]]}]).rejected
    assert "rows stand in its `data`" in reject.reason
