"""Whether this machine's memory suffices for a spec, told before anything is sampled or trained."""

from typing import TYPE_CHECKING

from ..advise import this_machine
from ..models import Need, sampling_need, shape_named
from ..records import PreflightCheck, PreflightName
from ..spec import LoadedSpec

if TYPE_CHECKING:
    from ..models import Precision


def needs_of(loaded: LoadedSpec, precision: "Precision") -> list[Need]:
    """What sampling and each training of a spec take here; nothing where the model's shape is not known."""
    from ..train import training_needs

    spec = loaded.spec
    shape = shape_named(spec.model.name, loaded.folder)
    if shape is None:
        return []
    cpu = not this_machine().accelerator
    return [
        sampling_need(shape, spec.decode_batch_size, precision=precision, cpu=cpu),
        *training_needs(shape, spec.training, precision, cpu=cpu),
    ]


def memory_check(loaded: LoadedSpec, precision: "Precision") -> PreflightCheck:
    """The largest need against this machine's memory. Other programs' memory is not counted."""
    needs, memory = needs_of(loaded, precision), this_machine().memory
    if not needs or memory is None:
        what = "the model's shape" if not needs else "this machine's memory"
        says, passed = f"not judged: {what} is not known.", True
    else:
        most = max(needs, key=lambda need: need.gib)
        passed = most.gib <= memory
        says = f"{most}, and there are {memory:.3g}.{'' if passed else f' {most.remedy(memory)}'}"
    return PreflightCheck(name=PreflightName.MEMORY, passed=passed, summary=says, required=False)
