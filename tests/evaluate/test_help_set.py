"""The benchmark help: metrics of its own over requests with points, our own set or the user's file."""

import json
from collections import Counter
from pathlib import Path

from trimtab.data import SETS, near_duplicates, read_points, read_prompts
from trimtab.evaluate import BENCHMARKS, heldout_benchmark
from trimtab.evaluate.benchmarks.help_set import prompts
from trimtab.recipes import RECIPES, recipe_folder
from trimtab.records import Answer
from trimtab.scorers import Points, PointsScorer

HELP = BENCHMARKS["help"]
ROWS = [
    {
        "id": "a",
        "kind": "maths",
        "prompt": "What is 6 times 7?",
        "points": [{"ways": ["42"], "needed": True}],
        "wrong": ["48"],
    },
    {"id": "b", "kind": "howto", "prompt": "How do I dry shoes?", "points": [{"ways": ["newspaper"], "needed": True}]},
]


def test_a_file_of_points_is_asked_and_measured_by_its_own_points(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    items = HELP.read(str(path))
    said = [
        [Answer(prompt_id=name, index=0, text=text, tokens=5, ended=True)]
        for name, text in (("a", "It is 48."), ("b", "Stuff them with newspaper."))
    ]
    (found,) = HELP.measured(items, said)
    assert (found.over, found.ids, found.kinds) == ("help", ("a", "b"), ("maths", "howto"))
    assert found.values["help.set.points"] == [0.0, 1.0]
    assert found.values["help.set.false"] == [1.0, None]
    assert found.values["help.set.helps"][0] == 0.0
    assert set(found.values) == {metric.name for metric in HELP.metrics}
    assert set(found.reasons) <= set(found.values)
    assert [prompt.text for prompt in HELP.prompts(items)] == [row["prompt"] for row in ROWS]


def test_its_metrics_are_told_apart_from_those_of_held_out_answers() -> None:
    heldout = heldout_benchmark((), points=Points(()))
    assert not {metric.name for metric in HELP.metrics} & {metric.name for metric in heldout.metrics}
    assert {metric.over for metric in HELP.metrics} == {"help"}
    assert PointsScorer().version in HELP.version


def test_our_own_set_has_twenty_one_of_each_kind_with_something_needed() -> None:
    rows = read_points(SETS / "help.jsonl").rows
    assert sorted(Counter(row.kind for row in rows).values()) == [21] * 10
    assert [row.id for row in rows if not any(point.needed for point in row.points)] == []
    assert [row.id for row in rows if not 3 <= len(row.points) <= 8] == []


def test_our_own_set_is_near_no_prompt_of_ours() -> None:
    mine = prompts(read_points(SETS / "help.jsonl").rows)
    files = [path for name in RECIPES for path in sorted(recipe_folder(name).glob("prompts_*.jsonl"))]
    assert len(files) >= 6
    others = [prompt for path in (*files, SETS / "everyday.jsonl") for prompt in read_prompts(path)]
    assert near_duplicates(mine, others) == []
    assert [(a.id, b.id) for a, b in near_duplicates(mine, mine) if a.id < b.id] == []
