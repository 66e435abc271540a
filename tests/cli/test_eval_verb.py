"""`trimtab eval`, and `compare` and `gate` on what it wrote: the commands, their JSON, what they refuse."""

import json
from pathlib import Path

import pytest

from cli_runner import trimtab
from stub_server import chat, serving
from tiny import save_tiny


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models, a set, and the scores of both."""
    folder = tmp_path_factory.mktemp("eval")
    nouns = ["tea", "rain", "sun", "dog", "cat", "tree", "house", "red"]
    rows = [{"id": noun, "prompt": f"tell me about {noun}", "kind": "k"} for noun in nouns]
    (folder / "asked.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    for name in ("qwen3", "llama"):
        save_tiny(folder / name, name)
        done = trimtab(*evaluating(name), cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder


def evaluating(name: str, *more: str, suite: str = "style") -> list[str]:
    data = f"{suite}=asked.jsonl"
    settings = ["--max-new-tokens", "6", "--precision", "fp32", "--suite", suite, "--data", data]
    return ["eval", name, *settings, *more]


def gates(folder: Path, text: str) -> Path:
    path = folder / "gates.yaml"
    path.write_text(text)
    return path


def test_scores_as_json(place: Path) -> None:
    done = trimtab(*evaluating("qwen3", "--json"), cwd=place)
    found = json.loads(done.stdout)
    assert found["folder"] == "scores/qwen3"
    words = found["scores"]["style.words"]
    assert words["low"] <= words["mean"] <= words["high"]
    assert words["n"] == 8
    assert words["by_kind"] == {"k": [words["mean"], 8, 0]}  # mean, judged, not judged
    assert len(found["fingerprint"]) == 16
    assert "done before" in done.stderr  # the fixture made them


def test_scores_as_a_table(place: Path) -> None:
    done = trimtab(*evaluating("llama"), cwd=place)
    assert "style: 8 items of asked.jsonl" in done.stdout
    assert "style.words" in done.stdout
    assert "scores: scores/llama" in done.stderr


def test_own_answers_judged_by_a_server(place: Path) -> None:
    question = {"id": "1", "question": "what is tea?", "best": "red", "right": ["red"], "wrong": ["the sun"]}
    (place / "questions.jsonl").write_text(json.dumps(question) + "\n")
    with serving(chat('{"why": "so", "true": true, "informative": false}')) as stub:
        judge = ["--judge-url", stub.url, "--judge-model", "wise", "--prices", "1,1", "--out", "judged"]
        settings = ["--max-new-tokens", "6", "--precision", "fp32", "--suite", "truthfulqa-generation"]
        done = trimtab("eval", "qwen3", *settings, "--data", "truthfulqa-generation=questions.jsonl", *judge, cwd=place)
    assert done.returncode == 0, done.stderr
    lines = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines() if line.strip()}
    assert lines["truthfulqa.judged_true"][0] == "1"
    assert lines["truthfulqa.judged"][0] == "0"
    assert lines["truthfulqa.judged"][-3:] == ["raw,", "not", "calibrated"]
    assert "truthfulqa.judged_true: 100.0% by the judge wise: raw, not calibrated" in done.stdout
    assert "judge: calls 1, tokens_in 700, tokens_out 3, not_judged 0, cost 0.000703" in done.stdout


def test_two_models_compared(place: Path) -> None:
    done = trimtab("compare", "scores/qwen3", "scores/llama", "--metric", "style.words", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "Words: " in done.stdout
    assert "tell me about" in done.stdout  # the items that changed, with what was asked and said
    assert "    B: " in done.stdout


@pytest.mark.parametrize(
    ("text", "more", "code"),
    [
        ("gates: [{metric: style.words, at_most: 1000}]", [], 0),
        ("gates: [{metric: style.words, at_least: 1000}]", [], 1),
        ("gates: [{metric: style.words, no_worse_by: 100}]", ["--base", "scores/llama"], 0),
        (
            "gates: [{metric: style.ended, at_most: 0.5}, {metric: style.words, at_most: 1000}]\nconfidence: 0.99999",
            [],
            3,
        ),
    ],
)
def test_gates_on_scores(place: Path, text: str, more: list[str], code: int) -> None:
    path = gates(place, text)
    done = trimtab("gate", "scores/qwen3", "--gates", str(path), *more, "--json", cwd=place)
    assert done.returncode == code, done.stdout + done.stderr
    assert len(json.loads(done.stdout)["gates"]) == text.count("metric")


BAD: dict[str, tuple[list[str], str]] = {
    "unknown suite": (["eval", "qwen3", "--suite", "saftey"], "no suite or benchmark"),
    "unknown data": (["eval", "qwen3", "--suite", "style", "--data", "hhh=x.jsonl"], "not among the benchmarks"),
    "data that is no folder": (["eval", "qwen3", "--suite", "style", "--data", "nowhere"], "It is no folder"),
    "missing file": (["eval", "qwen3", "--suite", "style", "--data", "style=nowhere.jsonl"], "cannot be read"),
    "unknown model": (["eval", "no-such-model", "--suite", "style"], "no-such-model"),
    "unknown precision": (["eval", "qwen3", "--precision", "fp8"], "no such precision"),
    "no server": (["eval", "m", "--url", "http://127.0.0.1:9/v1", "--suite", "style"], "cannot be reached"),
    "judge without model": (["eval", "qwen3", "--suite", "winrate", "--judge-url", "http://x/v1"], "--judge-model"),
    "a judge of nothing": (
        ["eval", "qwen3", "--suite", "style", "--judge-url", "http://x/v1", "--judge-model", "j"],
        "None of the benchmarks that are asked for takes one",
    ),
    "a rubric for nothing": (["eval", "qwen3", "--suite", "truthfulqa-generation", "--rubric", "r"], "--rubric is r"),
    "scores without gates": (["gate", "scores/qwen3"], "bring no gates"),
    "a side of a run without gates": (
        ["gate", "scores/qwen3", "--base", "run:baseline"],
        "qwen3 is to be judged against run:baseline",
    ),
    "gates without a base": (["gate", "scores/qwen3", "--gates", "compares.yaml"], "--base SCORES"),
    "gates on what is not there": (["gate", "scores/qwen3", "--gates", "other.yaml"], "does not hold that metric"),
    "gates that are none": (["gate", "scores/qwen3", "--gates", "broken.yaml"], "broken.yaml line 1"),
    "gates with an unknown metric": (["gate", "scores/qwen3", "--gates", "unknown.yaml"], "Did you mean `style.words`"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_mistake_is_one_plain_message(place: Path, case: str) -> None:
    (place / "compares.yaml").write_text("gates: [{metric: style.words, better_by: 1}]")
    (place / "other.yaml").write_text("gates: [{metric: hhh.accuracy, at_least: 0.5}]")
    (place / "broken.yaml").write_text("gates: [{metric: style.words, at_mst: 1}]")
    (place / "unknown.yaml").write_text("gates: [{metric: style.wrods, at_most: 1}]")
    arguments, says = BAD[case]
    done = trimtab(*arguments, cwd=place)
    assert done.returncode == 2, done.stdout + done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_unlike_scores_are_refused_with_the_difference(place: Path) -> None:
    done = trimtab(*evaluating("llama", "--out", "shorter", "--most", "4"), cwd=place)
    assert done.returncode == 0, done.stderr
    for command in (
        ["compare", "scores/llama", "shorter"],
        [
            "gate",
            "shorter",
            "--gates",
            str(gates(place, "gates: [{metric: style.words, no_worse_by: 1}]")),
            "--base",
            "scores/llama",
        ],
    ):
        done = trimtab(*command, cwd=place)
        assert done.returncode == 2, done.stdout
        assert "8 items of asked.jsonl" in done.stderr
        assert "4 items of asked.jsonl" in done.stderr


def test_the_suites_are_listed(tmp_path: Path) -> None:
    done = trimtab("eval", "--list", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for name in ("safety", "truthfulqa", "realtoxicityprompts", "overrefusal", "hhh", "winrate"):
        assert name in done.stdout


def test_a_run_is_evaluated_by_its_folder(place: Path, tmp_path: Path) -> None:
    done = trimtab("eval", str(place / "scores" / "qwen3"), "--suite", "style", cwd=tmp_path)
    assert done.returncode == 2
    assert "holds no trained adapter" in done.stderr
