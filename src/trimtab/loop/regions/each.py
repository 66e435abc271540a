"""All regions' runs, one after another or several at once; one that stops leaves the others at work."""

from collections.abc import Sequence

from ...advise import this_machine
from ...errors import UserError, option
from ...models import Need
from ...records import Verdict
from ..progress import Progress
from .apart import run_apart
from .one import RegionWork
from .stopped import EXPECTED, RegionsStopped, Stopped, why_stopped


def run_each(work: Sequence[RegionWork], at_once: int, progress: Progress) -> dict[str, Verdict]:
    """Each region's verdict.

    Raises RegionsStopped, once all others are done, where some stopped before their end; and what is a fault of the
    program as it is, likewise.
    """
    if at_once > 1:
        ended: dict[str, Verdict | Stopped | Exception] = run_apart(work, at_once, progress)
    else:
        ended = {each.name: _run(each, progress) for each in work}
    faults = [(name, each) for name, each in ended.items() if isinstance(each, Exception)]
    stopped = [each for each in ended.values() if isinstance(each, Stopped)]
    done = {name: each for name, each in ended.items() if isinstance(each, Verdict)}
    for each in stopped:
        progress.say(f"{each.where}: stopped. {each.told}")
    if faults:
        name, error = faults[0]
        error.add_note(f"This ended the region {name}. Finished: {', '.join(done) or 'none'}.")
        raise error
    if stopped:
        raise RegionsStopped(stopped, tuple(done))
    return done


def _run(work: RegionWork, progress: Progress) -> "Verdict | Stopped | Exception":
    try:
        return work.run(progress)
    except EXPECTED as error:
        return why_stopped(work.name, error)
    except Exception as error:
        return error


def how_many(wanted: int, regions: int, needs: Sequence[Need]) -> int:
    """How many regions are at work at once; `needs` are what one takes in memory.

    Raises UserError where more are wanted than the memory holds.
    """
    memory, most = this_machine().memory, max((need.gib for need in needs), default=None)
    asked = min(wanted, regions)
    if asked > 1 and memory is not None and most is not None and asked * most > memory:
        fitting = max(1, int(memory // most))
        raise UserError(
            f"{asked} regions are to be at work at once.",
            f"Each takes up to {most:.3g} GiB of memory, and there are {memory:.3g}.",
            f"Let {option('at_once', fitting)} be at work, or `at_once: {fitting}` in the spec.",
        )
    return asked
