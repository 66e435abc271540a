"""What would change the advice: each fact of a case is set to other plausible values, and the decision made again.

Between a case's own number and the nearest tried one that changes the method, the border is then found by halving, so
that the answer says from where on the advice is another.
"""

from collections.abc import Callable
from typing import Any, assert_never

from ..methods import METHODS
from ..records import Case, Change, Method

Decide = Callable[[Case], Method]
Value = float | int | bool | str | None

TRIED: dict[str, tuple[Value, ...]] = {
    "comparisons": (0, 20, 500, 5_000, 50_000),
    "demonstrations": (0, 1_000),
    "on_policy": (0.0, 1.0),
    "distance": (0.0, 3.0),
    "label_noise": (0.0, 0.2, 0.45),
    "margin": (0.01, 0.5),
    "reward": ("none", "programmatic", "verifiable"),
    "refined": (False, True),
    "constrained": (False, True),
    "memory": (8.0, 24.0, 80.0, 640.0),
    "hours": (1.0, 24.0, 720.0),
    "accelerator": (False, True),
    "parameters": (135_000_000, 7_000_000_000, 70_000_000_000),
    "edits": (0, 1_000),
    "ranked_pairs": (0, 1_000),
    "rated_pairs": (0, 1_000),
    "prompts": (20, 1_000),
}
"""Values that each fact is set to, in turn."""
SAME = ("edits", "ranked_pairs", "rated_pairs")
"""Facts that count as comparisons, and are told only where comparisons themselves would not do the same."""
THUMBS = ((0, 0), (1_000, 1_000), (1_000, 0))
"""Thumbs up and down, which only together make a case."""
NAMES = {
    "on_policy": "the share of the model's own answers",
    "distance": "the distance of the chosen answers (nats a token)",
    "label_noise": "the share of wrong labels",
    "ranked_pairs": "comparisons from rankings",
    "rated_pairs": "comparisons from ratings",
    "margin": "the mean margin",
    "memory": "memory (GiB)",
    "hours": "hours",
    "parameters": "the model's parameters",
    "prompts": "distinct prompts",
}
WHETHER = {
    ("refined", True): "the reward were to be refined again and again",
    ("refined", False): "the reward were fixed once and for all",
    ("constrained", True): "two sides had to be kept at once, safety at stake",
    ("constrained", False): "only one side counted",
    ("accelerator", True): "there were an accelerator",
    ("accelerator", False): "there were no accelerator",
    ("reward", "none"): "nothing judged new answers",
    ("reward", "programmatic"): "a rubric or a scorer judged any answer",
    ("reward", "verifiable"): "the reward were verifiable",
}
_SHORT = 10**8
"""Numbers from which only three digits are told."""
LABEL = {name: method.title for name, method in METHODS.items()} | {"collect": "gather more feedback first"}


def changes(case: Case, method: Method, decide: Decide) -> tuple[Change, ...]:
    """The single facts that would change the method; for each other method the nearest value that leads to it."""
    found: list[Change] = []
    for fact, values in TRIED.items():
        own = getattr(case, fact)
        nearest: dict[Method, Value] = {}
        for value in sorted((value for value in values if value != own), key=lambda value: _gap(own, value)):
            other = decide(_with(case, fact, value))
            known = fact in SAME and any(change.fact == "comparisons" and change.method == other for change in found)
            if other != method and not known:
                nearest.setdefault(other, value)
        for other, value in nearest.items():
            border = _border(case, fact, own, value, other, decide)
            says = f"if {_told(fact, own, border)}: {LABEL[other]}"
            found.append(Change(fact=fact, method=other, unknown=own is None, summary=says))
    return (*found, *_thumbs(case, method, decide))


def _with(case: Case, fact: str, value: Value) -> Case:
    """The case with one fact changed, and what hangs on it: at least as many prompts as new comparisons."""
    update: dict[str, Any] = {fact: value}
    if fact in ("comparisons", *SAME) and isinstance(value, int):
        update["prompts"] = max(case.prompts, value)
    return case.model_copy(update=update)


def _thumbs(case: Case, method: Method, decide: Decide) -> list[Change]:
    found: dict[Method, Change] = {}
    for up, down in THUMBS:
        other = decide(case.model_copy(update={"thumbs_up": up, "thumbs_down": down}))
        if other != method and (up, down) != (case.thumbs_up, case.thumbs_down):
            now = f"now {case.thumbs_up:,} and {case.thumbs_down:,}"
            says = f"if there were {up:,} thumbs up and {down:,} down ({now}): {LABEL[other]}"
            found.setdefault(other, Change(fact="thumbs", method=other, unknown=False, summary=says))
    return list(found.values())


def _gap(own: Value, value: Value) -> float:
    if isinstance(own, str | bool | None) or isinstance(value, str | bool | None):
        return 0.0
    return abs(own - value)


def _border(case: Case, fact: str, own: Value, value: Value, other: Method, decide: Decide) -> Value:
    """The value nearest to the case's own that still gives the other method, to a hundredth of the way."""
    if isinstance(own, str | bool | None) or isinstance(value, str | bool | None):
        return value
    stays, turns = own, value
    whole = isinstance(own, int)
    while abs(turns - stays) > (1 if whole else abs(value - own) / 100):
        middle = (stays + turns) // 2 if whole else (stays + turns) / 2
        if decide(_with(case, fact, middle)) == other:
            turns = middle
        else:
            stays = middle
    return turns


def _told(fact: str, own: Value, value: Value) -> str:
    match value:
        case None:
            raise AssertionError("no fact is tried as unknown")
        case bool() | str():
            return WHETHER[fact, value]
        case int() | float():
            name = NAMES.get(fact, fact)
            now = "not known" if own is None else f"now {_number(own)}"
            way = "were" if own is None else "rose to" if value > float(own) else "fell to"
            return f"{name} {way} {_number(value)} ({now})"
        case _:
            assert_never(value)


def _number(value: Value) -> str:
    if isinstance(value, int):
        return f"{value:,}" if value < _SHORT else f"{value / 1e9:.3g} billion"
    return f"{value:.3g}"
