"""What a training does together with the other processes of its launch; by itself each of these does nothing.

A process is told of the others by `torch.distributed` alone, so that a method's code is the same for one and for many.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch.distributed as dist


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


def is_partitioned(trainer: Any) -> bool:
    """Whether the trainer's weights lie in pieces over the processes (ZeRO-3), so that a module read by itself is empty."""
    plugin = getattr(trainer.accelerator.state, "deepspeed_plugin", None)
    return plugin is not None and plugin.zero_stage == 3


@contextmanager
def whole(parameters: list[Any]) -> Iterator[None]:
    """Inside it the parameters are whole, also where ZeRO-3 keeps a piece in each process. They are only to be read."""
    pieces = [parameter for parameter in parameters if hasattr(parameter, "ds_id")]
    if not pieces:
        yield
        return
    from deepspeed.zero import GatheredParameters

    with GatheredParameters(pieces):
        yield


def save_adapter(model: Any, tokenizer: Any, folder: Path) -> None:
    """Writes a PEFT model's adapter and its tokenizer; the first process does, with every process's help.

    A former adapter there is replaced.
    """
    adapter = {name: value for name, value in model.named_parameters() if value.requires_grad}
    with whole(list(adapter.values())):
        if is_first():
            shutil.rmtree(folder, ignore_errors=True)
            model.save_pretrained(folder, state_dict={name: value.detach().cpu() for name, value in adapter.items()})
            tokenizer.save_pretrained(folder)
    wait_for_all()
