"""`empty-chosen`: the chosen side says less than the rejected one of what was asked."""

import numpy as np

from ...records import Finding
from ..helping import cut_short
from ..limits import EMPTY
from ..result import CheckResult, among, ids, percent, share
from ..view import View


def empty_chosen(view: View) -> CheckResult | None:
    """Of prompts that are to be answered: pairs whose chosen side echoes the question, is a preamble cut short or makes
    fewer of the prompt's points, and whose rejected side does not; they must be most of the pairs that differ so."""
    seen = view.helped
    rows, found, silent = seen.rows, seen.values, seen.nothing
    less, more = silent[0] & ~silent[1], silent[1] & ~silent[0]
    if "points" in found:
        chosen, rejected = np.nan_to_num(found["points"])
        less, more = (less | (chosen < rejected)) & ~more, (more | (chosen > rejected)) & ~less
    rate = share(int(less.sum()), len(rows))
    mostly = share(int(less.sum()), int((less | more).sum()))
    if rate.low <= EMPTY or mostly.low <= 0.5:
        return None
    behind = rows[less]
    announced = sum(cut_short(text) for text in view.text("chosen", behind))
    ways = [f"{int((silent[0] & less).sum()) - announced:,} echo the question or are pleasantries alone"]
    ways += [f"{announced:,} announce what does not come"] if announced else []
    if "points" in found:
        ways.append(f"{int((less & ~silent[0]).sum()):,} make fewer of the points that answers could make")
    return CheckResult(
        Finding(
            id="empty-chosen",
            severity="warn",
            title="The chosen answer says less of what was asked",
            figure=rate.estimate,
            summary=f"In {percent(rate)} of {among(view, rows)} the chosen side says less of what was asked than the "
            f"rejected one: of {len(behind):,}, {'; '.join(ways)}. The reverse holds in {int(more.sum()):,}.",
            rows=ids(view, behind),
            count=len(behind),
            remedy="Read the rows. Let the rubric pay for help (`help`, `points`) and not for echoes, take any run of "
            "an answer's sentences for a candidate (`trim_from: anywhere`), or leave the rows out.",
        ),
        behind=behind,
    )
