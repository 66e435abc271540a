"""A run at work: what its stages share."""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...judges import open_scorers
from ...policy import policy_version
from ...records import Answer, Judgement, Prompt, ScorerRef, added_marks, thought_version
from ...scorers import Opened, Scorer
from ...spec import LoadedSpec, scorers_in
from ...store import ADAPTER, Run, Stage, StageName, digest
from ..budgets import RunBudget
from ..inputs import Inputs
from ..kept_scorers import kept
from ..parts import answers_in_parts, once, precision_of
from ..progress import Progress
from ..trust import JudgesHeld, hold_scorers

if TYPE_CHECKING:
    from ...models import Decoding, LoadedModel, ModelRef, Precision
    from ...train import Processes


class Session:
    """A spec at work in one run directory: its files, its models in memory, the stages `used`, and its round.

    `fresh` is whether rooms of people are read anew whose judgements the run has kept, `max_cost` what all judges of
    its feedback that have prices may cost together.
    """

    def __init__(
        self,
        run: Run,
        loaded: LoadedSpec,
        inputs: Inputs,
        progress: Progress,
        processes: "Processes | None" = None,
        fresh: bool = False,
        max_cost: float | None = None,
    ) -> None:
        from ...models import device, identity
        from ...train import Processes

        self.run = run
        self.judges = JudgesHeld(run, loaded)
        self.processes = processes or Processes()
        self.processes.demand(loaded.spec.training)
        self.loaded = loaded
        self.spec = loaded.spec
        self.path = loaded.path
        self.points = loaded.points
        self.policy = loaded.policy
        self.inputs = inputs
        self.progress = progress
        model = self.spec.model
        self.start = start_ref(loaded)
        self.precision: Precision = precision_of(run, model.precision)
        self.processes.demand_precision(self.precision, device().type)
        self._policy_folder = loaded.rules_file(self.spec.policy).parent if self.spec.policy is not None else None
        asked = (self.spec.feedback, self.spec.evaluation)
        self.scorers = self.opened(ref for section in asked for _, ref in scorers_in(section))
        hold_scorers(self)
        self.start_identity = identity(self.start, progress.say)
        self._loaded: LoadedModel | None = None
        self.used: set[str] = set()
        self.fresh = fresh
        self.budget = RunBudget(max_cost)
        self.round = 1
        self.before: Stage | None = None

    def begin_round(self, number: int, trained: Stage) -> None:
        """From here on feedback and training are of this round, and start from the model that `trained` ended in."""
        self.round, self.before = number, trained

    def go_on_from(self, trained: Stage) -> None:
        """Training starts from the model that a training of another run ended in, which this run keeps a copy of."""
        wanted = {**self.started_from(None), "adapter": trained.outputs_under(f"{ADAPTER}/")}
        stage = self.stage(StageName.SHARED, {}, wanted)

        def copy() -> None:
            shutil.copytree(trained.folder / ADAPTER, stage.folder / ADAPTER, dirs_exist_ok=True)

        self.before = self.do(stage, copy)

    def started_from(self, before: Stage | None) -> dict[str, str]:
        """The model that a stage starts from, as its input: the run's own, with a stage's adapter on it."""
        own = {"model": self.start_identity}
        return own if before is None else own | {"before": before.outputs_under("adapter/")}

    def stage(self, name: str, settings: Mapping[str, Any], inputs: Mapping[str, str]) -> Stage:
        """A stage of this run, by what its result hangs on."""
        told = {**settings, "seed": self.spec.seed, **({"thought": thought_version()} if added_marks() else {})}
        plain = json.loads(json.dumps(told, default=lambda value: value.model_dump()))
        self.used.add(name)
        return self.run.stage(name, settings=plain, inputs=inputs)

    def kept_of_people(self, name: str, settings: Mapping[str, Any], inputs: Mapping[str, str]) -> Stage | None:
        """The stage that keeps what people said where it was made of the same, whatever they have said since; None
        where it was not, or is to be made `fresh`."""
        done = self.run.current(name)
        kept = done.manifest if done is not None else None
        asked = json.loads(json.dumps(settings))
        if (
            kept is None
            or self.fresh
            or not (asked.items() <= kept.settings.items() and inputs.items() <= kept.inputs.items())
        ):
            return None
        self.used.add(name)
        stage = self.run.stage(name, settings=kept.settings, inputs=kept.inputs)
        self.progress.say(f"{name}: as people had judged when the run went on")
        return stage

    @staticmethod
    def digest_of(judgements: Iterable[Judgement]) -> str:
        """What judgements come to, for the key of the stage that keeps them."""
        return digest([each.model_dump(mode="json") for each in judgements])

    def do(self, stage: Stage, work: Callable[[], None]) -> Stage:
        """Runs a stage unless it is finished."""
        return once(stage, work, self.progress)

    def answers(
        self,
        stage: Stage,
        model: "LoadedModel",
        prompts: Sequence[Prompt],
        samples: int,
        decoding: "Decoding",
        title: str,
        system: str | None = None,
    ) -> list[Answer]:
        """`samples` answers of a model to each prompt, under a `system` message if one is given, kept in parts.

        `title` is what the progress says.
        """
        from ...models import InProcess

        engine = InProcess(model, self.spec.decode_batch_size, system)
        return answers_in_parts(
            stage,
            engine,
            prompts,
            samples=samples,
            decoding=decoding,
            seed=self.spec.seed + self.round - 1,  # else a later round would draw the same numbers again
            progress=self.progress,
            title=title,
        )

    @property
    def baseline_system(self) -> str | None:
        """The spec's baseline message, if it has one."""
        return self.spec.baseline.system if self.spec.baseline is not None else None

    def model(self) -> "LoadedModel":
        """The model that the run starts from, loaded once."""
        from ...models import load

        if self._loaded is None:
            self._loaded = load(self.start, self.precision, self.progress.say)
        return self._loaded

    def trained(self, training: Stage) -> "LoadedModel":
        """The model that a stage of training ended in."""
        from ...models import ModelRef, load

        ref = ModelRef(self.start.base, (*self.start.adapters, str(training.folder / ADAPTER)))
        return load(ref, self.precision, self.progress.say)

    def given_up(self, before: Stage | None) -> "LoadedModel":
        """The run's model, or that after a training, and nothing here holds it: training wraps its layers."""
        if before is not None:
            self._loaded = None  # one model in memory is enough
        start = self.model() if before is None else self.trained(before)
        self._loaded = None  # whoever needs it next loads it afresh
        return start

    def launched(self) -> dict[str, int]:
        """What a stage's result owes to the processes that trained it."""
        return {"processes": self.processes.total, "zero": self.processes.zero} if self.processes.launched else {}

    def opened(self, refs: Iterable[ScorerRef], trained: Path | None = None) -> dict[ScorerRef, Scorer]:
        """The scorers of some refs, and those that check the policy; `trained` is the run's own reward model."""
        return open_scorers(
            refs,
            path=self.path,
            policy=self.policy,
            policy_folder=self._policy_folder,
            precision=self.precision,
            trained=trained,
            points=self.points,
            say=self.progress.say,
        )

    def kept(self, stage: Stage, opened: Opened | None = None) -> Opened:
        """The scorers of feedback and policy, or others, with what they say kept in a stage while it is unfinished."""
        return kept(self.scorers if opened is None else opened, stage, self.progress)

    def ruled(self) -> dict[str, str]:
        """What a stage's result owes to the policy and the scorers that check its rules."""
        return {"policy": policy_version(self.policy, self.scorers)} if self.policy is not None else {}


def start_ref(loaded: LoadedSpec) -> "ModelRef":
    """The model that a spec starts from; a folder's path is relative to the spec's."""
    from ...models import ModelRef

    model = loaded.spec.model
    adapters = (str(loaded.path(model.adapter)),) if model.adapter else ()
    return ModelRef(str(loaded.path(model.name)) if loaded.path(model.name).is_dir() else model.name, adapters)
