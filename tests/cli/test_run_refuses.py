"""Broken specs and data files, given to the real command: exit code 2, one plain message, nothing made."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli_runner import trimtab
from tiny import save_tiny, tiny_spec


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def rows(folder: Path, name: str, *added: object) -> None:
    with (folder / f"{name}.jsonl").open("a") as file:
        file.writelines(json.dumps(row) + "\n" for row in added)


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "unknown key": (lambda d: edit(d / "spec.yaml", "learning_rate:", "learning_rte:"), "learning_rate"),
    "wrong type": (
        lambda d: edit(d / "spec.yaml", "decode_batch_size: 8", "decode_batch_size: many"),
        "decode_batch_size",
    ),
    "tab": (lambda d: edit(d / "spec.yaml", "  train:", "\ttrain:"), "line"),
    "empty spec": (lambda d: (d / "spec.yaml").write_text(""), "holds no spec"),
    "no such file": (lambda d: edit(d / "spec.yaml", "heldout.jsonl", "nowhere.jsonl"), "nowhere.jsonl"),
    "unknown metric": (lambda d: edit(d / "spec.yaml", "style.words", "style.wrods"), "style.words"),
    "two ways to write the sources": (
        lambda d: edit(d / "spec.yaml", "feedback:\n", "feedback:\n  sources: [{file: {path: train.jsonl}}]\n"),
        "not both",
    ),
    "negative rate": (lambda d: edit(d / "spec.yaml", "0.001", "-0.001"), "learning_rate"),
    "line that is no JSON": (lambda d: (d / "train.jsonl").open("a").write("{oops\n"), "train.jsonl line 11"),
    "prompt without text": (lambda d: rows(d, "train", {"id": "x", "kind": "a"}), "train.jsonl line 11"),
    "same id twice": (lambda d: rows(d, "train", {"id": "t0", "prompt": "hello sun"}), "t0"),
    "empty prompt file": (lambda d: (d / "heldout.jsonl").write_text("\n"), "no row"),
    "held-out prompt trained on": (
        lambda d: rows(d, "heldout", {"id": "x", "prompt": "tell me about tea"}),
        "nearly the same",
    ),
    "fact with a right wrong answer": (
        lambda d: rows(d, "facts", {"id": "x", "question": "q?", "right": "a", "wrong": ["a", "b", "c"]}),
        "different",
    ),
    "not UTF-8": (lambda d: (d / "facts.jsonl").write_bytes(b"\xff\xfe{}"), "UTF-8"),
    "no such model": (lambda d: edit(d / "spec.yaml", "name: model", "name: no-such-model"), "no-such-model"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_one_plain_message(case: str, tmp_path: Path) -> None:
    path = tiny_spec(tmp_path / "spec")
    damage, expected = BROKEN[case]
    damage(tmp_path / "spec")
    result = trimtab("run", str(path), "--out", "out", cwd=tmp_path)
    assert result.returncode == 2, result.stderr
    assert expected in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stderr.count("trimtab: ") == 1
    assert "\n  why: " in result.stderr
    assert "\n  fix: " in result.stderr
    assert result.stdout == ""
    assert not (tmp_path / "out" / "stages").exists()


def test_comparisons_that_cannot_be_trained_on_stop_before_training(tmp_path: Path) -> None:
    folder = tmp_path / "spec"
    save_tiny(folder / "model")
    path = tiny_spec(folder, feedback={"files": [{"path": "mine.jsonl"}]})
    same = {"prompt": "hello", "chosen": "xyzzy", "rejected": "plugh"}  # unknown words: the same tokens
    blank = {"prompt": "hello", "chosen": " ", "rejected": "tea"}
    (folder / "mine.jsonl").write_text(json.dumps(same) + "\n" + json.dumps(blank) + "\n")
    result = trimtab("run", str(path), "--out", "out", cwd=tmp_path)
    assert result.returncode == 2, result.stderr
    assert "equal" in result.stderr
    assert "Traceback" not in result.stderr
    log = next((tmp_path / "out").glob("stages/feedback/*/rejected.jsonl")).read_text()
    assert "empty" in log


def test_thumbs_of_one_kind_a_prompt_do_not_feed_dpo(tmp_path: Path) -> None:
    folder = tmp_path / "spec"
    save_tiny(folder / "model")
    path = tiny_spec(folder, feedback={"files": [{"path": "mine.jsonl"}]})
    rows(folder, "mine", *({"prompt": f"hello {i}", "completion": "tea", "label": i < 2} for i in range(3)))
    result = trimtab("run", str(path), "--out", "out", cwd=tmp_path)
    assert result.returncode == 2, result.stderr
    assert "holds 3 thumbs" in result.stderr
    assert "needs comparisons" in result.stderr
    assert "set training.method to kto" in result.stderr
    assert "Traceback" not in result.stderr
    assert "no thumb the other way" in result.stderr
    assert not (tmp_path / "out" / "stages" / "evaluate.before").exists()


def test_check_reads_the_files_and_says_what_is_in_them(tmp_path: Path) -> None:
    path = tiny_spec(tmp_path / "spec", feedback={"files": [{"path": "mine.jsonl"}, {"path": "other.jsonl"}]})
    good = [{"prompt": f"hello {i}", "chosen": "tea", "rejected": "plan"} for i in range(3)]
    bad = [{"prompt": "hello", "chosen": " ", "rejected": "tea"}, {"text": "?"}]
    rows(tmp_path / "spec", "mine", *good, *bad)
    rows(tmp_path / "spec", "other", {"prompt": "hello", "before": "plan", "after": "tea"})
    result = trimtab("run", str(path), "--check", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    told = result.stdout.splitlines()
    assert told[1:5] == [
        "mine.jsonl: 3 comparisons; 2 rejected",
        "  1 × the chosen answer is empty (first: line 4)",
        "  1 × unknown: no type of supervision has the columns text (first: line 5)",
        "other.jsonl: 1 edit; 0 rejected",
    ]
    for name in ("mine", "other"):
        (tmp_path / "spec" / f"{name}.jsonl").write_text("")
    rows(tmp_path / "spec", "mine", *bad)
    nothing = trimtab("run", str(path), "--check", cwd=tmp_path)
    assert nothing.returncode == 2
    assert "holds no row that can be used (2 rows)" in nothing.stderr
    (tmp_path / "spec" / "other.jsonl").write_bytes(b"\xff\xfe")
    assert "UTF-8" in trimtab("run", str(path), "--check", cwd=tmp_path).stderr
    assert not (tmp_path / "runs").exists()


def test_what_is_given_to_other_verbs(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    for arguments, expected in (
        (("gate", "nowhere"), "no such folder"),
        (("gate", "there"), "run.json"),
        (("report", "nowhere"), "no such folder"),
        (("model", "pull", "gpt-9"), "smollm2-135m"),
        (("recipe", "show", "nothing"), "concise-friendly"),
        (("recipe", "copy", "concise-friendly", "there"), "there already"),
        (("run", "nothing"), "neither a recipe nor a file"),
        (("run", "concise-friendly", "--set", "training.beta"), "equals sign"),
        (("fly",), "fly"),
    ):
        result = trimtab(*arguments, cwd=tmp_path)
        assert result.returncode == 2, (arguments, result.stderr)
        assert expected in result.stderr
        assert "Traceback" not in result.stderr


def test_the_recipe_is_right_and_can_be_copied(tmp_path: Path) -> None:
    assert trimtab("run", "concise-friendly", "--check", cwd=tmp_path).returncode == 0
    copied = trimtab("recipe", "copy", "concise-friendly", "mine", cwd=tmp_path)
    assert copied.stdout.strip() == "mine/spec.yaml"
    checked = trimtab("run", "mine/spec.yaml", "--check", "--set", "training.learning_rate=1e-4", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    assert "concise-friendly" in trimtab("recipe", "list", cwd=tmp_path).stdout
