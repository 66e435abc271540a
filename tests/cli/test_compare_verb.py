"""`trimtab compare` on runs written by hand: what it tests, shows and refuses."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli_runner import trimtab
from trimtab.evaluate import measure
from trimtab.records import Answer, Evaluation, Message, Prompt, to_jsonl
from trimtab.store import Run

IDS = tuple(f"h{i}" for i in range(12))
WORDS = [10.0, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120]


def evaluation(words: list[float | None], right: list[float], **fingerprint: str) -> Evaluation:
    return Evaluation(
        model="m",
        fingerprint={"data.heldout": "x", "decoding": "greedy", **fingerprint},
        items={"heldout": IDS, "facts": tuple(f"f{i}" for i in range(len(right)))},
        measures=(measure("style.words", words, 0), measure("facts.accuracy", right, 0)),
    )


def a_run(folder: Path, **stages: Evaluation) -> Path:
    with Run.open(folder, name="r", goal="g", spec={}) as run:
        for which, found in stages.items():
            stage = run.stage(f"evaluate.{which}", settings={}, inputs={"which": which})
            stage.begin()
            stage.write("evaluation.json", found.to_json())
            stage.write(
                "prompts.jsonl",
                to_jsonl([Prompt(id=name, messages=(Message(role="user", content=f"ask {name}"),)) for name in IDS]),
            )
            stage.write(
                "answers.jsonl",
                to_jsonl(
                    [Answer(prompt_id=name, index=0, text=f"{which} {name}", tokens=3, ended=True) for name in IDS]
                ),
            )
            stage.finish(0.0)
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    shorter: list[float | None] = [w - 5 - i for i, w in enumerate(WORDS)]
    return a_run(
        tmp_path / "run",
        before=evaluation([*WORDS], [1.0] * 8 + [0.0] * 8),
        after=evaluation([None, *shorter[1:]], [1.0] * 7 + [0.0] + [0.0] * 8),
    )


def found(*args: str, cwd: Path) -> Any:
    done = trimtab("compare", *args, "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["differences"]


def test_differences_are_paired_and_tested(run: Path) -> None:
    differences = found(f"{run}:before", str(run), cwd=run.parent)
    words, facts = differences["style.words"], differences["facts.accuracy"]
    assert words["n"] == 11  # one could not be judged after
    assert words["mean"] == pytest.approx(-11.0)
    assert words["low"] < -11 < words["high"] < 0
    assert words["p"] == pytest.approx(2 / 2**11)  # all of 2^11 sign flips, and only two as far out
    assert words["p_family"] == pytest.approx(2 * words["p"])
    assert [row["item"] for row in words["changed"]] == ["h11", "h10", "h9"]
    assert facts["p"] == 1.0
    assert (facts["n"], facts["mean"]) == (16, pytest.approx(-1 / 16))
    assert facts["changed"] == [{"item": "f7", "a": 1.0, "b": 0.0}]


def test_a_reader_sees_the_items_that_changed_most(run: Path) -> None:
    done = trimtab("compare", f"{run}:before", str(run), cwd=run.parent)
    assert done.returncode == 0, done.stderr
    assert "Words" in done.stdout
    assert "h11: 120 -> 104  ask h11" in done.stdout
    assert "A: before h11" in done.stdout
    assert "B: after h11" in done.stdout
    assert "f7" not in done.stdout  # no clear change
    one = trimtab("compare", f"{run}:before", str(run), "--metric", "facts.accuracy", cwd=run.parent)
    assert "f7: 1 -> 0" in one.stdout
    assert "h11" not in one.stdout


def test_a_model_against_itself_differs_in_nothing(run: Path) -> None:
    for item in found(str(run), str(run), cwd=run.parent).values():
        assert (item["mean"], item["p"], item["changed"]) == (0.0, 1.0, [])


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("{run}", "{other}"), "decoding (greedy against sampled)"),
        (("{run}", "nowhere"), "no such folder"),
        (("{run}", "{half}"), "evaluate.after` is not finished"),
        (("{run}", "{run}", "--metric", "style.wrods"), "Give one of facts.accuracy, style.words"),
    ],
)
def test_what_cannot_be_compared_is_refused(run: Path, args: tuple[str, ...], says: str) -> None:
    places = {
        "run": run,
        "other": a_run(run.parent / "other", after=evaluation([*WORDS], [1.0] * 16, decoding="sampled")),
        "half": a_run(run.parent / "half", before=evaluation([*WORDS], [1.0] * 16)),
    }
    done = trimtab("compare", *(arg.format(**places) for arg in args), cwd=run.parent)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_it_needs_no_torch(run: Path) -> None:
    blocked = f"""
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "transformers", "trl", "peft"):
            raise ImportError(name)
sys.meta_path.insert(0, Blocker())
import trimtab.cli
sys.argv = ["trimtab", "compare", "{run}:before", "{run}"]
trimtab.cli.main()
"""
    done = subprocess.run([sys.executable, "-c", blocked], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Words" in done.stdout
