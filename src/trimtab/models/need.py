"""What a work takes in memory, told before it begins and where memory ran out, and which setting halves it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..errors import UserError
from .memory import (
    BESIDE,
    GIB,
    adapter_gib,
    cached_bytes,
    choosing_bytes,
    decoding_copies_gib,
    token_bytes,
    training_copies_gib,
    weights_gib,
)
from .shape import Shape

TOKENS = 256
"""Tokens of a prompt with its answer, where nothing better is known."""
SAMPLED = "decode_batch_size (answers decoded at once)"
STEPPED = "training.batch_size (with training.accumulate doubled, a step learns from as many rows)"
SHORTENED = "training.max_length"
ROLLED_OUT = "training.rl.prompts_per_step"
"""The settings that halve what a work takes beside the weights."""
_SAYS = ("out of memory", "can't allocate memory", "not enough memory", "cannot allocate memory")
"""How torch says it, of whichever device."""


@dataclass(frozen=True)
class Need:
    """GiB that a work takes at most: the `weights`, `work` beside them, and the setting that `halves` the latter;
    `copies` are those that a CPU packs of the weights of smaller models, to multiply faster."""

    what: str
    weights: float
    work: float
    halves: str
    copies: float = 0.0

    @property
    def gib(self) -> float:
        """All of it."""
        return self.weights + self.work + self.copies

    def __str__(self) -> str:
        packed = f" and {self.copies:.3g} packed copies of them" if self.copies else ""
        return f"{self.what} takes up to {self.gib:.3g} GiB, {self.weights:.3g} of them weights{packed}"

    def remedy(self, memory: float | None) -> str:
        """What to do where it does not fit into so many GiB."""
        if not self.work or (memory is not None and self.weights + self.copies > memory):
            packed = ", with their packed copies," if self.copies else ""
            return (
                f"The weights alone{packed} take {self.weights + self.copies:.3g} GiB: take a smaller model, or a "
                "larger machine (model.precision bf16 halves the weights of fp32)."
            )
        return f"Halve {self.halves}: that halves the {self.work:.3g} GiB beside the weights."


def sampling_need(
    shape: Shape, answers: int, tokens: int = TOKENS, precision: str = "bf16", *, cpu: bool = False
) -> Need:
    """Evaluation and sampling of so many answers at once, each of so many tokens with its prompt."""
    work = answers * (tokens * cached_bytes(shape, precision) + choosing_bytes(shape)) / GIB + BESIDE
    told = f"sampling {answers} answers at once, of {tokens} tokens with their prompts,"
    copies = decoding_copies_gib(shape, precision) if cpu else 0.0
    return Need(told, weights_gib(shape.parameters, precision), work, SAMPLED, copies)


def step_need(
    shape: Shape, rows: int, tokens: int = TOKENS, precision: str = "bf16", *, rank: int = 16, share: float = 1.0,
    halves: str = STEPPED, cpu: bool = False,
) -> Need:  # fmt: skip
    """A step of training with LoRA on so many rows (DPO: two for each pair), padded to so many tokens; the upper
    `share` of the layers is trained. A forest takes less."""
    work = rows * tokens * token_bytes(shape, precision, share) / GIB + share * adapter_gib(shape, rank) + BESIDE
    told = f"a training step on {rows} rows of {tokens} tokens"
    copies = training_copies_gib(shape, precision, share) if cpu else 0.0
    return Need(told, weights_gib(shape.parameters, precision), work, halves, copies)


def rloo_need(
    shape: Shape, answers: int, tokens: int = TOKENS, precision: str = "bf16", *, rank: int = 16, share: float = 1.0,
    judges: int = 0, cpu: bool = False,
) -> Need:  # fmt: skip
    """A step of RL on so many answers, which are sampled first; `judges` models of the policy's size reward them."""
    sampled = sampling_need(shape, answers, tokens, precision, cpu=cpu)
    step = step_need(shape, answers, tokens, precision, rank=rank, share=share, cpu=cpu)
    told = f"a step of RL on {answers} answers of {tokens} tokens with their prompts"
    copies = step.copies + judges * sampled.copies
    return Need(told, sampled.weights * (1 + judges), max(sampled.work, step.work), ROLLED_OUT, copies)


def out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that memory ran out, the device's or the machine's."""
    if isinstance(error, MemoryError):
        return True
    said = str(error).lower()
    return isinstance(error, RuntimeError) and any(words in said for words in _SAYS)


@contextmanager
def memory_told(what: str, needs: Callable[[], Need | None] = lambda: None) -> Iterator[None]:
    """Around a work: raises UserError where memory runs out, with what it needs and which setting halves that."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not out_of_memory(error):
            raise
        ran_out = error
    else:
        return
    need, memory = needs(), _memory()
    raise UserError(
        f"{what}{f': {need}' if need is not None else ''}.",
        f"Memory ran out{_where(memory)}: {str(ran_out).strip().splitlines()[0][:160] if str(ran_out) else 'it says'}",
        need.remedy(memory[1] if memory else None) if need is not None else "Take smaller batches, or shorter rows.",
    ) from None


def _where(memory: tuple[float, float] | None) -> str:
    return f" on the GPU ({memory[0]:.3g} of {memory[1]:.3g} GiB were free)" if memory else ""


def _memory() -> tuple[float, float] | None:
    """GiB free and in all on the GPU; None where there is none."""
    import torch

    if not torch.cuda.is_available():
        return None
    free, everything = torch.cuda.mem_get_info()
    return free / GIB, everything / GIB
