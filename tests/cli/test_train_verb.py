"""`trimtab train`: one stage by itself, here and in two processes, which `trimtab run` goes on from."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from cli_runner import trimtab
from tiny import save_tiny, tiny_spec


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    training = {"learning_rate": 1e-3, "batch_size": 2, "checkpoint_every": 2, "epochs": 1, "probe_prompts": 2}
    tiny_spec(tmp_path, training={**training, "rehearsal_weight": 1.0})
    save_tiny(tmp_path / "model")
    return tmp_path


def test_trains_in_two_processes_and_run_goes_on_from_it(folder: Path) -> None:
    done = trimtab("train", "spec.yaml", "--processes", "2", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "training in 2 processes, DDP" in done.stderr
    told = json.loads(done.stdout)
    assert (folder / told["adapter"] / "adapter_model.safetensors").is_file()
    steps = told["summary"]["curve"]
    assert [step["step"] for step in steps] == list(range(1, len(steps) + 1))
    assert all(step["rehearsal_kl"] is not None for step in steps)
    assert [step["words"] is not None for step in steps][-1]  # probed
    manifest = next((folder / "runs" / "tiny" / "stages" / "train").glob("*/manifest.json"))
    assert json.loads(manifest.read_text())["settings"]["processes"] == 2
    after = trimtab("run", "spec.yaml", "--processes", "2", cwd=folder)
    assert after.returncode == 0, after.stderr
    assert "train: done before" in after.stderr


def test_trains_in_this_process(folder: Path) -> None:
    done = trimtab("train", "spec.yaml", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("adapter: ")
    assert "training in" not in done.stderr


def test_several_machines_are_told_what_to_start(folder: Path) -> None:
    done = trimtab("train", "spec.yaml", "--nodes", "2", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert '--nnodes 2 --node_rank "$NODE_RANK" --master_addr "$MAIN_ADDRESS"' in told["command"]
    job = json.loads(Path(told["files"][0]).read_text())
    assert (job["processes"], job["nodes"]) == (2, 2)
    assert not Path(job["adapter"]).exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--processes", "0"], "--processes is 0"),
        (["--zero", "5"], "--zero is 5"),
        (["--processes", "3"], "training.batch_size is 2, for 3 processes"),
        *([] if find_spec("deepspeed") else [(["--processes", "2", "--zero", "2"], "trimtab[deepspeed]")]),
    ],
)
@pytest.mark.parametrize("verb", ["train", "run"])
def test_bad_input(tmp_path: Path, verb: str, arguments: list[str], message: str) -> None:
    tiny_spec(tmp_path)
    done = trimtab(verb, "spec.yaml", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "runs").exists()
