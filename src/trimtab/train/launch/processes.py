"""How many processes train, and by which kind of sharding; every mistake that can be seen before a launch is told."""

from dataclasses import dataclass
from importlib.util import find_spec

from ...errors import UserError, option
from ...methods import METHODS
from ...spec import TrainingSpec

STAGES = (0, 2, 3)
"""Kinds of sharding: 0 none (DDP), 2 gradients and optimizer state, 3 the weights too (Rajbhandari et al. 2020, "ZeRO",
section 5)."""


@dataclass(frozen=True)
class Processes:
    """`count` processes on each of `nodes` machines, with a ZeRO stage; by itself it is one process without any."""

    count: int = 1
    zero: int = 0
    nodes: int = 1

    @property
    def total(self) -> int:
        """Processes on all machines: the world size."""
        return self.count * self.nodes

    @property
    def launched(self) -> bool:
        """Whether this takes processes of their own."""
        return self.total > 1 or self.zero > 0

    def __str__(self) -> str:
        kind = f"ZeRO-{self.zero}" if self.zero else "DDP" if self.total > 1 else "no sharding"
        return f"{self.total} process{'es' if self.total > 1 else ''}, {kind}"

    def demand(self, settings: TrainingSpec) -> None:
        """Raises UserError where this cannot be launched here, or the method's batches cannot be shared out evenly.

        GPUs are counted only where the launch is on this machine. Of method "auto" what it will be is not known yet:
        ask again then.
        """
        if self.count < 1 or self.nodes < 1:
            name, value = (option("processes"), self.count) if self.count < 1 else (option("nodes"), self.nodes)
            raise UserError(f"{name} is {value}.", "Training takes at least one.", f"Give {name} 1 or more.")
        if self.zero not in STAGES:
            raise UserError(
                f"{option('zero')} is {self.zero}.",
                "Training knows the stages 0 (none: plain DDP), 2 (gradients and optimizer state are sharded) and 3 "
                "(the weights too).",
                f"Give {option('zero')} 0, 2 or 3.",
            )
        if self.zero and find_spec("deepspeed") is None:
            raise UserError(
                f"{option('zero')} is {self.zero}.",
                "That takes DeepSpeed, which is not installed.",
                f"Install the extra: pip install 'trimtab[deepspeed]'. Or give {option('zero')} 0.",
            )
        if self.launched:
            self._demand_method(settings)
            self._demand_shares(settings)
            if self.nodes == 1:
                _demand_gpus(self.count)

    def _demand_method(self, settings: TrainingSpec) -> None:
        method = METHODS.get(settings.method)  # "auto" is none yet
        if method is None or method.alone is None:
            return
        if not method.on_policy:
            others = sorted(name for name, other in METHODS.items() if other.alone is None)
            raise UserError(
                f"training.method is {method.name}, for {self}.",
                method.alone,
                f"Train it in one process, or train by {' or '.join(others)}.",
            )
        if settings.first is None and not settings.rl.trains_a_reward:
            raise UserError(
                f"training.method is {method.name}, for {self}.",
                "Of RLHF the fine-tuning before it and the reward model train in several processes, and this spec has "
                "neither; RL itself trains in one.",
                "Train it in one process.",
            )
        if settings.rl.trains_a_reward and self.zero == 3:
            raise UserError(
                f"{option('zero')} is 3, and the run trains a reward model.",
                "Its adapter is merged and its heads are fitted after training, on weights that ZeRO-3 has in pieces.",
                f"Give {option('zero')} 2 or 0.",
            )

    def _demand_shares(self, settings: TrainingSpec) -> None:
        method = METHODS.get(settings.method)
        sizes = {"training.reward.batch_size": settings.reward.batch_size} if settings.trains_a_reward else {}
        if method is None or not method.on_policy or settings.first is not None:
            sizes["training.batch_size"] = settings.batch_size
        for name, size in sizes.items():
            if size % self.total:
                raise UserError(
                    f"{name} is {size}, for {self.total} processes.",
                    "Each process takes an equal share of a batch, and that does not divide.",
                    f"Set {name} to a multiple of {self.total}, or change the number of processes.",
                )

    def demand_precision(self, precision: str, device: str) -> None:
        """Raises UserError where transformers knows no such training: bf16 with ZeRO on a CPU."""
        if self.zero and precision == "bf16" and device == "cpu":
            raise UserError(
                f"{option('zero')} is {self.zero}, and the model is trained in bf16 on a CPU.",
                "transformers' trainer takes bf16 with DeepSpeed on a GPU alone.",
                f"Set model.precision to fp32 in the spec, or give {option('zero')} 0.",
            )

    def share(self, settings: TrainingSpec) -> TrainingSpec:
        """The settings of each process: its share of each batch, so that all together take the spec's."""
        reward = settings.reward.model_copy(update={"batch_size": settings.reward.batch_size // self.total})
        return settings.model_copy(update={"batch_size": settings.batch_size // self.total, "reward": reward})


def _demand_gpus(count: int) -> None:
    import torch

    found = torch.cuda.device_count()
    if 0 < found < count:
        raise UserError(
            f"{option('processes')} is {count}.",
            f"Each takes a GPU of its own, and this machine has {found}.",
            f"Give {option('processes')} {found}, or spread them over machines (`trimtab train` does).",
        )
