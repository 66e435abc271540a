"""Questions to whoever judges or criticises: told before and after how many calls that is, what they cost, how long."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from ...judges import Asked, Budget
from ..progress import Progress


@contextmanager
def told(
    progress: Progress, budget: Budget, waiting: Sequence[Asked], every: int, room: int, name: str, title: str, bar: str
) -> Iterator[Callable[[], None]]:
    """Says what `waiting`, of `every` question, may come to, counts what is called for each answer while the block
    lasts, and says what it came to; `room` is the most tokens of an answer, `name` whose they are."""
    letters, out = sum(question.letters for question in waiting), room * len(waiting)
    said = f"{title}, {every - len(waiting)} of them answered before" if len(waiting) < every else title
    said += f"; {len(waiting)} to ask of {name}, {letters:,} letters in, at most {out:,} tokens out"
    if budget.priced:
        said += f"; likely to cost up to {budget.about(letters, out):.4g}, at most {budget.at_most(letters, out):.4g}"
        said += "" if budget.limit is None else f" of {budget.limit:.4g} that it may cost"
    progress.say(said)
    began, before, spent = time.monotonic(), budget.answered, budget.spent or 0.0
    with progress.track(bar, every) as tracker:

        def step() -> None:
            done = every - len(waiting) + budget.answered - before
            tracker.step(done, "" if budget.spent is None else f"{budget.spent:.4g} spent")

        try:
            yield step
        finally:
            seconds = time.monotonic() - began
            cost = "" if budget.spent is None else f", {budget.spent - spent:.4g} spent"
            progress.say(f"{name} answered {budget.answered - before} questions in {seconds:.0f} s{cost}")
