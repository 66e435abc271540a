"""The stages of a run, each from records on disk to records on disk; `run_loop` walks them."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..audit import VERSION as AUDIT_VERSION
from ..audit import audit, builtin_items
from ..data import read_frame
from ..evaluate import TEMPLATE, differences, facts_right, kinds_of, measure, policy_values, share_values, style_values
from ..feedback import JUDGE, compare, rank, strongest, summarise
from ..gate import VERSION as GATE_VERSION
from ..gate import decide
from ..records import (
    Answer,
    Comparison,
    Evaluation,
    FeedbackSummary,
    Finding,
    Prompt,
    Reject,
    Score,
    to_jsonl,
)
from ..scorers import VERSION
from ..spec import LoadedSpec, SamplingSpec, TrainingSpec
from ..store import Run, Stage, digest
from .blocked import FINDINGS, Blocked
from .gathering import demand_something, gather
from .generation import answers_in_parts, scores_in_parts
from .inputs import Inputs
from .progress import Progress
from .rewarding import Rewards
from .training import (
    COMPARISONS,
    DEMONSTRATIONS,
    RANKINGS,
    REWARD_STAGE,
    SFT_STAGE,
    TRAIN_STAGE,
    deciding,
    reward_stage,
    round_name,
    rows_file,
    rows_name,
    sft_settings,
    train_stage,
)

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
        self, run: Run, loaded: LoadedSpec, inputs: Inputs, progress: Progress, processes: "Processes | None" = None
    ) -> None:
        from ..models import best_precision, device, identity
        from ..train import Processes

        self.run = run
        self.processes = processes or Processes()
        self.processes.demand(loaded.spec.training)
        self.spec = loaded.spec
        self.path = loaded.path
        self.policy = loaded.policy
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
        self._round = 1
        self._before: Stage | None = None

    def begin_round(self, number: int, trained: Stage) -> None:
        """From here on feedback and training are of this round, and start from the model that `trained` ended in."""
        self._round, self._before = number, trained

    def feedback(self) -> Stage:
        """What is trained on first: from files, or from the model's own answers, as the spec says."""
        return self.import_files() if self.inputs.files else self.judge(self.sample())

    def sample(self) -> Stage:
        """Several answers of the model's own to each training prompt."""
        settings = self._sampling()
        decoding = settings.model_dump(include={"max_new_tokens", "temperature", "top_p"})
        stage = self._stage(
            round_name("feedback.sample", self._round),
            {**decoding, "samples": settings.samples_per_prompt, "rows": self.spec.rows},
            {"train": self.inputs.hashes["train"], **self._started_from(self._before)},
        )

        def work() -> None:
            from ..models import Decoding

            answers = self._answers(
                stage,
                self._model() if self._before is None else self._trained(self._before),
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
            round_name("feedback.judge", self._round),
            {
                "scorers": VERSION,
                **settings.model_dump(include={"rubric", "margin", "trim_to_sentences", "most"}),
                **({"ranked": True} if self.spec.training.method == "rlhf" else {}),
                **self._ruled(),
            },
            {"answers": sample.output("answers.jsonl"), "train": self.inputs.hashes["train"]},
        )

        def work() -> None:
            answers: dict[str, list[Answer]] = {}
            for answer in sample.read_lines("answers.jsonl", Answer):
                answers.setdefault(answer.prompt_id, []).append(answer)
            source = str(self.start)
            made = [compare(prompt, answers[prompt.id], settings, source, self.policy) for prompt in self.inputs.train]
            kept, narrower = strongest([item for item in made if isinstance(item, Comparison)], settings.most)
            rejected = [item for item in made if isinstance(item, Reject)]
            rejected += [
                Reject(source=source, row=item.id, reason=_MORE_THAN_MARGIN, excerpt=item.chosen_text[:120])
                for item in narrower
            ]
            self._write_feedback(stage, kept, rejected, source, JUDGE)
            if self.spec.training.method == "rlhf":
                train = self.inputs.train
                ranked = [rank(prompt, answers[prompt.id], settings, source, self.policy) for prompt in train]
                stage.write(RANKINGS, to_jsonl([item for item in ranked if item is not None]))

        return self._do(stage, work)

    def import_files(self) -> Stage:
        """Feedback of any type from files, as what the method trains on, with the reject log.

        Raises UserError where nothing can be made of it that the method takes.
        """
        training = self.spec.training
        files = [{**settings.model_dump(), "path": path.name} for settings, path in self.inputs.files]
        stage = self._stage(
            "feedback.import",
            {
                "scorers": VERSION,
                "files": files,
                "method": training.method,
                "sft_first": training.first is not None,
                **self._ruled(),
            },
            {name: sha for name, sha in self.inputs.hashes.items() if name.startswith("feedback.")},
        )

        def work() -> None:
            found = gather(self.inputs.files, training, self.spec.seed, self.policy)
            stage.write("rejected.jsonl", to_jsonl((*found.rejected, *found.left_out)))
            demand_something(found, training)
            names = ", ".join(path.name for _, path in self.inputs.files)
            summary = summarise(
                found.taught,
                found.rejected,
                source=names,
                judge=found.judge,
                read=found.read,
                left_out=found.left_out,
                notes=found.notes,
            )
            self._tell(summary)
            stage.write(rows_name(training.method), to_jsonl(found.taught))
            if training.method == "sft" and found.compared:
                stage.write(COMPARISONS, to_jsonl(found.compared))  # for the audit and a diagnosis
            if found.shown:
                stage.write(DEMONSTRATIONS, to_jsonl(found.shown))
            stage.write("summary.json", summary.to_json())

        return self._do(stage, work)

    def audit(self, feedback: Stage) -> Stage | None:
        """The audit of the comparisons; None where the feedback is none. A finding that blocks stops the run.

        Raises Blocked with what was found, unless the spec accepts it.
        """
        if not (feedback.folder / COMPARISONS).is_file():
            return None
        stage = self._stage(
            round_name("audit", self._round),
            {"version": AUDIT_VERSION, **self._ruled()},
            {"comparisons": feedback.output(COMPARISONS)},
        )

        def work() -> None:
            framed = read_frame(feedback.folder / COMPARISONS)
            with self.progress.track("auditing the comparisons", 1) as tracker:
                done = audit(
                    framed.table,
                    against=builtin_items(),
                    policy=self.policy,
                    seed=self.spec.seed,
                    told=lambda check, at, total: tracker.step(at, check, total),
                )
            stage.write(FINDINGS, to_jsonl(done.findings))

        self._do(stage, work)
        found = stage.read_lines(FINDINGS, Finding)
        for finding in found:
            self.progress.say(f"audit: {finding.severity}  {finding.id}: {finding.says}")
        blocking = [item for item in found if item.severity == "block" and item.id not in self.spec.audit.accept]
        if blocking:
            raise Blocked(blocking)
        return stage

    def train_sft(self, feedback: Stage) -> Stage:
        """Supervised fine-tuning before another method: on demonstrations, or else on the chosen or liked answers."""
        return self._train(SFT_STAGE, feedback, sft_settings(self.spec.training), None, None)

    def train_reward(self, feedback: Stage, sft: Stage | None) -> Stage:
        """The reward model of RLHF, on the rankings of sampled answers or on comparisons from files."""
        rows = RANKINGS if (feedback.folder / RANKINGS).is_file() else COMPARISONS
        before = sft or self._before
        stage = self._stage(
            round_name(REWARD_STAGE, self._round),
            self.spec.training.reward.model_dump(mode="json") | {"precision": self.precision} | self._launched(),
            {rows.removesuffix(".jsonl"): feedback.output(rows), **self._started_from(before)},
        )

        def work() -> None:
            reward_stage(
                stage,
                feedback,
                lambda: self._given_up(before),
                self.spec.training,
                self.processes,
                seed=self.spec.seed,
                progress=self.progress,
            )

        return self._do(stage, work)

    def train(self, feedback: Stage, sft: Stage | None, reward: Stage | None) -> Stage:
        """Training by the spec's method: the adapter, the curve, the preflight, and what could not be trained on.

        With `sft`, or in a later round, training starts from the model before it, and the adapter holds both. `reward`
        is the stage of the reward model that RL is to use. For several machines nothing is trained here: raises
        Prepared with what starts it, until its result is there; so do the other training stages.
        """
        return self._train(
            round_name(TRAIN_STAGE, self._round), feedback, self.spec.training, sft or self._before, reward
        )

    def _started_from(self, before: Stage | None) -> dict[str, str]:
        """The model that a stage starts from, as its input: the run's own, with a stage's adapter on it."""
        own = {"model": self.start_identity}
        return own if before is None else own | {"before": before.outputs_under("adapter/")}

    def _train(
        self, name: str, feedback: Stage, settings: TrainingSpec, before: Stage | None, reward: Stage | None
    ) -> Stage:
        rows = rows_file(feedback, settings.method)
        inputs = {rows.removesuffix(".jsonl"): feedback.output(rows), **self._started_from(before)}
        decided = deciding(settings) | {"precision": self.precision}
        if settings.method == "rlhf":
            inputs = {"train": self.inputs.hashes["train"], **self._started_from(before)}
            rubric = self.spec.feedback.sample.rubric if self.spec.feedback.sample else ()
            decided |= {"rubric": rubric, "rows": self.spec.rows, "scorers": VERSION}
        else:
            decided |= self._launched()
        if reward is not None:
            inputs["reward"] = reward.outputs_under("reward/")
        stage = self._stage(name, decided, inputs)

        def work() -> None:
            from ..models import entry

            known = entry(self.start.base)
            train_stage(
                stage,
                feedback,
                lambda: self._given_up(before),
                settings,
                self.processes,
                after=None if before is None else before.folder / "adapter",
                rewards=lambda: self._rewards(reward),
                seed=self.spec.seed + self._round - 1,
                prompts=_spread(self.inputs.train, settings.probe_prompts),
                base_name=known.hub_id if known else None,
                progress=self.progress,
            )

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
                **({"shares": settings.shares} if settings.shares else {}),
                **self._ruled(),
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
            values |= share_values(self.inputs.heldout, answers, settings.shares)
            if self.policy is not None:
                values |= policy_values(self.policy, self.inputs.heldout, answers)
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
            asked = tuple(prompt.id for prompt in self.inputs.heldout)
            evaluation = Evaluation(
                model=str(self.start) + (" + adapter" if adapter else ""),
                fingerprint=self._fingerprint(model, hashes),
                items={
                    "heldout": asked,
                    "facts": tuple(fact.id for fact in self.inputs.facts),
                    **(kinds_of(self.inputs.heldout) if settings.shares else {}),
                    **({"policy": asked} if self.policy is not None else {}),
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
            seed=self.spec.seed + self._round - 1,  # else a later round would draw the same numbers again
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
            **self._ruled(),
            **InProcess(model, self.spec.rows).describe(),
            "decoding": f"greedy, at most {self.spec.evaluation.max_new_tokens} new tokens, {self.spec.rows} rows",
            "scorers": VERSION,
            "facts": f"{TEMPLATE!r}, log-probability per character",
        }

    def _write_feedback(
        self, stage: Stage, kept: Sequence[Comparison], rejected: Sequence[Reject], source: str, judge: str
    ) -> None:
        summary = summarise(kept, rejected, source=source, judge=judge)
        self._tell(summary)
        stage.write(COMPARISONS, to_jsonl(kept))
        stage.write("rejected.jsonl", to_jsonl(rejected))
        stage.write("summary.json", summary.to_json())

    def _tell(self, summary: FeedbackSummary) -> None:
        made = {name: getattr(summary, name) for name in ("comparisons", "demonstrations", "thumbs")}
        told = ", ".join(f"{count} {name}" for name, count in made.items() if count) or "0 comparisons"
        self.progress.say(f"{told} of {summary.read}, {summary.rejected} rejected")
        for note in summary.notes:
            self.progress.say(f"note: {note}")

    def _model(self) -> "LoadedModel":
        from ..models import load

        if self._loaded is None:
            self._loaded = load(self.start, self.precision, self.progress.say)
        return self._loaded

    def _trained(self, training: Stage) -> "LoadedModel":
        from ..models import ModelRef, load

        ref = ModelRef(self.start.base, (*self.start.adapters, str(training.folder / "adapter")))
        return load(ref, self.precision, self.progress.say)

    def _given_up(self, before: Stage | None) -> "LoadedModel":
        """The run's model, or that after a training, and nothing here holds it: training wraps its layers."""
        if before is not None:
            self._loaded = None  # one model in memory is enough
        start = self._model() if before is None else self._trained(before)
        self._loaded = None  # whoever needs it next loads it afresh
        return start

    def _launched(self) -> dict[str, int]:
        """What a stage's result owes to the processes that trained it."""
        return {"processes": self.processes.total, "zero": self.processes.zero} if self.processes.launched else {}

    def _ruled(self) -> dict[str, str]:
        """What a stage's result owes to the policy."""
        return {"policy": digest(self.policy.model_dump(mode="json"))[:12]} if self.policy is not None else {}

    def _rewards(self, reward: Stage | None) -> Rewards:
        sample = self.spec.feedback.sample
        return Rewards(
            prompts=self.inputs.train,
            feedback=sample.rubric if sample is not None else None,
            trained=reward.folder / "reward" if reward is not None else None,
            path=self.path,
            rows=self.spec.rows,
            precision=self.precision,
        )

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
