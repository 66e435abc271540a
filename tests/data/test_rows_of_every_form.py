"""Rows of every form, columns renamed, missing, null, nested and added: they add up, and no judgement is ignored."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trimtab.data import read_feedback, read_frame
from trimtab.records import Ranking, kind_of, text_of

FORMS: dict[str, dict[str, Any]] = {
    "comparison": {"prompt": "Hi?", "chosen": "Hello!", "rejected": "Sir."},
    "comparison by scores": {"prompt": "Hi?", "chosen": "Hello!", "rejected": "Sir.", "score_chosen": 3,
                             "score_rejected": 1},
    "critique": {"prompt": "Hi?", "completion": "Sir.", "critique": "Stiff.", "revision": "Hello!"},
    "demonstration": {"prompt": "Hi?", "completion": "Hello!"},
    "edit": {"prompt": "Hi?", "before": "Sir.", "after": "Hello!"},
    "ranking": {"prompt": "Hi?", "completions": ["Hello!", "Hey.", "Sir."]},
    "ranking by scores": {"prompt": "Hi?", "completions": ["Sir.", "Hello!", "Hey."], "scores": [1, 3, 2]},
    "rating": {"prompt": "Hi?", "completion": "Hello!", "rating": 4, "low": 1, "high": 5, "annotator": "Ann"},
    "thumb": {"prompt": "Hi?", "completion": "Hello!", "label": True},
}  # fmt: skip
SPOKEN = (
    "completion",
    "completions",
    "chosen",
    "rejected",
    "before",
    "after",
    "critique",
    "revision",
    "rating",
    "label",
    "scores",
)
"""Columns under which a row holds an answer, or what was said of one: under another name they say it still."""
NAMES = st.one_of(
    st.text("bdfgkqwxzé", min_size=4, max_size=9),
    st.sampled_from(
        ("sterne", "is_safe", "Bewertung", "оценка", "model_score", "upVotes", "response_b", "quality", "winner_id",
         "best_index", "alternative", "accepted", "verdict", "helpfulness", "評分", "edited", "gut", "severity", "👍"),
    ),
)  # fmt: skip
SAID = st.one_of(
    st.integers(-5, 5),
    st.floats(-5, 5),
    st.booleans(),
    st.sampled_from(("good", "B", "rejected", "A second answer, which is another one.")),
    st.lists(st.integers(0, 5), min_size=2, max_size=3),
    st.lists(st.sampled_from(("Another.", "One more.")), min_size=3, max_size=3),
    st.fixed_dictionaries({"responses": st.lists(st.integers(1, 5), min_size=1, max_size=2)}),
    st.fixed_dictionaries({"gut": st.fixed_dictionaries({"Wert": st.integers(1, 5)})}),
)
HARMLESS = st.sampled_from(
    ({"prompt_id": 7}, {"source": "a forum"}, {"language": "en"}, {"numTokens": 12}, {"model": "m"},
     {"created_at": "2026"}, {"metadata": {"split": "train", "tokens": {"prompt": 3}}}, {"extra": None}, {"notes": []},
     {"batch_index": 0}),
)  # fmt: skip


@st.composite
def rows(draw: st.DrawFn) -> tuple[dict[str, Any], bool, str | None]:
    """A row; whether it says something of an answer under a name that nobody knows; and that name, if nothing else is
    wrong with the row."""
    row = dict(FORMS[draw(st.sampled_from(sorted(FORMS)))]) | draw(HARMLESS)
    change = draw(st.sampled_from(("none", "rename", "drop", "null", "add", "add", "nest", "add and drop")))
    unknown, name = False, None
    if change in ("rename", "nest"):
        old = draw(st.sampled_from([each for each in SPOKEN if each in row]))
        name, value = draw(NAMES), row.pop(old)
        row[name] = {"inner": value} if change == "nest" else value
        return row, True, None
    if "add" in change:
        name = draw(NAMES)
        row[name] = draw(SAID)
        unknown = True
    if "drop" in change:
        del row[draw(st.sampled_from(sorted(row.keys() - {name})))]
        name = None
    if change == "null":
        row[draw(st.sampled_from(sorted(row)))] = None
    return row, unknown, name


def as_csv(table: list[dict[str, Any]]) -> str:
    """A table as spreadsheets write it, lists and mappings as JSON."""
    out, columns = io.StringIO(), list(dict.fromkeys(name for row in table for name in row))
    writer = csv.writer(out, delimiter=";")
    writer.writerow(columns)
    for row in table:
        cells = (row.get(name) for name in columns)
        writer.writerow([json.dumps(cell) if isinstance(cell, list | dict) else cell for cell in cells])
    return out.getvalue()


@settings(
    max_examples=700, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.lists(rows(), min_size=1, max_size=4))
def test_no_judgement_is_ignored(tmp_path: Path, drawn: list[tuple[dict[str, Any], bool, str | None]]) -> None:
    """2,100 files: each table as JSON Lines, as one JSON array and as CSV."""
    table = [{"id": f"r{place}", **row} for place, (row, _, _) in enumerate(drawn)]
    texts = {
        "f.jsonl": "".join(json.dumps(row) + "\n" for row in table),
        "f.json": json.dumps(table, indent=1),
        "f.csv": as_csv(table),
    }
    for file, text in texts.items():
        path = tmp_path / file
        path.write_text(text, encoding="utf-8")
        found = read_feedback(path)
        assert len(found.kept) + len(found.rejected) == found.read == len(table)
        framed = read_frame(path)
        assert framed.read == found.read
        assert {reject.row for reject in found.rejected} <= {reject.row for reject in framed.rejected}
        kept = {row.id: row for row in found.kept}
        reasons = {reject.row.split()[1]: reject.reason for reject in found.rejected}
        for place, (row, unknown, name) in enumerate(drawn):
            mine = kept.get(f"r{place}")
            assert not (unknown and mine is not None), f"{row} is kept as {mine and kind_of(mine)}"
            if name is not None and file != "f.csv":  # whose empty cells may tell a reason before this one
                assert name in reasons[str(place + 1)]
            if isinstance(mine, Ranking) and "scores" in row:
                assert text_of(mine.completions[0]) == "Hello!"


def test_rows_of_every_form_are_kept(tmp_path: Path) -> None:
    """What the property above breaks is right before."""
    path = tmp_path / "f.csv"
    for name, row in FORMS.items():
        path.write_text(as_csv([row]), encoding="utf-8")
        assert [kind_of(kept) for kept in read_feedback(path).kept] == [name.split()[0]]
