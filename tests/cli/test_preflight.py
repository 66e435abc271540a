"""`trimtab preflight`: what it prints, its exit codes, and that it leaves nothing behind."""

import json
from pathlib import Path

import pytest

from cli_runner import trimtab
from tiny import save_tiny, tiny_spec


def test_the_card_of_a_model_that_can_share(tmp_path: Path) -> None:
    save_tiny(tmp_path / "model")
    tiny_spec(tmp_path)
    done = trimtab("preflight", "spec.yaml", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["passed"]
    assert [check["name"] for check in told["checks"] if not check["passed"]] == []
    names = " ".join(check["name"] for check in told["checks"])
    for what in ("sampler", "scorer", "ln 2", "reference", "end of turn", "shared prefixes"):
        assert what in names
    assert {path.name for path in tmp_path.iterdir()} == {
        "model", "spec.yaml", "train.jsonl", "heldout.jsonl", "facts.jsonl",
    }  # fmt: skip
    plain = trimtab("preflight", "spec.yaml", "--set", "training.share_prefixes=false", cwd=tmp_path)
    assert plain.returncode == 0
    assert "shared prefixes" not in plain.stdout


def test_the_card_of_kto_after_fine_tuning(tmp_path: Path) -> None:
    save_tiny(tmp_path / "model")
    training = {"method": "kto", "sft_first": {"epochs": 1}, "batch_size": 2}
    tiny_spec(tmp_path, training=training)
    done = trimtab("preflight", "spec.yaml", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    names = " ".join(check["name"] for check in json.loads(done.stdout)["checks"])
    for what in ("answers only", "first loss is the plain one", "half the weights", "reference"):
        assert what in names
    assert "ln 2" not in names


@pytest.mark.parametrize("given", ["no-such-recipe", "missing.yaml"])
def test_one_plain_message(given: str, tmp_path: Path) -> None:
    done = trimtab("preflight", given, cwd=tmp_path)
    assert done.returncode == 2
    assert "why:" in done.stderr
    assert "Traceback" not in done.stderr
