"""What a training is watched by: prompts that no row is about, what judged the rows, and an independent measure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import UserError
from ..evaluate import spread
from ..records import Prompt, Reject, Supervision, asked_of
from ..scorers import Opened
from ..spec import MonitorSpec, RewardTerm

if TYPE_CHECKING:
    from ..train import Watch
    from .stages.session import Session

FEWEST = 8
"""Prompts under which a monitor judges nothing."""
PART = 10
"""Of the prompts that rows are about, one in so many may be watched instead, where too few are left."""
_REASON = "its prompt is watched and not trained on (training.monitor)"


def set_aside(
    prompts: Sequence[Prompt], rows: Sequence[Supervision], wanted: int
) -> tuple[list[Prompt], list[Supervision], list[Reject]]:
    """`wanted` prompts to watch, spread over their file, the rows that are about none of them, and those that are.

    First come prompts that no row is about; where they are too few, some that rows are about, one in PART or FEWEST.
    Raises UserError where that leaves no row to train on.
    """
    taught = {row.prompt for row in rows}
    free = [prompt for prompt in prompts if prompt.messages not in taught]
    used = [prompt for prompt in prompts if prompt.messages in taught]
    watched = spread(free, wanted)
    if len(watched) < wanted:
        more = min(wanted - len(watched), max(FEWEST - len(watched), len(used) // PART))
        watched += spread(used, max(0, more))
    asked = {prompt.messages for prompt in watched}
    kept = [row for row in rows if row.prompt not in asked]
    out = [
        Reject(source=row.provenance.source, row=row.id, reason=_REASON, excerpt=asked_of(row.prompt)[:120])
        for row in rows
        if row.prompt in asked
    ]
    if rows and not kept:
        raise UserError(
            f"`training.monitor` watches {len(watched)} of {len(prompts)} training prompts.",
            f"None of {len(rows)} rows is left to train on: watched prompts are kept out of training.",
            "Give more training prompts, or remove the monitor.",
        )
    return watched, kept, out


def watch(session: "Session", asked: MonitorSpec, prompts: Sequence[Prompt], opened: Opened, every: int) -> "Watch":
    """What a training on other prompts is watched by; `opened` holds the scorers of its terms and of the rubric."""
    from ..train import Term, Watch, reward_function

    sample = session.spec.feedback.sample
    rubric = sample.rubric if sample is not None else None

    def term(name: str, of: RewardTerm) -> "Term":
        return Term(name, of.weight, reward_function(of, rubric, opened))

    return Watch(
        prompts=tuple(prompts),
        proxy=term("rubric" if asked.proxy.rubric else asked.proxy.name, asked.proxy),
        gold=term("gold", asked.gold),
        every=asked.every or every,
        rows=session.spec.decode_batch_size,
        max_new_tokens=asked.max_new_tokens,
    )
