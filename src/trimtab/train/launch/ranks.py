"""What a training does together with the other processes of its launch; by itself each of these does nothing.

A process is told of the others by `torch.distributed` alone, so that a method's code is the same for one and for many.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

from ...errors import UserError


@dataclass(frozen=True)
class LaunchRequest:
    """What a launch was asked for: so many processes, on `cpu` or `cuda`, with a ZeRO stage (0 for none)."""

    processes: int
    device: str
    zero: int

    def demand(self, *, processes: int, device: str, zero: int) -> None:
        """Raises UserError where what runs is something else."""
        ran = LaunchRequest(processes, device, zero)
        if ran != self:
            raise UserError(
                f"Training was to run as {self}.",
                f"The launcher started {ran} instead. Nothing was trained.",
                "Launch with `trimtab train`, or for several machines with the command that it prints.",
            )

    def __str__(self) -> str:
        kind = f"ZeRO-{self.zero}" if self.zero else "DDP" if self.processes > 1 else "no sharding"
        return f"{self.processes} process{'es' if self.processes > 1 else ''} on {self.device} with {kind}"


class _Launch:
    """What this process was launched for: set by the worker, None in a process of its own."""

    asked: LaunchRequest | None = None
    found_as_asked = False


def begin(asked: LaunchRequest) -> None:
    """Joins the other processes of a launch. Raises UserError where they are not as many as were asked for."""
    asked.demand(processes=int(os.environ.get("WORLD_SIZE", "1")), device=asked.device, zero=asked.zero)
    from accelerate import PartialState

    _Launch.asked, _Launch.found_as_asked = asked, False
    if asked.device == "cuda":
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    placed = placement(on_cpu=asked.device == "cpu")
    PartialState(cpu=placed["use_cpu"], backend=placed["ddp_backend"])


def end() -> None:
    """Leaves the other processes. Raises RuntimeError where a method trained without `demand_as_asked`."""
    if not _Launch.found_as_asked:
        raise RuntimeError("the method did not hold its trainer against what was asked: call demand_as_asked")
    wait_for_all()
    dist.destroy_process_group()


def demand_as_asked(trainer: Any) -> None:
    """Every method calls this before it trains: launchers can start fewer processes than asked for, or another kind of
    sharding, and say nothing. The processes are counted by adding a one from each. Raises UserError where it is so.
    """
    if _Launch.asked is None:
        return
    accelerator = trainer.accelerator
    plugin = getattr(accelerator.state, "deepspeed_plugin", None)
    ones = torch.ones(1, device=accelerator.device)
    dist.all_reduce(ones)
    counted = int(ones.item()) if accelerator.num_processes == dist.get_world_size() else accelerator.num_processes
    zero = plugin.zero_stage if plugin is not None and trainer.is_deepspeed_enabled else 0
    _Launch.asked.demand(processes=counted, device=accelerator.device.type, zero=zero)
    _Launch.found_as_asked = True


def placement(*, on_cpu: bool) -> dict[str, Any]:
    """Arguments of a trainer that say where it runs.

    With ZeRO it must not ask for a CPU, or accelerate gives up DeepSpeed and says nothing; nor leave the backend open,
    or it counts one process.
    """
    zero = os.environ.get("ACCELERATE_USE_DEEPSPEED") == "true"
    return {
        "use_cpu": on_cpu and not zero,
        "ddp_backend": "gloo" if on_cpu and zero else None,
        "dataloader_pin_memory": not on_cpu,
    }


def several() -> bool:
    """Whether other processes train along."""
    return dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1


def is_first() -> bool:
    """Whether this is the process that writes files."""
    return not several() or dist.get_rank() == 0


def wait_for_all() -> None:
    """Returns once every process is here."""
    if several():
        dist.barrier()


@contextmanager
def first_before_others() -> Iterator[None]:
    """The first process does what is inside, and only then the others: they find the files that it made."""
    if not is_first():
        wait_for_all()
    yield
    if is_first():
        wait_for_all()


@contextmanager
def before_sharding() -> Iterator[None]:
    """For what is done before training: weights are still whole, also for ZeRO-3, and libraries are to believe it."""
    from transformers.integrations import deepspeed

    config = deepspeed.is_deepspeed_zero3_enabled() and deepspeed._hf_deepspeed_config_weak_ref()
    deepspeed.unset_hf_deepspeed_config()
    try:
        yield
    finally:
        if config:
            deepspeed.set_hf_deepspeed_config(config)


@contextmanager
def whole(parameters: list[Any]) -> Iterator[None]:
    """Inside it the parameters are whole, also where ZeRO-3 keeps a piece in each process. They are only to be read."""
    pieces = [each for each in parameters if hasattr(each, "ds_status") and each.ds_status.name != "AVAILABLE"]
    if not pieces:
        yield
        return
    import deepspeed

    with deepspeed.zero.GatheredParameters(pieces):
        yield


def rows_repeated(rows: int, share: int, processes: int | None = None) -> int:
    """Rows that an epoch takes twice to fill up its last batch, of which each process takes `share`.

    Every process needs as many batches. `processes` are those of this launch by themselves.
    """
    count = processes or (dist.get_world_size() if several() else 1)
    return -(-rows // (share * count)) * share * count - rows if count > 1 else 0


def save_adapter(model: Any, tokenizer: Any, folder: Path) -> None:
    """Writes a PEFT model's adapter and its tokenizer in place of what is there; equal adapters give equal bytes.

    The first process does it, with every process's help.
    """
    for config in model.peft_config.values():  # a set would be written in another order in each process
        if isinstance(config.target_modules, set):
            config.target_modules = sorted(config.target_modules)
    adapter = {name: value for name, value in model.named_parameters() if value.requires_grad}
    with whole(list(adapter.values())):
        if is_first():
            shutil.rmtree(folder, ignore_errors=True)
            model.save_pretrained(folder, state_dict={name: value.detach().cpu() for name, value in adapter.items()})
            tokenizer.save_pretrained(folder)
    wait_for_all()
