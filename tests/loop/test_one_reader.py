"""Each row of docs/feedback.md, and rows that are none, through the reader of every verb: the same everywhere."""

import json
import re
from pathlib import Path
from typing import Any

import datasets
import pandas
import polars
import pytest

from tiny import tiny_spec
from trimtab.advise import read_case
from trimtab.data import MADE_OF, read_comparisons, read_feedback, read_frame, read_responses
from trimtab.loop.gather import gather, read_part
from trimtab.loop.inputs import read_inputs
from trimtab.loop.supervision import check_feedback, comparisons_of
from trimtab.records import KINDS, Supervision, answers_of, kind_of
from trimtab.spec import FileSpec, TrainingSpec, load_spec

GUIDE = Path(__file__).parents[2] / "docs" / "feedback.md"
ROWS: list[dict[str, Any]] = [
    json.loads(line)
    for block in re.findall(r"```jsonl\n(.*?)```", GUIDE.read_text(), re.S)
    for line in block.splitlines()
]
PROMPT = {"prompt": "How do I boil an egg?"}
NONE: list[dict[str, Any]] = [
    PROMPT,
    {**PROMPT, "completion": "In water.", "edited": "In hot water.", "label": True, "rating": 3},
    {**PROMPT, "completion": "In water.", "rating": 3},
    {**PROMPT, "chosen": "In water.", "rejected": "In water."},
    {**PROMPT, "chosen": "In water.", "rejected": "No.", "label": True},
    {**PROMPT, "completions": ["In water."]},
    {**PROMPT, "completions": ["In water.", "No."], "order": [2, 1]},
    {**PROMPT, "before": "In water."},
    {"question": "How?", "output": "In water."},
]
APART = [{**row, "prompt": "And hard?"} if "critique" in row else row for row in ROWS]
"""The guide's edit and its critique say the same, and count once."""
MORE = {
    "thumb down": {**PROMPT, "completion": "Eggs are a source of protein.", "label": False},
    "rating": {**PROMPT, "completion": "No.", "rating": 1, "low": 1, "high": 5, "annotator": "ann"},
}
"""With these of each type a comparison can be made."""


def read_by_each_verb(folder: Path, rows: list[dict[str, Any]]) -> tuple[list[Supervision], list[tuple[str, str]]]:
    """The rows kept and the rejects (row and reason), which all verbs agree on."""
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    plain = read_feedback(path)
    rejects = [(reject.row, reject.reason) for reject in plain.rejected]

    part = read_part(FileSpec(path=path.name), path)  # trimtab run, trimtab train
    assert (list(part.kept), list(part.rejected)) == (list(plain.kept), list(plain.rejected))

    spec = load_spec(tiny_spec(folder / "spec", feedback={"files": [{"path": str(path)}]}, training={"method": "auto"}))
    told = check_feedback(spec, read_inputs(spec))  # trimtab run --check
    assert f"; {len(rejects)} rejected" in told[0]
    for kind in KINDS:
        count = sum(kind_of(row) == kind for row in plain.kept)
        assert (f"{count} {kind}" in told[0]) == (count > 0)

    compared, framed = read_comparisons(path), read_frame(path)  # trimtab audit
    assert framed.rejected == compared.rejected
    assert framed.table["id"].to_list() == [row.id for row in compared.kept]
    assert [(reject.row, reject.reason) for reject in framed.rejected][: len(rejects)] == rejects
    audited = comparisons_of(gather([part]), TrainingSpec(method="dpo"))  # the audit of a run
    assert audited == list(compared.kept)

    if plain.kept:
        case = read_case(path)  # trimtab advise, method: auto
        assert case.rejected == plain.rejected
        counts = {kind: sum(kind_of(row) == kind for row in plain.kept) for kind in KINDS}
        assert case.case.comparisons == counts["comparison"]
        assert case.case.thumbs == counts["thumb"]
        assert (case.case.rankings, case.case.ratings) == (counts["ranking"], counts["rating"])
        assert case.case.edits + case.case.critiques == counts["edit"] + counts["critique"]
        assert case.case.demonstrations == counts["demonstration"]

        scored = read_responses(path)  # trimtab score
        told = [(f"line {int(each.row) + 1}", each.reason) for each in scored.rejected]
        assert [line for line, _ in told] == [line for line, _ in rejects]
        for (_, own), (_, reason) in zip(told, rejects, strict=True):
            assert own == reason or ("no answer to score" in own and reason == "a prompt alone is no feedback")
        said = [message[0].content for row in plain.kept for message in answers_of(row).values()]
        assert [each.text for each in scored.kept] == said

    forms: list[Any] = [rows, pandas.DataFrame(rows)]
    if not any("completions" in row for row in rows):  # a column of both texts and lists is none of Arrow's
        columns = {name: None for row in rows for name in row}
        whole = [{**columns, **row} for row in rows]  # else a dataset has the first row's columns alone
        forms += [datasets.Dataset.from_list(whole), polars.from_dicts(whole)]
    for form in forms:
        other = read_feedback(form)
        assert [row.model_dump(exclude={"id", "provenance"}) for row in other.kept] == [
            row.model_dump(exclude={"id", "provenance"}) for row in plain.kept
        ]
        assert len(other.rejected) == len(rejects)
    return list(plain.kept), rejects


def test_the_guide_has_a_row_of_each_type() -> None:
    assert len(ROWS) == len(KINDS)


@pytest.mark.parametrize("row", ROWS, ids=[" ".join(row) for row in ROWS])
def test_each_row_of_the_guide_is_the_same_row_for_every_verb(tmp_path: Path, row: dict[str, Any]) -> None:
    kept, rejects = read_by_each_verb(tmp_path, [row])
    assert (len(kept), rejects) == (1, [])


@pytest.mark.parametrize("row", NONE, ids=[" ".join(row) for row in NONE])
def test_what_is_no_feedback_is_the_same_reject_for_every_verb(tmp_path: Path, row: dict[str, Any]) -> None:
    kept, rejects = read_by_each_verb(tmp_path, [row])
    assert (kept, len(rejects)) == ([], 1)


@pytest.mark.case("F26", "the check, the advice, the audit and the training read the same rows")
def test_a_file_of_all_of_them(tmp_path: Path) -> None:
    kept, rejects = read_by_each_verb(tmp_path, [*APART, *MORE.values(), *NONE])
    assert (len(kept), len(rejects)) == (len(ROWS) + len(MORE), len(NONE))
    bare = [row for row in (*APART, *NONE) if "completions" not in row]
    kept, rejects = read_by_each_verb(tmp_path, bare)
    assert (len(kept), len(rejects)) == (len(ROWS) - 1, len(NONE) - 2)


def test_audit_and_advice_count_the_same_comparisons(tmp_path: Path) -> None:
    rows = [*APART, *MORE.values()]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    case = read_case(path).case
    framed = read_frame(path)
    thumbs = 1  # a liked and a disliked answer to one prompt are a pair for the audit, and thumbs for advice
    assert framed.table.height == case.pairs + thumbs == 1 + 5 + 1 + 1 + 1 + 1
    made_of = {step.made_of for row in framed.made for step in row.provenance.steps}
    assert made_of | {"comparison"} == {*MADE_OF["comparison"]}


def test_a_csv_is_read_as_its_rows_are(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    polars.DataFrame(
        {"prompt": ["a?", "b?", "c?"], "completion": ["x", "y", "z"], "label": ["True", "false", None],
         "rating": [None, None, 4], "low": [None, None, 1], "high": [None, None, 5]}
    ).write_csv(path)  # fmt: skip
    assert [kind_of(row) for row in read_feedback(path).kept] == ["thumb", "thumb", "rating"]


def test_a_runs_own_rows_are_read_as_the_rows_they_hold(tmp_path: Path) -> None:
    path, kept = tmp_path / "rows.jsonl", tmp_path / "supervision.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    found = gather([read_part(FileSpec(path=path.name), path)])
    kept.write_text("".join(row.to_json() + "\n" for row in found.rows))
    assert read_feedback(kept).kept == read_feedback(path).kept
    assert read_frame(kept).table.drop("place").equals(read_frame(path).table.drop("place"))
