"""Two processes train what one does, what runs is what was asked for, and nothing outlives a launch."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
from safetensors.torch import load_file

from tiny import save_tiny
from train.recording_worker import RecordedTrainer
from train.test_dpo import COMPARISONS
from trimtab.errors import UserError
from trimtab.records import TrainingSummary, to_jsonl
from trimtab.spec import TrainingSpec
from trimtab.train import Job, Processes, command, launch_job, run_job, shared_dpo, write_launch
from trimtab.train.launch import start
from trimtab.train.launch.processes import _demand_gpus
from trimtab.train.launch.ranks import rows_repeated

SETTINGS = TrainingSpec(
    learning_rate=1e-2, batch_size=4, epochs=6, warmup=0.0, checkpoint_every=2, probe_prompts=0,
    rehearsal_weight=1.0, max_grad_norm=1e6,
)  # fmt: skip
RECORDING = "train.recording_worker"
needs_deepspeed = pytest.mark.skipif(find_spec("deepspeed") is None, reason="DeepSpeed is an extra (deepspeed)")
EQUAL = [
    pytest.param(0, "DistributedDataParallel", id="DDP"),
    pytest.param(2, "DeepSpeedEngine", id="ZeRO-2", marks=needs_deepspeed),
    pytest.param(3, "DeepSpeedEngine", id="ZeRO-3", marks=needs_deepspeed),
]


class Killed(NamedTuple):
    """What a killed process left: the launch's message, the processes of the launch, whether there is an adapter."""

    says: str
    processes: tuple[int, ...]
    adapter: bool


class Together(NamedTuple):
    """A training in two processes: its folder, what it summed up, the steps it told, and what it went on from."""

    folder: Path
    summary: TrainingSummary
    told: tuple[int, ...]
    killed: Killed | None


def silent(*_: object) -> None:
    """Tells nobody."""


@pytest.fixture(autouse=True)
def _workers_find_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("model"))


def make_job(folder: Path, model: Path, processes: int, zero: int = 0, nodes: int = 1, **changes: Any) -> Job:
    work = folder / "work"
    work.mkdir(parents=True)
    (folder / "rows.jsonl").write_text(to_jsonl(COMPARISONS))
    (folder / "prompts.jsonl").write_text("")
    return Job(
        method="dpo", base=str(model), adapters=(), precision="fp32", device="cpu",
        settings=SETTINGS.model_copy(update=changes), seed=11, rows=str(folder / "rows.jsonl"),
        probe_prompts=str(folder / "prompts.jsonl"), base_name=None, work=str(work), adapter=str(folder / "adapter"),
        processes=processes, nodes=nodes, zero=zero,
    )  # fmt: skip


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    """The training in this one process, recorded."""
    folder = tmp_path_factory.mktemp("alone")
    job = make_job(folder, model, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shared_dpo, "SharedPrefixDPOTrainer", RecordedTrainer)
        run_job(job, job.settings, on_step=silent, say=silent)
    return folder


def apart(ours: torch.Tensor, theirs: torch.Tensor) -> float:
    return float((ours.float() - theirs.float()).norm() / theirs.float().norm())


def steps_of(folder: Path) -> dict[str, list[str]]:
    """The rows of each step, all processes together, without padding."""
    shares = [json.loads(path.read_text()) for path in sorted((folder / "work").glob("rows-*.json"))]
    assert all(share.keys() == shares[0].keys() for share in shares)
    return {step: sorted(row for share in shares for row in share[step]) for step in shares[0]}


def killed_at_three(job: Job) -> Killed:
    """Launches a job, kills one of its processes after step 3, with the checkpoint of step 2 there."""

    def kill_one(step: int, of: int, loss: float) -> None:
        if step == 3:
            os.kill(max(processes_with(job.work)), signal.SIGKILL)

    with pytest.raises(UserError) as error:
        launch_job(job, on_step=kill_one, say=silent, worker=RECORDING)
    return Killed(error.value.why, tuple(processes_with(job.work)), Path(job.adapter).exists())


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Callable[[int], Together]:
    """The same in two processes, recorded; of each ZeRO stage once. Plain DDP and ZeRO-2 go on after a kill."""

    @cache
    def launched(zero: int) -> Together:
        job, told = make_job(tmp_path_factory.mktemp("together"), model, 2, zero), []
        killed = killed_at_three(job) if zero != 3 else None
        summary = launch_job(job, on_step=lambda step, of, loss: told.append(step), say=silent, worker=RECORDING)
        assert isinstance(summary, TrainingSummary)
        return Together(Path(job.work).parent, summary, tuple(told), killed)

    return launched


@pytest.mark.parametrize(("zero", "wrapper"), EQUAL)
def test_two_processes_train_what_one_does(
    together: Callable[[int], Together], alone: Path, zero: int, wrapper: str
) -> None:
    folder, summary, told, killed = together(zero)
    assert killed or told == (1, 2, 3, 4, 5, 6)
    found, wanted = (torch.load(each / "work" / "gradients.pt") for each in (folder, alone))
    kind = found["kind"]
    assert (kind["wrapper"], kind["stage"], kind["shares"]) == (wrapper, zero, True)
    assert (kind["pieces"] > 0) == (zero == 3)  # the weights lie in pieces, which no small model's need to
    assert found["gradients"].keys() == wanted["gradients"].keys()
    gradients = []
    for name, gradient in wanted["gradients"].items():
        if gradient.norm() > 0:
            gradients.append(apart(found["gradients"][name], gradient))
        else:
            assert found["gradients"][name].norm() == 0
    assert max(gradients) < 1e-4
    assert max(gradient.norm() for gradient in wanted["gradients"].values()) > 0.1
    assert len(list((folder / "work").glob("rows-*.json"))) == 2
    assert steps_of(folder) == steps_of(alone)
    assert list(steps_of(folder)) == ["1", "2", "3", "4", "5", "6"]
    ours, theirs = (load_file(each / "adapter" / "adapter_model.safetensors") for each in (folder, alone))
    assert ours.keys() == theirs.keys()
    adapter = max(apart(ours[name], weights) for name, weights in theirs.items())
    assert adapter < 1e-4  # after six steps of Adam, killed or not
    print(f"\n{wrapper}, stage {zero}: gradients apart by {max(gradients):.1e}, adapter after 6 steps by {adapter:.1e}")
    assert summary.trainable_parameters == sum(weights.numel() for weights in theirs.values())
    assert (folder / "adapter" / "tokenizer_config.json").is_file()


def test_a_launcher_that_starts_one_process_is_found_out(tmp_path: Path, model: Path) -> None:
    job = make_job(tmp_path, model, 2)
    path = write_launch(job)[0]
    launcher = [
        sys.executable,
        "-m",
        "accelerate.commands.launch",
        "--cpu",
        "--num_processes",
        "2",
        "--num_machines",
        "1",
    ]
    launcher += ["--mixed_precision", "no", "--dynamo_backend", "no"]
    done = subprocess.run(
        [*launcher, "-m", "trimtab.train.launch.worker", str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode != 0
    assert "Training was to run as 2 processes on cpu with DDP." in done.stderr
    assert "started 1 process on cpu with no sharding instead. Nothing was trained." in done.stderr
    assert not Path(job.adapter).exists()


def test_a_launcher_that_starts_no_sharding_is_found_out_and_told_as_it_would_be_here(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job(tmp_path, model, 2)
    unsharded = command(job)
    monkeypatch.setattr(start, "command", lambda job, worker: unsharded)
    with pytest.raises(UserError, match="as 2 processes on cpu with ZeRO-2") as caught:
        launch_job(job.model_copy(update={"zero": 2}), on_step=silent, say=silent)
    assert "started 2 processes on cpu with DDP instead" in caught.value.why
    assert "Launch with `trimtab train`" in caught.value.fix
    assert not Path(job.adapter).exists()


def processes_with(word: str) -> list[int]:
    """Processes whose command line holds a word."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word in path.read_bytes().decode(errors="replace"):
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def until(true: Any, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_killing_the_launcher_leaves_no_process(tmp_path: Path, model: Path) -> None:
    job = make_job(tmp_path, model, 2, epochs=100_000)
    (tmp_path / "job.json").write_text(job.to_json())
    code = (
        "import sys; from pathlib import Path; from trimtab.train import Job, launch_job\n"
        "job = Job.from_json(Path(sys.argv[1]).read_bytes())\n"
        "launch_job(job, on_step=lambda step, of, loss: print(step, flush=True), say=lambda text: None)"
    )
    launcher = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "job.json")], stdout=subprocess.PIPE)
    try:
        assert launcher.stdout is not None
        assert launcher.stdout.readline() == b"1\n"
        assert len(processes_with(str(tmp_path / "work"))) == 3  # two workers, and what launched them
    finally:
        launcher.send_signal(signal.SIGKILL)
        launcher.wait()
    assert until(lambda: not processes_with(str(tmp_path / "work")), 60)
    assert not Path(job.adapter).exists()


@pytest.mark.parametrize("zero", [pytest.param(0, id="DDP"), pytest.param(2, id="ZeRO-2", marks=needs_deepspeed)])
def test_a_killed_process_ends_the_launch_which_goes_on(together: Callable[[int], Together], zero: int) -> None:
    """To the same end as one process does: the test above."""
    _, summary, told, killed = together(zero)
    assert killed is not None
    assert "ended by SIGKILL" in killed.says
    assert killed[1:] == ((), False)
    assert told in ((3, 4, 5, 6), (5, 6))  # where the kill came after step 4's checkpoint, on from there
    assert [step.step for step in summary.curve] == [1, 2, 3, 4, 5, 6]


ABORTED = "print('Signal 6 (SIGABRT) received by PID 7', file=sys.stderr)"
SUMMARY = TrainingSummary(
    method="dpo", steps=1, epochs=1.0, trainable_parameters=1, precision="fp32", device="cpu", preflight=(),
    warnings=(), curve=(),
)  # fmt: skip


def launched_as(does: str, job: Job, monkeypatch: pytest.MonkeyPatch) -> tuple[TrainingSummary, list[str]]:
    """What comes of a launcher that does what is given and ends as one whose worker was ended, and what is said."""
    code = f"import sys; from pathlib import Path; summary = Path({str(job.summary)!r}); {does}; sys.exit(1)"
    monkeypatch.setattr("trimtab.train.launch.start.command", lambda job, worker: [sys.executable, "-c", code])
    said: list[str] = []
    summary = launch_job(job, on_step=silent, say=said.append)
    assert isinstance(summary, TrainingSummary)
    return summary, said


def test_a_process_that_aborts_after_the_last_step_loses_no_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote = f"summary.write_text({SUMMARY.to_json()!r}); {ABORTED}"
    summary, said = launched_as(wrote, make_job(tmp_path, tmp_path, 2), monkeypatch)
    assert summary == SUMMARY
    assert len(said) == 1
    assert "The training is whole, though a process ended by SIGABRT after it" in said[0]


def test_an_aborted_training_is_begun_again_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job, first = make_job(tmp_path, tmp_path, 2), tmp_path / "first"
    second = f"summary.write_text({SUMMARY.to_json()!r}), sys.exit(0)"
    does = f"first = Path({str(first)!r}); first.exists() and ({second}); first.touch(); {ABORTED}"
    summary, said = launched_as(does, job, monkeypatch)
    assert (summary, len(said)) == (SUMMARY, 1)
    assert "begin again from the last checkpoint" in said[0]


def test_what_an_aborted_process_said_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "'terminate called after throwing an instance of Refused', '  what():  no route'"
    words = f"print({said}, sep=chr(10), file=sys.stderr)"
    told = r"ended by SIGABRT, which said: terminate called .* \| what\(\):  no route\."
    with pytest.raises(UserError, match=told):
        launched_as(f"{words}; {ABORTED}", make_job(tmp_path, tmp_path, 2), monkeypatch)


@needs_deepspeed
def test_the_command_for_several_machines(tmp_path: Path, model: Path, alone: Path) -> None:
    """Two launches on this machine stand for two machines."""
    import socket

    from trimtab.train import shell

    job = make_job(tmp_path, model, 2, zero=2, nodes=2)
    write_launch(job)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = shell(command(job)).replace("29500", str(port))
    environment = {**os.environ, "MAIN_ADDRESS": "127.0.0.1", "DS_ACCELERATOR": "cpu", "OMP_NUM_THREADS": "1"}
    machines = [
        subprocess.Popen(["sh", "-c", line], env=environment | {"NODE_RANK": str(rank)}, stderr=subprocess.DEVNULL)
        for rank in (0, 1)
    ]
    assert [machine.wait(timeout=400) for machine in machines] == [0, 0]
    ours, theirs = (load_file(folder / "adapter" / "adapter_model.safetensors") for folder in (tmp_path, alone))
    for name, weights in theirs.items():
        assert apart(ours[name], weights) < 1e-3


@pytest.mark.parametrize(
    ("processes", "message"),
    [
        (Processes(0), "`processes` is 0"),
        (Processes(2, nodes=0), "`nodes` is 0"),
        (Processes(2, 5), "`zero` is 5"),
        (Processes(3), "batch_size is 4, for 3 processes"),
        (Processes(2, nodes=4), "batch_size is 4, for 8 processes"),
    ],
)
def test_bad_input(processes: Processes, message: str) -> None:
    with pytest.raises(UserError, match=message):
        processes.demand(SETTINGS)


def test_bf16_with_zero_takes_a_gpu() -> None:
    with pytest.raises(UserError, match="bf16 on a CPU"):
        Processes(2, 2).demand_precision("bf16", "cpu")
    Processes(2, 2).demand_precision("bf16", "cuda")
    Processes(2).demand_precision("bf16", "cpu")


def test_without_deepspeed_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trimtab.train.launch.processes.find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"trimtab\[deepspeed\]"):
        Processes(2, 3).demand(SETTINGS)


def test_more_processes_than_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(UserError, match="this machine has 1"):
        _demand_gpus(2)
    _demand_gpus(1)


@pytest.mark.parametrize("rows", range(4, 20))
@pytest.mark.parametrize(("total", "share"), [(2, 1), (2, 2), (3, 1), (3, 2), (4, 2)])
def test_rows_taken_twice_are_counted(rows: int, total: int, share: int) -> None:
    from accelerate.data_loader import BatchSamplerShard
    from torch.utils.data import BatchSampler, SequentialSampler

    batches = BatchSampler(SequentialSampler(range(rows)), share, drop_last=False)
    taken = [row for rank in range(total) for batch in BatchSamplerShard(batches, total, rank) for row in batch]
    assert set(taken) == set(range(rows))
    assert len(taken) - rows == rows_repeated(rows, share, total)
