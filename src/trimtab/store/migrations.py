"""What older runs and records are called today: one numbered step from each version of the format to the next.

Steps work on plain data and never import a record, so that a step stays right when records change again. Who changes
the wire form of a record adds a step here, which raises FORMAT by one.
"""

from collections.abc import Callable
from typing import Any

from ..records import SPEC_KEYS, rename_keys

Step = Callable[[str, dict[str, Any]], None]
"""Changes one record of the named kind (its class, or RunInfo, Manifest) in place, to the next version."""

_SUMMARISED = frozenset(
    "Advice Diagnosis Finding Overoptimization PreflightCheck ProbeResult RewardSummary TrainingSummary Validation "
    "Verdict".split()
)


def _from_1(kind: str, raw: dict[str, Any]) -> None:
    """1 to 2: what a record says in words is its `summary`; keys of specs are called by the field's terms, and feedback
    is a list of sources; what weights leave out is told where it is trained on."""
    if kind == "RunInfo":
        rename_keys(raw.get("spec"), SPEC_KEYS)
        _sources(raw.get("spec", {}).get("feedback", {}))
    elif kind == "FeedbackSummary":
        raw.pop("left_out", None)
    elif kind in _SUMMARISED:
        _rename_everywhere(raw, "says", "summary", but_in=frozenset({"changes", "rewards", "left_out"}))


def _from_2(kind: str, raw: dict[str, Any]) -> None:
    """2 to 3: baselines, the power of gates, tokens of prompts; what an older record does not tell has its default."""


_BY_DESIGN = ("policy.", "help.points", "help.false", "help.set.points", "help.set.false", "style.contractions",
              "style.repetition", "style.on_topic")  # fmt: skip
"""What the metrics begin with that are not about every item, so that an item without a value was not missing."""


def _from_3(kind: str, raw: dict[str, Any]) -> None:
    """3 to 4: which items of a measure could not be judged, and why; older ones counted what had no value. Messages
    may hold a name, a thought, tools and their calls, answers who gave them and what became of the prompt; what an
    older record does not tell is not there."""
    if kind != "Evaluation":
        return
    for measure in raw["measures"]:
        measure.pop("unscored", None)
        open_ = [place for place, value in enumerate(measure["values"]) if value is None]
        left = measure["mean"] is None and measure["low"] is not None  # bounds alone: which ones is not known
        known = not open_ or left or measure["metric"].startswith(_BY_DESIGN)
        measure["unjudged"] = {} if known else {"reason not kept": open_}


def _from_4(kind: str, raw: dict[str, Any]) -> None:
    """4 to 5: a person's judgement tells in which order answers were shown and for how long; older ones do not."""


_STEPS: dict[int, Step] = {1: _from_1, 2: _from_2, 3: _from_3, 4: _from_4}
FORMAT = 1 + max(_STEPS)
"""Version of the layout of a run and of the records in it; a newer one is refused."""


def migrate(kind: str, raw: dict[str, Any], version: int) -> None:
    """Brings a record of that kind and version up to FORMAT, in place."""
    for number in range(version, FORMAT):
        _STEPS[number](kind, raw)


def _sources(feedback: dict[str, Any]) -> None:
    files, sample = feedback.pop("files", []), feedback.pop("sample", None)
    if files or sample:
        feedback["sources"] = [{"sample": sample}] if sample else [{"file": file} for file in files]


def _rename_everywhere(raw: Any, old: str, new: str, *, but_in: frozenset[str]) -> None:
    if isinstance(raw, dict):
        if old in raw and new not in raw:
            items = [(new if key == old else key, value) for key, value in raw.items()]
            raw.clear()
            raw.update(items)
        raw = [value for key, value in raw.items() if key not in but_in]
    if isinstance(raw, list):
        for value in raw:
            _rename_everywhere(value, old, new, but_in=but_in)
