"""The stages of a run, each from records on disk to records on disk; `run_loop` walks them."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..data import read_comparisons
from ..evaluate import TEMPLATE, differences, facts_right, measure, style_values
from ..feedback import JUDGE, compare, strongest, summarise
from ..gate import VERSION as GATE_VERSION
from ..gate import decide
from ..records import (
    Answer,
    Comparison,
    Evaluation,
    FeedbackSummary,
    Prompt,
    Reject,
    Score,
    to_jsonl,
)
from ..scorers import VERSION
from ..spec import LoadedSpec, SamplingSpec
from ..store import Run, Stage
from .generation import answers_in_parts, scores_in_parts
from .inputs import Inputs
from .launching import Told, launched_training, write_training
from .progress import Progress

if TYPE_CHECKING:
    from ..models import Decoding, LoadedModel, ModelRef, Precision
    from ..train import Processes

FACTS_AT_ONCE = 32
KL_AT_ONCE = 32
"""Items of a part: what a killed evaluation loses at most."""
_MORE_THAN_MARGIN = "has a narrower margin than the ones kept (feedback.sample.most)"


class Stages:
    """Runs a spec's stages in one run directory. A stage that is finished is not run again."""

    def __init__(
        self,
        run: Run,
        loaded: LoadedSpec,
        inputs: Inputs,
        progress: Progress,
        processes: "Processes | None" = None,
    ) -> None:
        from ..models import best_precision, device, identity
        from ..train import Processes

        self.run = run
        self.processes = processes or Processes()
        self.spec = loaded.spec
        self.inputs = inputs
        self.progress = progress
        model = self.spec.model
        self.start = start_ref(loaded)
        self.precision: Precision = (
            "bf16" if run.resolve("precision", lambda: best_precision(model.precision)) == "bf16" else "fp32"
        )
        self.processes.demand_precision(self.precision, device().type)
        self.start_identity = identity(self.start, progress.say)
        self._loaded: LoadedModel | None = None

    def feedback(self) -> Stage:
        """The comparisons, from a file or from the model's own answers, as the spec says."""
        return self.import_comparisons() if self.inputs.comparisons else self.judge(self.sample())

    def sample(self) -> Stage:
        """Several answers of the model's own to each training prompt."""
        settings = self._sampling()
        decoding = settings.model_dump(include={"max_new_tokens", "temperature", "top_p"})
        stage = self._stage(
            "feedback.sample",
            {**decoding, "samples": settings.samples_per_prompt, "rows": self.spec.rows},
            {"model": self.start_identity, "train": self.inputs.hashes["train"]},
        )

        def work() -> None:
            from ..models import Decoding

            answers = self._answers(
                stage,
                self._model(),
                self.inputs.train,
                settings.samples_per_prompt,
                Decoding(**decoding),
                "sampling answers",
            )
            stage.write("answers.jsonl", to_jsonl(answers))

        return self._do(stage, work)

    def judge(self, sample: Stage) -> Stage:
        """The answers judged by the rubric: comparisons, the reject log, and a summary of what they teach."""
        settings = self._sampling()
        stage = self._stage(
            "feedback.judge",
            {
                "scorers": VERSION,
                **settings.model_dump(include={"rubric", "margin", "trim_to_sentences", "most"}),
            },
            {"answers": sample.output("answers.jsonl"), "train": self.inputs.hashes["train"]},
        )

        def work() -> None:
            answers: dict[str, list[Answer]] = {}
            for answer in sample.read_lines("answers.jsonl", Answer):
                answers.setdefault(answer.prompt_id, []).append(answer)
            source = str(self.start)
            made = [compare(prompt, answers[prompt.id], settings, source) for prompt in self.inputs.train]
            kept, narrower = strongest([item for item in made if isinstance(item, Comparison)], settings.most)
            rejected = [item for item in made if isinstance(item, Reject)]
            rejected += [
                Reject(source=source, row=item.id, reason=_MORE_THAN_MARGIN, excerpt=item.chosen_text[:120])
                for item in narrower
            ]
            self._write_feedback(stage, kept, rejected, source, JUDGE)

        return self._do(stage, work)

    def import_comparisons(self) -> Stage:
        """Comparisons from a file, with the reject log."""
        path = self.inputs.comparisons
        assert path is not None
        stage = self._stage("feedback.import", {"scorers": VERSION}, {"comparisons": self.inputs.hashes["comparisons"]})

        def work() -> None:
            loaded = read_comparisons(path)
            judges = sorted({item.provenance.judge for item in loaded.kept})
            self._write_feedback(stage, loaded.kept, loaded.rejected, path.name, ", ".join(judges[:5]) or "unknown")

        return self._do(stage, work)

    def train(self, feedback: Stage) -> Stage:
        """DPO on the comparisons: the adapter, the curve, the preflight, and what could not be trained on.

        For several machines nothing is trained here: raises `Prepared` with what starts it, until its result is there.
        """
        settings, processes = self.spec.training, self.processes
        launched = {"processes": processes.total, "zero": processes.zero} if processes.launched else {}
        stage = self._stage(
            "train",
            settings.model_dump(mode="json") | {"precision": self.precision} | launched,
            {"model": self.start_identity, "comparisons": feedback.output("comparisons.jsonl")},
        )

        def work() -> None:
            from ..models import end_ids, entry
            from ..train import plan, train_dpo

            start = self._model()
            comparisons = feedback.read_lines("comparisons.jsonl", Comparison)
            planned = plan(comparisons, start.tokenizer, settings.max_length, end_ids(start.model, start.tokenizer))
            if planned.rejected:
                self.progress.say(f"{len(planned.rejected)} comparisons cannot be trained on: see rejected.jsonl")
            stage.write("rejected.jsonl", to_jsonl(planned.rejected))
            known = entry(self.start.base)
            self._loaded = None  # training wraps the model's layers; whoever needs it next loads it afresh
            probe_prompts = _spread(self.inputs.train, settings.probe_prompts)
            base_name = known.hub_id if known else None
            with self.progress.track("training", 1) as tracker:
                told = Told(lambda step, of, loss: tracker.step(step, f"loss {loss:.3f}", of), self.progress.say)
                if processes.launched:
                    del start
                    job = write_training(self, stage, planned.comparisons, probe_prompts, base_name)
                    summary = launched_training(job, processes, told)
                else:
                    summary = train_dpo(
                        start,
                        planned.comparisons,
                        settings,
                        seed=self.spec.seed,
                        work=stage.work,
                        adapter=stage.folder / "adapter",
                        probe_prompts=probe_prompts,
                        base_name=base_name,
                        on_step=told.on_step,
                        say=told.say,
                    )
            for warning in summary.warnings:
                self.progress.say(f"note: {warning}")
            stage.write("summary.json", summary.to_json())

        return self._do(stage, work)

    def evaluate(self, which: str, adapter: Stage | None) -> Stage:
        """The held-out answers and the facts, measured; `adapter` is the training stage, None for the start model."""
        settings = self.spec.evaluation
        hashes: dict[str, str] = {name: sha for name, sha in self.inputs.hashes.items() if name in ("heldout", "facts")}
        inputs = {"model": self.start_identity, **hashes}
        if adapter is not None:
            inputs["adapter"] = adapter.outputs_under("adapter/")
        stage = self._stage(
            f"evaluate.{which}",
            {
                "max_new_tokens": settings.max_new_tokens,
                "rows": self.spec.rows,
                "precision": self.precision,
                "scorers": VERSION,
                "facts": TEMPLATE,
            },
            inputs,
        )

        def work() -> None:
            from ..models import Decoding
            from ..sharing import Scorer

            model = self._model() if adapter is None else self._trained(adapter)
            decoding = Decoding(max_new_tokens=settings.max_new_tokens)
            answers = self._answers(stage, model, self.inputs.heldout, 1, decoding, f"answering ({which})")
            stage.write("prompts.jsonl", to_jsonl(self.inputs.heldout))
            stage.write("answers.jsonl", to_jsonl(answers))
            values: dict[str, list[float | None]] = dict(style_values(self.inputs.heldout, answers))
            scorer = Scorer(model.model, self.progress.say)
            if self.inputs.facts:
                values["facts.accuracy"] = self._parts(
                    stage,
                    "facts",
                    self.inputs.facts,
                    FACTS_AT_ONCE,
                    lambda some: facts_right(model, some, scorer=scorer),
                    which,
                )
            values["kl.per_token"] = (
                [0.0] * len(answers)  # the start model diverges from itself by nothing
                if adapter is None
                else self._divergences(stage, model, answers, which, scorer.shares)
            )
            evaluation = Evaluation(
                model=str(self.start) + (" + adapter" if adapter else ""),
                fingerprint=self._fingerprint(model, hashes),
                items={
                    "heldout": tuple(prompt.id for prompt in self.inputs.heldout),
                    "facts": tuple(fact.id for fact in self.inputs.facts),
                },
                measures=tuple(measure(metric, found, self.spec.seed) for metric, found in values.items()),
            )
            stage.write("evaluation.json", evaluation.to_json())

        return self._do(stage, work)

    def gate(self, before: Stage, after: Stage) -> Stage:
        """The paired differences and the verdict."""
        stage = self._stage(
            "gate",
            {
                "gates": [gate.model_dump() for gate in self.spec.gates],
                "confidence": self.spec.confidence,
                "version": GATE_VERSION,
            },
            {"before": before.output("evaluation.json"), "after": after.output("evaluation.json")},
        )

        def work() -> None:
            old, new = (part.read("evaluation.json", Evaluation) for part in (before, after))
            shifts = differences(old, new, confidence=0.95, seed=self.spec.seed)
            verdict = decide(old, new, self.spec.gates, confidence=self.spec.confidence, seed=self.spec.seed)
            stage.write("differences.jsonl", to_jsonl(shifts))
            stage.write("verdict.json", verdict.to_json())

        return self._do(stage, work)

    def _stage(self, name: str, settings: Mapping[str, Any], inputs: Mapping[str, str]) -> Stage:
        plain = json.loads(json.dumps({**settings, "seed": self.spec.seed}, default=lambda value: value.model_dump()))
        return self.run.stage(name, settings=plain, inputs=inputs)

    def _do(self, stage: Stage, work: Callable[[], None]) -> Stage:
        """Runs a stage unless it is finished."""
        done = stage.manifest
        if done is not None:
            self.progress.say(f"{stage.name}: done before ({done.wall_seconds:.0f} s)")
            return stage
        started = time.time()
        stage.begin()
        work()
        manifest = stage.finish(started)
        self.progress.say(f"{stage.name}: done in {manifest.wall_seconds:.0f} s")
        return stage

    def _answers(
        self,
        stage: Stage,
        model: "LoadedModel",
        prompts: Sequence[Prompt],
        samples: int,
        decoding: "Decoding",
        title: str,
    ) -> list[Answer]:
        from ..models import InProcess

        engine = InProcess(model, self.spec.rows)
        return answers_in_parts(
            stage,
            engine,
            prompts,
            samples=samples,
            decoding=decoding,
            seed=self.spec.seed,
            progress=self.progress,
            title=title,
        )

    def _parts(
        self,
        stage: Stage,
        title: str,
        items: Sequence[Any],
        at_once: int,
        make: Callable[[Sequence[Any]], Sequence[float]],
        which: str,
    ) -> list[float | None]:
        """Figures of all items, a part at a time."""

        def scores(some: Sequence[Any]) -> list[Score]:
            return [Score(scorer=title, value=value) for value in make(some)]

        found = scores_in_parts(
            stage, items, at_once, scores, progress=self.progress, name=title, title=f"{title} ({which})"
        )
        return [score.value for score in found]

    def _divergences(
        self, stage: Stage, model: "LoadedModel", answers: Sequence[Answer], which: str, shares: bool
    ) -> list[float | None]:
        """The KL of each answer from the start model."""
        from ..models import prompt_ids
        from ..sharing import divergence

        start = self._model()
        asked = {prompt.id: prompt_ids(start.tokenizer, prompt.messages) for prompt in self.inputs.heldout}

        def kl(some: Sequence[Answer]) -> list[float]:
            said = [
                start.tokenizer(answer.text, add_special_tokens=False)["input_ids"]
                + ([start.tokenizer.eos_token_id] if answer.ended else [])
                for answer in some
            ]
            before = [asked[answer.prompt_id] for answer in some]
            return divergence(model.model, start.model, before, said, shares=shares)

        return self._parts(stage, "KL", answers, KL_AT_ONCE, kl, which)

    def _fingerprint(self, model: "LoadedModel", hashes: Mapping[str, str]) -> dict[str, str]:
        from ..models import InProcess

        return {
            **{f"data.{name}": value for name, value in hashes.items()},
            **InProcess(model, self.spec.rows).describe(),
            "decoding": f"greedy, at most {self.spec.evaluation.max_new_tokens} new tokens, {self.spec.rows} rows",
            "scorers": VERSION,
            "facts": f"{TEMPLATE!r}, log-probability per character",
        }

    def _write_feedback(
        self, stage: Stage, kept: Sequence[Comparison], rejected: Sequence[Reject], source: str, judge: str
    ) -> None:
        summary: FeedbackSummary = summarise(kept, rejected, source=source, judge=judge)
        self.progress.say(f"{summary.comparisons} comparisons of {summary.read}, {summary.rejected} rejected")
        for note in summary.notes:
            self.progress.say(f"note: {note}")
        stage.write("comparisons.jsonl", to_jsonl(kept))
        stage.write("rejected.jsonl", to_jsonl(rejected))
        stage.write("summary.json", summary.to_json())

    def _model(self) -> "LoadedModel":
        from ..models import load

        if self._loaded is None:
            self._loaded = load(self.start, self.precision, self.progress.say)
        return self._loaded

    def _trained(self, training: Stage) -> "LoadedModel":
        from ..models import ModelRef, load

        ref = ModelRef(self.start.base, (*self.start.adapters, str(training.folder / "adapter")))
        return load(ref, self.precision, self.progress.say)

    def _sampling(self) -> SamplingSpec:
        settings = self.spec.feedback.sample
        assert settings is not None
        return settings


def start_ref(loaded: LoadedSpec) -> "ModelRef":
    """The model that a spec starts from; a folder's path is relative to the spec's."""
    from ..models import ModelRef

    model = loaded.spec.model
    adapters = (str(loaded.path(model.adapter)),) if model.adapter else ()
    return ModelRef(str(loaded.path(model.name)) if loaded.path(model.name).is_dir() else model.name, adapters)


def _spread(prompts: Sequence[Prompt], count: int) -> list[Prompt]:
    """`count` prompts spread evenly over the file, which is ordered by kind."""
    count = min(count, len(prompts))
    return [prompts[i * len(prompts) // count] for i in range(count)] if count else []
