"""A stage done once, and its answers and scores made part by part: what is kept is not done again after a kill."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from ..errors import UserError
from ..judges import given_up
from ..models import memory_told
from ..records import Answer, Prompt, Score, ThoughtMarks, answered, several_served
from ..store import FileName, Run, Stage
from .notes import notes_of
from .progress import Progress

if TYPE_CHECKING:
    from ..models import Decoding, Engine, Precision


def once(stage: Stage, work: Callable[[], None], progress: Progress) -> Stage:
    """Runs a stage unless it is finished."""
    done = stage.manifest
    if done is not None:
        progress.say(f"{stage.name}: done before ({done.wall_seconds:.0f} s)")
        return stage
    started = time.time()
    stage.begin()
    with memory_told(f"The stage {stage.name} was at work"):
        work()
    manifest = stage.finish(started)
    progress.say(f"{stage.name}: done in {manifest.wall_seconds:.0f} s")
    return stage


def precision_of(run: Run, wanted: Literal["auto", "fp32", "bf16"]) -> "Precision":
    """The precision of a run's models, which "auto" came to the first time that it was asked."""
    from ..models import best_precision

    return "bf16" if run.resolve("precision", lambda: best_precision(wanted)) == "bf16" else "fp32"


def answers_in_parts(
    stage: Stage,
    engine: "Engine",
    prompts: Sequence[Prompt],
    *,
    samples: int,
    decoding: "Decoding",
    seed: int,
    chat: bool = True,
    progress: Progress,
    title: str,
    name: str = "answers",
) -> list[Answer]:
    """`samples` answers to each prompt, in the prompts' order; `name` is what the parts' files begin with."""
    found: list[Answer] = []
    plan = list(engine.parts(prompts, samples, decoding, chat=chat))
    files = [f"{name}-{number:05d}-of-{len(plan):05d}" for number in range(len(plan))]
    for old in stage.work.glob(f"{name}-*.jsonl"):
        if old.stem not in files and re.fullmatch(rf"{re.escape(name)}-\d{{5}}(-of-\d{{5}})?", old.stem):
            old.unlink()  # of another plan, which another version made
    with progress.track(title, len(prompts) * samples) as tracker:
        for file, part in zip(files, plan, strict=True):
            some = [prompts[i] for i in part]

            def make(some: list[Prompt] = some) -> list[Answer]:
                return engine.answers(some, samples=samples, decoding=decoding, seed=seed, chat=chat)

            found += stage.part(file, Answer, make)
            tracker.step(len(found))
    order = {prompt.id: index for index, prompt in enumerate(prompts)}
    for note in notes_of(found, decoding.temperature):
        progress.say(f"note: {title}: {note}")
    return sorted(found, key=lambda answer: (order[answer.prompt_id], answer.index))


def marked(marks: Sequence[ThoughtMarks]) -> dict[str, Any]:
    """The part of a spec that holds marks of thought, as `marks_in` reads it; empty where there are none."""
    return {"model": {"thought": [each.model_dump() for each in marks]}} if marks else {}


def marks_in(spec: Mapping[str, Any]) -> list[ThoughtMarks]:
    """The marks of thought that a run's spec adds to those that are known."""
    return [ThoughtMarks.model_validate(each) for each in (spec.get("model") or {}).get("thought") or ()]


def said_in(stage: Stage) -> list[Answer]:
    """The answers that a stage holds, if it does, the thought taken off: on disk they stand as they were said."""
    if not (stage.folder / FileName.ANSWERS).is_file():
        return []
    return answered(list(stage.read_lines(FileName.ANSWERS, Answer)))


def scores_in_parts(
    stage: Stage,
    items: Sequence[Any],
    at_once: int,
    make: Callable[[Sequence[Any]], Sequence[Score]],
    *,
    progress: Progress,
    name: str,
    title: str,
) -> list[Score]:
    """A score of each item, `at_once` at a time; `name` is what the parts' files begin with.

    Raises UserError where a judge's service is down: what it could not say then is not kept, but asked again.
    """
    found: list[Score] = []
    with progress.track(title, len(items)) as tracker:
        for first in range(0, len(items), at_once):
            some = items[first : first + at_once]

            def scores(some: Sequence[Any] = some) -> list[Score]:
                made = list(make(some))
                if down := next(filter(None, map(given_up, made)), ""):
                    raise UserError(
                        f"The stage {stage.name} asks a judge ({title}).",
                        f"It is {down}",
                        "See to its server; the same command goes on from what was judged before.",
                    )
                return made

            found += stage.part(f"{name}-{first:05d}", Score, scores)
            tracker.step(len(found))
    if told := several_served(each.served for each in found):
        progress.say(f"note: {title}: {told}")
    return found
