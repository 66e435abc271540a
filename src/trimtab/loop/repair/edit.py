"""An intervention made ready: mended comparisons and an edited spec that `trimtab run` takes, under RUN/diagnosis."""

from collections import Counter
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ...audit import CheckResult, mended
from ...data import Framed
from ...errors import UserError, option
from ...records import Comparison, Conversion, Intervention, Message, also_thought, split_thought, text_of, to_jsonl
from ...scorers import words
from ...spec import LoadedSpec
from ...store import DIAGNOSIS
from .read_run import Diagnosed

FEEDBACK, SPEC = "feedback.jsonl", "spec.yaml"
TURNED, STRIPPED = "sides turned by trimtab diagnose", "thoughts taken off by trimtab diagnose"
"""The step in a comparison's provenance where an intervention turned it, or took its thoughts off."""
Contrast = Callable[[], list[Comparison]]


def write_intervention(done: Diagnosed, chosen: Intervention, contrast: Contrast | None = None) -> Path:
    """Writes the edited spec, and the data where that is mended; returns the spec's path.

    `contrast` makes the pairs of the models' own answers that an intervention of that kind adds. Raises UserError where
    people must do it, or the run does not tell where its spec lies.
    """
    run = done.run
    if not chosen.automatic:
        raise UserError(f"The intervention is {chosen.id}.", f"People must do it: {chosen.summary}", "Choose another.")
    if run.info.spec_folder is None:
        raise UserError(
            f"The run is {run.folder}.",
            "It does not tell where the files of its spec lie: an older trimtab made it.",
            f"Run its spec again with the same {option('out')}, which finds all done and notes the place.",
        )
    spec = edited(absolute(done.loaded), chosen.changes)
    if chosen.data is not None:
        rows, counts = mend(done, chosen.data)
        rows += contrast() if contrast is not None and chosen.data.startswith("contrast:") else []
        if not rows:
            raise UserError(f"The intervention is {chosen.id}.", "It leaves no comparison.", "Choose another.")
        run.write(f"{DIAGNOSIS}/{FEEDBACK}", to_jsonl(rows))
        spec |= {"feedback": {"files": [{"path": FEEDBACK}]}, "rounds": 1}
    head = f"# The spec of {run.info.name} with one intervention, {chosen.id}: {chosen.summary}\n"
    if chosen.data is not None:
        head += f"# Of its comparisons: {', '.join(f'{count} {name}' for name, count in counts.items())}.\n"
    return run.write(f"{DIAGNOSIS}/{SPEC}", head + yaml.safe_dump(spec, sort_keys=False, allow_unicode=True, width=110))


def mend(done: Diagnosed, data: str) -> tuple[list[Comparison], Counter[str]]:
    """The comparisons after KIND:FINDING, and how many rows were kept, changed, left out (by finding) or turned."""
    kind, _, name = data.partition(":")
    counts: Counter[str] = Counter()
    if kind == "turn":
        every = np.arange(len(done.compared))
        places = set((every if name == "all" else _behind(_found(done, name))).tolist())
        kept = [turned(row, name) if place in places else row for place, row in enumerate(done.compared)]
        counts.update(kept=len(kept) - len(places), turned=len(places))
        return kept, counts
    found = _found(done, name)
    if kind == "strip":
        with also_thought(done.loaded.spec.model.thought):
            stripped = [without_thought(row) for row in done.compared]
        whole = [row for row in stripped if row is not None]
        counts["kept"] = len(whole)
        counts["changed"] = sum(row is not old for row, old in zip(stripped, done.compared, strict=True) if row)
        if len(whole) < len(stripped):
            counts["without an answer, or alike behind the thoughts"] = len(stripped) - len(whole)
        return whole, counts
    match kind:
        case "fix":
            use = found
        case "drop" | "contrast":
            use = CheckResult(found.finding, drop=_behind(found))
        case "balance":
            use = CheckResult(found.finding, drop=_surplus(done, found))
        case _:
            raise AssertionError(f"no such kind of mending: {kind}")
    read = Framed.of(done.compared)
    new = [Comparison.model_validate(row) for row in mended(read, (use,), counts)]
    return new, counts


def turned(row: Comparison, why: str) -> Comparison:
    """The comparison with its sides changed, which its provenance tells behind what it told before."""
    old = row.provenance
    step = Conversion(made_of="comparison", rows=(row.id,), rule=TURNED, why=why)
    new = old.model_copy(
        update={
            "steps": (*old.steps, step),
            "margin": None,
            "scores": {scorer: (b, a) for scorer, (a, b) in old.scores.items()},
            "ended": (old.ended[1], old.ended[0]),
        }
    )
    sides = {"chosen": row.rejected, "rejected": row.chosen}
    models = {"chosen_model": row.rejected_model, "rejected_model": row.chosen_model}
    return row.model_copy(update={**sides, **models, "provenance": new})


def without_thought(row: Comparison) -> Comparison | None:
    """The comparison with the thoughts taken off both sides, which its provenance tells; itself where there is none,
    None where a side has no answer behind it, or both have the same."""
    sides = {side: tuple(map(_unthought, getattr(row, side))) for side in ("chosen", "rejected")}
    if all(sides[side] == getattr(row, side) for side in sides):
        return row
    said = [[message.text.strip() for message in side] for side in sides.values()]
    if said[0] == said[1] or not all(text_of(side).strip() for side in sides.values()):
        return None
    step = Conversion(made_of="comparison", rows=(row.id,), rule=STRIPPED, why="thought")
    told = row.provenance.model_copy(update={"steps": (*row.provenance.steps, step)})
    return row.model_copy(update={**sides, "provenance": told})


def _unthought(message: Message) -> Message:
    if message.role != "assistant":
        return message
    thought, answer = split_thought(message.content)
    content = message.content if thought is None else answer or ""
    return message.model_copy(update={"content": content, "reasoning_content": None})


def _found(done: Diagnosed, name: str) -> CheckResult:
    return next(one for one in done.audited.found if one.finding.id == name)


def _behind(found: CheckResult) -> Any:
    return found.behind if len(found.behind) else found.drop


def _surplus(done: Diagnosed, found: CheckResult) -> Any:
    """Rows of the longer kind that outnumber the others, those with the largest difference first."""
    unequal = sum(len(words(row.chosen_text)) != len(words(row.rejected_text)) for row in done.compared)
    return found.behind[: max(0, 2 * len(found.behind) - unequal)]


def edited(spec: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The spec with dotted keys set, as `--set` does: `feedback.sample` is the first source that is sampled."""
    new = deepcopy(spec)
    for key, value in changes.items():
        *sections, last = key.split(".")
        here = new
        if sections[:2] == ["feedback", "sample"]:
            here = next(source["sample"] for source in new["feedback"]["sources"] if source.get("sample"))
            sections = sections[2:]
        for part in sections:
            here[part] = here.get(part) or {}
            here = here[part]
        here[last] = value
    return new


def absolute(loaded: LoadedSpec) -> dict[str, Any]:
    """The spec as it is written in YAML, without empty values, every path in it absolute."""
    spec: dict[str, Any] = _without_none(loaded.spec.model_dump(mode="json"))
    spec["prompts"] = {name: str(loaded.path(path)) for name, path in spec["prompts"].items()}
    if "policy" in spec:
        spec["policy"] = str(loaded.rules_file(spec["policy"]))
    for source in spec["feedback"]["sources"]:
        if "file" in source:
            source["file"]["path"] = str(loaded.path(source["file"]["path"]))
    people = spec["evaluation"].get("people", {})
    for given in (people, *(source.get("review", {}) for source in spec["feedback"]["sources"])):
        if "room" in given and "://" not in given["room"]:
            given["room"] = str(loaded.path(given["room"]))
    if "tasks" in people:
        people["tasks"] = [str(loaded.path(name)) for name in people["tasks"]]
    for given in (spec["evaluation"], *spec["evaluation"]["benchmarks"]):
        if "data" in given and not given["data"].startswith("hub:"):
            given["data"] = str(loaded.path(given["data"]))
    model, rl = spec["model"], spec["training"]["rl"]
    folders = [(model, "name"), (model, "adapter"), *((term, "model") for term in (*rl["rewards"], rl.get("gold", {})))]
    for section, key in folders:
        if key in section and loaded.path(section[key]).is_dir():
            section[key] = str(loaded.path(section[key]))
    return spec


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(one) for key, one in value.items() if one is not None}
    return [_without_none(one) for one in value] if isinstance(value, list) else value
