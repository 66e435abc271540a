"""What is written in the form of others is what was read: nothing is turned round, and what is left out is told."""

import csv
import io
import json
from pathlib import Path

import pytest

from forms_of_others import ASK, COMPARISONS, DEMONSTRATIONS, GOOD, HUMAN, POOR, RATINGS, ROWS, THUMBS, said
from trimtab.data import read_comparisons, read_feedback, to_comparisons, to_thumbs, written
from trimtab.errors import UserError
from trimtab.records import Comparison, Demonstration, Rating, Supervision, Thumb

PAIRS = read_feedback(
    [{"prompt": f"{ASK} {n}", "chosen": GOOD, "rejected": POOR, "id": f"row {n}"} for n in range(8)]
).kept


def of(text: str) -> list[Supervision]:
    """What a text of JSON Lines, or of a JSON array, is read as."""
    rows = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]
    found = read_feedback(rows)
    assert not found.rejected, found.rejected[0].reason
    return list(found.kept)


WHOLE = [(name, row) for name, row in ROWS if name not in ("TRL GRPO log", *RATINGS)] + [*COMPARISONS.items()][:2]


@pytest.mark.parametrize("row", [row for _, row in WHOLE], ids=[name for name, _ in WHOLE])
def test_read_again_trls_form_gives_the_same_records(row: dict[str, object]) -> None:
    rows = read_feedback([row, row]).kept
    again = of(written(rows, "trl").text)
    trained = [one for one in rows if isinstance(one, Comparison | Demonstration | Thumb)]
    assert again == (trained or list(to_comparisons(rows).made))


def test_ratings_are_written_as_the_comparisons_that_they_make() -> None:
    rows = read_feedback(
        [{"prompt": ASK, "completion": said, "rating": n, "low": 1, "high": 5} for n, said in ((5, GOOD), (2, POOR))]
    ).kept
    assert of(written(rows, "trl").text) == list(to_comparisons(rows).made)
    with pytest.raises(UserError, match="rated apart by 1 of the scale"):
        written(rows, "trl", margin=1)


def test_trls_form_has_trls_columns() -> None:
    (line,) = written(PAIRS[:1], "trl").text.splitlines()
    row = json.loads(line)
    assert row["chosen"] == said(GOOD)
    assert row["prompt"] == [{"role": "user", "content": f"{ASK} 0"}]
    assert json.loads(written(read_feedback([THUMBS["BeaverTails"]]).kept, "trl").text)["label"] is True


def test_of_several_types_one_has_to_be_said() -> None:
    rows = read_feedback([COMPARISONS["OpenAI preference"], THUMBS["BeaverTails"]]).kept
    with pytest.raises(UserError, match="comparisons and thumbs"):
        written(rows, "trl")
    out = written(rows, "trl", "thumb")
    assert of(out.text) == list(to_thumbs(rows).made)
    assert out.counts == {"thumb": 3}


def test_openais_form_is_read_again() -> None:
    out = written(PAIRS, "openai")
    again = of(out.text)
    assert [(row.prompt, row.chosen, row.rejected) for row in again if isinstance(row, Comparison)] == [
        (row.prompt, row.chosen, row.rejected) for row in PAIRS if isinstance(row, Comparison)
    ]
    chat = read_feedback([DEMONSTRATIONS["ShareGPT"]]).kept
    assert json.loads(written(chat, "openai").text) == {"messages": [*HUMAN, *said(GOOD)]}


def test_openais_form_has_no_further_turns_of_the_users() -> None:
    turns = [*said(GOOD), {"role": "user", "content": "And?"}, *said("More.")]
    rows = read_feedback(
        [{"prompt": ASK, "chosen": turns, "rejected": POOR}, {"prompt": ASK, "chosen": GOOD, "rejected": POOR}]
    )
    out = written(rows.kept, "openai")
    assert out.counts == {"comparison": 1}
    assert "turns of the user's" in out.rejected[0].reason


def test_label_studios_tasks_are_read_again_and_the_place_tells_nothing() -> None:
    out = written(PAIRS, "label-studio")
    sides = [one["annotations"][0]["result"][0]["value"]["selected"] for one in json.loads(out.text)]
    assert {*sides} == {"left", "right"}
    assert [(row.chosen, row.rejected) for row in of(out.text) if isinstance(row, Comparison)] == [
        (row.chosen, row.rejected) for row in PAIRS if isinstance(row, Comparison)
    ]


def test_label_studios_stars_and_rankings_are_read_again() -> None:
    rows = read_feedback([RATINGS["Label Studio"][0], COMPARISONS["RLHFlow"], RATINGS["HelpSteer2"][0]]).kept
    out = written(rows, "label-studio")
    assert out.counts == {"rating": 1, "ranking": 1}
    assert "whole numbers from 1" in out.rejected[0].reason
    stars, ranking = of(out.text)
    assert isinstance(stars, Rating)
    assert (stars.rating, stars.high) == (4, 5)
    assert ranking.model_dump()["completions"] == rows[1].model_dump()["completions"]


def test_more_stars_than_five_are_told() -> None:
    rows = read_feedback([{"prompt": ASK, "completion": GOOD, "rating": 7, "low": 1, "high": 10}]).kept
    assert written(rows, "label-studio").notes == (
        "Set maxRating to 10 in Label Studio's configuration: its own is 5.",
    )


def test_a_csv_is_read_again(tmp_path: Path) -> None:
    rows = [
        {
            "prompt": ASK,
            "chosen": GOOD,
            "rejected": 'A "quoted", longer\nanswer.',
            "annotator": "ann",
            "why": "It is true.",
        },
        {"prompt": ASK, "completion": GOOD, "rating": 3, "low": 1, "high": 5},
        {"prompt": ASK, "completion": POOR, "label": False},
        {"prompt": ASK, "completions": [GOOD, POOR], "ranks": [1, 2]},
    ]
    kept = read_feedback(rows).kept
    path = tmp_path / "rows.csv"
    path.write_text(written(kept, "csv").text)
    again = read_feedback(path)
    assert again.rejected == ()
    assert [row.model_dump(exclude={"provenance"}) for row in again.kept] == [
        row.model_dump(exclude={"provenance"}) for row in kept
    ]
    assert (again.kept[0].provenance.annotator, again.kept[0].provenance.why) == ("ann", "It is true.")
    assert len(next(csv.reader(io.StringIO(path.read_text())))) == 13


def test_what_a_form_cannot_hold_is_an_error_where_it_is_all_there_is() -> None:
    with pytest.raises(UserError, match="no demonstration"):
        written(read_feedback([DEMONSTRATIONS["ShareGPT"]]).kept, "label-studio")
    with pytest.raises(UserError, match="no thumb"):
        written(read_feedback([THUMBS["BeaverTails"]]).kept, "openai")
    assert read_comparisons([COMPARISONS["RLHFlow"]]).kept
