"""Files of points: a bad row is an error that names its line; a way that the prompt itself says is none."""

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from trimtab.data import read_points
from trimtab.errors import UserError

ROW = {
    "id": "p1",
    "prompt": "What goes with a mustard sofa?",
    "points": [{"ways": ["grey|blue|cream"], "needed": True}, {"ways": ["neutral colour"]}],
    "wrong": ["mustard poison*"],
}


def write(folder: Path, *rows: Any) -> Path:
    path = folder / "points.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return path


def test_points_are_found_by_the_prompt_whatever_its_spaces(tmp_path: Path) -> None:
    points = read_points(write(tmp_path, ROW))
    found = points.of("  What goes with a\nmustard   sofa? ")
    assert found is not None
    assert [point.needed for point in found.points] == [True, False]
    assert points.of("What goes with a mustard chair?") is None


def test_the_version_hangs_on_the_points_alone(tmp_path: Path) -> None:
    one = read_points(write(tmp_path, ROW))
    assert one.version == read_points(write(tmp_path, dict(reversed(ROW.items())))).version
    assert one.version == read_points(write(tmp_path, {**ROW, "kind": "advice"})).version
    assert one.version != read_points(write(tmp_path, {**ROW, "wrong": []})).version
    assert pickle.loads(pickle.dumps(one)).version == one.version


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({**ROW, "points": []}, "`points`: must not be empty"),
        ({**ROW, "points": [{"ways": []}]}, "`points.0.ways`: must not be empty"),
        ({**ROW, "prompt": " "}, "the prompt is empty"),
        ({**ROW, "points": [{"ways": ["blue||red"]}]}, "has 'blue||red'"),
        ({**ROW, "points": [{"ways": ["bl*ue"]}]}, "has 'bl*ue'"),
        ({**ROW, "points": [{"ways": ["_blue"]}]}, "has '_blue'"),
        ({**ROW, "wrong": ["|"]}, "has '|'"),
        ({**ROW, "extra": 1}, "there is no such key"),
        ({"id": "p2"}, "is missing"),
        ({**ROW, "points": [{"ways": "blue"}]}, "`points.0.ways`: must be a list."),
        ({**ROW, "wrong": "blue"}, "`wrong`: must be a list."),
        ({**ROW, "points": ["blue"]}, "`points.0`: must be an object with keys of its own."),
        ({**ROW, "points": [{"ways": ["blue"], "needed": "often"}]}, "`points.0.needed`: must be true or false."),
    ],
)
def test_a_row_that_is_none(tmp_path: Path, row: dict[str, Any], says: str) -> None:
    with pytest.raises(UserError, match=r"points.jsonl line 2 is no row of points") as raised:
        read_points(write(tmp_path, {**ROW, "id": "p0", "prompt": "Something else?"}, row))
    assert says in raised.value.why


@pytest.mark.parametrize("field", ["points", "wrong"])
def test_a_way_that_its_own_prompt_satisfies_is_refused(tmp_path: Path, field: str) -> None:
    given = {"points": [{"ways": ["blue", "sofas"]}], "wrong": ["sofas"]}
    with pytest.raises(UserError, match="line 1: p1 has the way 'sofas'"):
        read_points(write(tmp_path, {**ROW, field: given[field]}))


def test_a_prompt_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="line 2 has the prompt") as raised:
        read_points(write(tmp_path, ROW, {**ROW, "id": "p2", "prompt": ROW["prompt"].replace(" ", "  ")}))  # type: ignore[attr-defined]
    assert "Line 1" in raised.value.why


def test_a_file_without_a_row_is_named_in_words(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="was given as a file of rows of points"):
        read_points(write(tmp_path))


@pytest.mark.parametrize("field", ["points", "wrong"])
@pytest.mark.parametrize("way", ["can not", "twenty one", "five hundred cups"])
def test_a_way_that_no_answer_makes_is_refused(tmp_path: Path, way: str, field: str) -> None:
    given = {"points": [{"ways": ["blue", way]}], "wrong": [way]}
    with pytest.raises(UserError, match=f"line 1: p1 has the way '{way}'") as raised:
        read_points(write(tmp_path, {**ROW, field: given[field]}))
    assert "digits" in raised.value.fix


@pytest.mark.parametrize("way", ["cannot", "not blue", "twenty_one", "21", "can_not", "self-clean*", "million*|don't"])
def test_a_way_that_an_answer_makes_is_kept(tmp_path: Path, way: str) -> None:
    assert read_points(write(tmp_path, {**ROW, "points": [{"ways": [way]}]})).rows[0].points[0].ways == (way,)
