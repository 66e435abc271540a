"""Two processes train what one does, what runs is what was asked for, and nothing outlives a launch."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import pytest
import torch
from safetensors.torch import load_file

from tiny import save_tiny
from train.recording_worker import HOLD, RecordedTrainer
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
    """What a kill left: the launch's message, how many processes there were, which are left, whether an adapter is."""

    says: str
    ran: int
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


def killed_at_three(job: Job) -> Killed:
    """Launches a job, kills one of its processes after step 3, with the checkpoint of step 2 there."""
    ran = []

    def kill_one(step: int, of: int, loss: float) -> None:
        if step == 3:
            ran.extend(processes_with(job.work))
            os.kill(max(ran), signal.SIGKILL)

    with pytest.raises(UserError) as error:
        launch_job(job, on_step=kill_one, say=silent, worker=RECORDING)
    return Killed(error.value.why, len(ran), tuple(processes_with(job.work)), Path(job.adapter).exists())


def launcher_killed_at_three(job: Job) -> Killed:
    """Launches a job from a fork of this process, and kills the fork after step 3, when its workers wait for good."""
    told, tell = os.pipe()
    launcher = os.fork()
    if not launcher:
        try:
            os.environ[HOLD] = "3"
            launch_job(job, on_step=lambda step, of, loss: os.write(tell, bytes([step])), say=silent, worker=RECORDING)
        finally:
            os._exit(1)
    os.close(tell)
    try:
        steps = [os.read(told, 1) for _ in range(3)]
        assert steps == [b"\1", b"\2", b"\3"]
        ran = processes_with(job.work)
    finally:
        os.close(told)
        os.kill(launcher, signal.SIGKILL)
        os.waitpid(launcher, 0)
    until(lambda: not processes_with(job.work), 60)
    return Killed("", len(ran), tuple(processes_with(job.work)), Path(job.adapter).exists())


def on_two_machines(job: Job) -> TrainingSummary:
    """What comes of the command for several machines, given twice on this one."""
    from trimtab.train import read_summary, shell

    job = job.model_copy(update={"nodes": 2})
    write_launch(job)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = shell(command(job, worker=RECORDING)).replace("29500", str(port))
    environment = {**os.environ, "MAIN_ADDRESS": "127.0.0.1", "DS_ACCELERATOR": "cpu", "OMP_NUM_THREADS": "1"}
    machines = [
        subprocess.Popen(["sh", "-c", line], env=environment | {"NODE_RANK": str(rank)}, stderr=subprocess.DEVNULL)
        for rank in (0, 1)
    ]
    assert [machine.wait(timeout=400) for machine in machines] == [0, 0]
    summary = read_summary(job)
    assert isinstance(summary, TrainingSummary)
    return summary


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Callable[[int], Together]:
    """The same in two processes, recorded; of each ZeRO stage once. Plain DDP goes on after its launcher was killed,
    ZeRO-2 after one of its processes was, and on two machines."""

    @cache
    def launched(zero: int) -> Together:
        job, told, killed = make_job(tmp_path_factory.mktemp("together"), model, 2, zero), [], None
        if zero == 2:
            killed = killed_at_three(job)
            return Together(Path(job.work).parent, on_two_machines(job), (), killed)
        if zero == 0:
            killed = launcher_killed_at_three(job)
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


def test_a_launcher_that_starts_one_process_is_found_out(
    tmp_path: Path, model: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """`accelerate launch` in this process, which has what it needs; what it starts is a process of its own."""
    from accelerate.commands.launch import launch_command, launch_command_parser

    job = make_job(tmp_path, model, 2)
    path = write_launch(job)[0]
    options = ["--cpu", "--num_processes", "2", "--num_machines", "1"]
    options += ["--mixed_precision", "no", "--dynamo_backend", "no", "-m", "trimtab.train.launch.worker", str(path)]
    with mock.patch.dict(os.environ), pytest.raises(subprocess.CalledProcessError):
        launch_command(launch_command_parser().parse_args(options))
    said = capfd.readouterr().err
    assert "Training was to run as 2 processes on cpu with DDP." in said
    assert "started 1 process on cpu with no sharding instead. Nothing was trained." in said
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


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_killing_the_launcher_leaves_no_process(together: Callable[[int], Together]) -> None:
    """And the training goes on, to the same end as in one process: the first test."""
    _, summary, told, killed = together(0)
    assert killed == Killed("", 3, (), False)  # two workers, and what launched them
    _went_on(summary)
    assert told == (3, 4, 5, 6)


@needs_deepspeed
def test_a_killed_process_ends_the_launch_and_two_machines_go_on(together: Callable[[int], Together]) -> None:
    """To the same end as one process does: the first test. Two launches on this machine stand for two machines."""
    _, summary, _, killed = together(2)
    assert killed is not None
    assert "ended by SIGKILL" in killed.says
    assert killed.ran > 2
    assert killed[2:] == ((), False)
    _went_on(summary)


def _went_on(summary: TrainingSummary) -> None:
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
