"""`thought`, `tool-calls`, `more-turns`: what stands beside an answer, which is trained with it and may stand on one
side alone. Every other check of an answer looks at its text."""

from dataclasses import dataclass

import numpy as np

from ...data import CALLS, THOUGHT, TURNS
from ...records import Finding
from ...stats import paired_rate_interval
from ..limits import CONFIDENCE, ONE_SIDED
from ..result import CheckResult, ids, percent, share
from ..view import View


@dataclass(frozen=True)
class _Part:
    id: str
    has: str
    even: str
    uneven: str
    trained: str
    goal: str


_PARTS = {
    THOUGHT: _Part(
        "thought",
        "begin with a thought",
        "Answers begin with a thought",
        "One side alone thinks before it answers",
        "Thoughts are trained as they stand; the other findings are of the answers behind them.",
        "if the model is to think before it answers",
    ),
    CALLS: _Part(
        "tool-calls",
        "call a tool",
        "Answers call tools",
        "One side alone calls tools",
        "Whether to call is then taught, whatever is called and said.",
        "if the model is to learn when to call",
    ),
    TURNS: _Part(
        "more-turns",
        "go on over further turns of the user's",
        "Answers go on over further turns",
        "One side alone goes on over further turns",
        "A side of more turns is more text, and what the user said in them is no part of the answer.",
        "if the model is to keep a conversation going",
    ),
}


def thought(view: View) -> CheckResult | None:
    """Thoughts, between marks or in a field of their own; also chosen sides that are nothing else."""
    silent = view.beside(THOUGHT)[0].copy()
    rows = np.flatnonzero(silent)
    silent[rows] = [text.strip() == "" for text in view.text("chosen", rows)]
    return _beside(view, THOUGHT, silent)


def tool_calls(view: View) -> CheckResult | None:
    """Calls of tools."""
    return _beside(view, CALLS)


def more_turns(view: View) -> CheckResult | None:
    """Turns of the user's within an answer."""
    return _beside(view, TURNS)


def _beside(view: View, name: str, silent: np.ndarray | None = None) -> CheckResult | None:
    """How much oftener one side has a part than the other, by its paired interval; `silent` are rows whose chosen side
    has nothing but the part."""
    chosen, rejected = view.beside(name)
    either = chosen | rejected
    if not either.any():
        return None
    part, alone, other = _PARTS[name], chosen & ~rejected, rejected & ~chosen
    change = paired_rate_interval(rejected.astype(float), chosen.astype(float), confidence=CONFIDENCE)
    only, rows_alone = ("chosen", alone) if change.estimate >= 0 else ("rejected", other)
    uneven = max(change.low, -change.high) > ONE_SIDED
    nothing = silent if silent is not None else np.zeros(view.n, dtype=bool)
    empty = share(int(nothing.sum()), view.n).low > ONE_SIDED
    behind = np.flatnonzero(nothing | alone | other)
    # the clearest first: the side that has it oftener, and what has no answer
    order = np.argsort(~(rows_alone | nothing)[behind], kind="stable")
    rows = behind[order] if uneven or empty else np.flatnonzero(either)
    says = (
        f"{int(chosen.sum()):,} chosen and {int(rejected.sum()):,} rejected sides of {view.n:,} {part.has}. The chosen "
        f"side alone does in {percent(share(int(alone.sum()), view.n))} of rows, the rejected side alone in "
        f"{percent(share(int(other.sum()), view.n))}."
    )
    if nothing.any():
        says += f" In {int(nothing.sum()):,} the chosen side is that and no answer."
    remedy = f"Nothing, {part.goal}."
    if uneven or empty:
        remedy = f"Leave out the rows in which one side alone has it, or give both sides alike; nothing, {part.goal}."
    return CheckResult(
        Finding(
            id=part.id,
            severity="warn" if uneven or empty else "info",
            title=part.uneven if uneven else f"{part.even}, and some chosen sides are no more" if empty else part.even,
            figure=abs(change.estimate),
            summary=f"{says} {part.trained}",
            rows=ids(view, rows),
            count=len(rows),
            remedy=remedy,
            about=(only,) if uneven else (),
        ),
        behind=rows if uneven or empty else rows[:0],
    )
