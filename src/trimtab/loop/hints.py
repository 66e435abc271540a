"""What a run knows of the answers that people are to judge: its judge's verdicts, and the undecided gates that count
them. It is for the order in which a room brings them, and for leads; no reviewer is told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..errors import UserError
from ..evaluate import HELDOUT
from ..metrics import PEOPLE
from ..records import Comparison, Evaluation, GateResult, Message, Prompt, Ranking, Verdict, text_of
from ..store import FileName, Run, StageName
from .judged import answers_judged, asked_in_lines

if TYPE_CHECKING:
    from ..review import Gathered, NewItem, Task

Pair = tuple[str, str, str]
"""What was asked, in lines, and two answers."""
_SIDE: dict[int, Literal["first", "second", "tie"]] = {1: "first", -1: "second", 0: "tie"}


def hinted_by_runs(sources: Sequence[str], task: "Task", found: "Gathered") -> "Gathered":
    """The same items, each with what the runs among the sources know of it; sources are named as for a review."""
    runs: dict[Path, Run] = {}
    for source in sources:
        for name in (source, source.rpartition(":")[0]):
            if name and (Path(name) / FileName.RUN).is_file():
                runs[Path(name).resolve()] = Run.read(Path(name))
    if not runs:
        return found
    # what was known when they were opened before may not hold by now, so that nothing is said of those others too
    items = tuple(_more(item) for item in found.items)
    for run in runs.values():
        items = tuple(_judged(_marks(run), _verdicts(run), task, items))
        items = tuple(_gated(_open_gates(run, task), items))
    return replace(found, items=items)


def _marks(run: Run) -> dict[tuple[str, str], float]:
    """What the feedback's rubric made of single answers."""
    try:
        return answers_judged(run.folder)
    except UserError:  # it has judged none
        return {}


def _verdicts(run: Run) -> dict[Pair, int]:
    """What a judge by a constitution said of two answers: 1 for the first, -1 for the second, 0 where it said that
    they are alike or, sides swapped, something else."""
    found: dict[Pair, int] = {}
    for name in run.info.stages:
        stage = run.current(name) if name.startswith(StageName.CONSTITUTION) else None
        if stage is None:
            continue
        for row in stage.read_lines(FileName.COMPARISONS, Comparison):
            _both_ways(found, row.prompt, text_of(row.chosen), text_of(row.rejected), 1)
        for tie in stage.read_lines(FileName.TIES, Ranking):
            _both_ways(found, tie.prompt, text_of(tie.completions[0]), text_of(tie.completions[1]), 0)
    return found


def _both_ways(found: dict[Pair, int], prompt: tuple[Message, ...], one: str, other: str, better: int) -> None:
    asked = asked_in_lines(prompt)
    found[asked, one, other], found[asked, other, one] = better, -better


def _judged(
    marks: Mapping[tuple[str, str], float], verdicts: Mapping[Pair, int], task: "Task", items: Sequence["NewItem"]
) -> Iterator["NewItem"]:
    for item in items:
        asked, texts = asked_in_lines(item.prompt), [side.text for side in item.sides]
        given = [mark for text in texts if (mark := marks.get((asked, text))) is not None]
        found: Literal["first", "second", "tie"] | int | None = None
        if task.kind == "pair" and (asked, *texts) in verdicts:
            found = _SIDE[verdicts[asked, texts[0], texts[1]]]
        elif len(given) < len(texts):
            found = None
        elif task.kind == "pair":
            found = _SIDE[(given[0] > given[1]) - (given[0] < given[1])]
        elif task.kind == "rank" and given.count(max(given)) == 1:
            found = given.index(max(given))
        yield item if found is None else _more(item, judge=found)


def _open_gates(run: Run, task: "Task") -> dict[tuple[Message, ...], tuple[str, float]]:
    """Of each held-out prompt the undecided gate that counts its answer and stands nearest to its line, and how many
    standard errors from it; on the line where the gate's measure could not judge the answer."""
    gates, after = run.current(StageName.GATE), run.current(StageName.AFTER)
    if gates is None or after is None or not (after.folder / FileName.PROMPTS).is_file():
        return {}
    verdict, measured = gates.read(FileName.VERDICT, Verdict), after.read(FileName.EVALUATION, Evaluation)
    prompts = {prompt.id: prompt.messages for prompt in after.read_lines(FileName.PROMPTS, Prompt)}
    found: dict[tuple[Message, ...], tuple[str, float]] = {}
    for gate in verdict.gates:
        if gate.verdict != "undecided":
            continue
        for name, gap in _counted(gate, verdict.confidence, measured, task):
            before = found.get(prompts[name])
            if before is None or abs(gap) < abs(before[1]):
                found[prompts[name]] = gate.metric, gap
    return found


def _counted(gate: GateResult, confidence: float, measured: Evaluation, task: "Task") -> Iterator[tuple[str, float]]:
    """The held-out items that a gate counts, each with the gate's distance from its line."""
    gap, items = _gap(gate, confidence), measured.items.get(HELDOUT.name, ())
    if gate.metric.startswith(PEOPLE):
        from .roomed import metrics_of_task

        if gate.metric in metrics_of_task(task) and gap is not None:
            yield from ((name, gap) for name in items)
        return
    measure = measured.measure(gate.metric)
    if measure is None or measure.over != HELDOUT.name:
        return
    open_ = {place for places in measure.unjudged.values() for place in places}
    for place, (name, value) in enumerate(zip(items, measure.values, strict=True)):
        if place in open_:
            yield name, 0.0
        elif value is not None and gap is not None:
            yield name, gap


def _gap(gate: GateResult, confidence: float) -> float | None:
    """How many standard errors the figure lies above its line; None where there is no figure, or nothing varies."""
    from scipy.stats import norm

    if gate.figure is None or gate.low is None or gate.high is None or gate.high <= gate.low:
        return None
    error = (gate.high - gate.low) / 2 / float(norm.ppf(confidence))
    return (gate.figure - gate.limit) / error


def _gated(gates: Mapping[tuple[Message, ...], tuple[str, float]], items: Sequence["NewItem"]) -> Iterator["NewItem"]:
    for item in items:
        found = gates.get(item.prompt)
        yield item if found is None else _more(item, gate=found[0], gap=found[1])


def _more(item: "NewItem", **known: object) -> "NewItem":
    from ..review import Hint

    return replace(item, hint=(item.hint or Hint()).model_copy(update=known))
