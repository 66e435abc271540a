"""What each model says to the prompts of every region and of none, decoded alike: what a matrix is computed of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from ...evaluate import FACTS, HELDOUT, heldout_benchmark
from ...records import Answer, Score
from ...spec import LoadedRegions
from ...store import ADAPTER, FileName, Run, Stage
from ..evaluation.engine import Evaluator
from ..evaluation.items import BenchmarkItems
from ..evaluation.subject import Subject
from ..parts import precision_of, said_in
from ..progress import Progress
from ..stages import start_ref
from .inputs import RegionInputs

if TYPE_CHECKING:
    from ...models import LoadedModel


@dataclass(frozen=True)
class AskedModel:
    """A model of the matrix: what trained it, None for the start; and the evaluations of it that runs of regions hold,
    each a run with its scope."""

    name: str
    training: Stage | None
    held: tuple[tuple[Run, str], ...] = ()


@dataclass(frozen=True)
class Said:
    """The stages of one model's answers, by the region of the prompts, and of its facts, by the region of these."""

    answers: dict[str, Stage]
    facts: dict[str, Stage]

    @property
    def stages(self) -> tuple[Stage, ...]:
        """All of them."""
        return (*self.answers.values(), *self.facts.values())

    @property
    def keys(self) -> dict[str, str]:
        """What a stage that reads them hangs on."""
        made = {f"answers.{name}": stage.output(FileName.ANSWERS) for name, stage in self.answers.items()}
        return made | {f"facts.{name}": stage.output(FileName.SCORES) for name, stage in self.facts.items()}

    def by_prompt(self) -> dict[str, Answer]:
        """The answer to each prompt, by its id."""
        return {answer.prompt_id: answer for stage in self.answers.values() for answer in said_in(stage)}

    def right(self) -> dict[str, list[float | None]]:
        """Whether each fact of a region is right."""
        return {name: [s.value for s in stage.read_lines(FileName.SCORES, Score)] for name, stage in self.facts.items()}


def ask_all(
    run: Run,
    loaded: LoadedRegions,
    inputs: RegionInputs,
    asked: Sequence[AskedModel],
    identity: str,
    progress: Progress,
) -> dict[str, Said]:
    """Asks each model all held-out prompts, and the facts of each region, in stages of the whole run; what a region's
    run has asked it in the same way is not asked again. `identity` is the start model's."""
    sets = _sets(loaded, inputs)
    return {each.name: _ask(run, loaded, each, sets, identity, progress) for each in asked}


def _sets(loaded: LoadedRegions, inputs: RegionInputs) -> dict[str, list[BenchmarkItems]]:
    """What is asked in each region, and under COMMON in none: the held-out prompts, as the whole spec decodes them,
    and the facts that its run measures."""
    held = next((each for each in loaded.spec.evaluation.benchmarks if each.name == HELDOUT.name), None)
    settings = {"max_new_tokens": loaded.spec.evaluation.max_new_tokens} | (held.settings if held else {})
    benchmark = heldout_benchmark(()).with_settings(**{**settings, "most": None, "samples": 1})
    found: dict[str, list[BenchmarkItems]] = {}
    for name, prompts in inputs.heldout.items():
        of = inputs.regions.get(name)
        data = of.hashes["heldout"] if of is not None else inputs.common_hash
        found[name] = [BenchmarkItems(benchmark, prompts, prompts, False, name, data)]
        found[name] += [one for one in (of.benchmarks if of else ()) if one.benchmark.name == FACTS.name]
    return found


def _ask(
    run: Run, loaded: LoadedRegions, asked: AskedModel, sets: Mapping[str, list[BenchmarkItems]], identity: str,
    progress: Progress,
) -> Said:  # fmt: skip
    spec, start = loaded.spec, start_ref(loaded.any)
    precision = precision_of(run, spec.model.precision)
    ref = start
    told = {"model": identity}
    if asked.training is not None:
        ref = replace(start, adapters=(*start.adapters, str(asked.training.folder / ADAPTER)))
        told["adapter"] = asked.training.outputs_under(f"{ADAPTER}/")

    @cache
    def load(reward: bool) -> "LoadedModel":
        from ...models import load as load_model

        return load_model(ref, precision, progress.say)

    subject = Subject(asked.name, told, precision, load)
    made = Said({}, {})
    held = asked.held
    for name, items in sets.items():
        scope = f"{asked.name}.{name}"
        work = Evaluator(
            run, subject, rows=spec.decode_batch_size, seed=spec.seed, progress=progress, scope=scope, held=held
        )
        held = (*held, (run, scope))  # what regions ask alike, as facts of one file, is asked once
        for each in items:
            (made.facts if each.benchmark.name == FACTS.name else made.answers)[name] = work.ask(each)
    return made
