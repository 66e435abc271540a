"""Benchmarks of one model into a folder: answers and scores are kept by what decides them, then measured.

The folder is a run directory. `answer.NAME`, `choose.NAME` and `judge.NAME` are stages whose key holds the model, the
data and the settings, so that an interrupted evaluation goes on where it stopped and another scorer measures the same
answers again; `evaluation` holds the measures.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ...evaluate import Benchmark, Measured, measure, pairs_to_judge
from ...judges import Judge
from ...records import Answer, Evaluation, Score, to_jsonl
from ...store import Run, Stage
from ..parts import answers_in_parts, scores_in_parts
from ..progress import Progress
from .items import BenchmarkItems, other_answers, refuse_impossible
from .judging import JudgeTask, to_judge
from .target import Target

if TYPE_CHECKING:
    from ...models import Engine, LoadedModel, Precision

CHOICES_AT_ONCE = 32
"""Items of a part where answers are chosen, not written: what a killed evaluation does again."""


def evaluate_model(
    target: Target,
    asked: Sequence[BenchmarkItems],
    out: Path,
    *,
    precision: Literal["auto", "fp32", "bf16"],
    rows: int,
    seed: int,
    progress: Progress,
    judge: Judge | None = None,
    against: str | None = None,
) -> Evaluation:
    """Runs the benchmarks in the folder `out`, going on where an earlier try stopped, and returns the measures.

    `judge` also says which answers of truthfulqa-generation are true and informative; `judge` and `against`, a folder
    of scores that hold the other model's answers, are what a win rate needs. Raises UserError where the model cannot do
    what a benchmark needs, before anything is computed.
    """
    refuse_impossible(target, asked)
    other = other_answers(asked, judge, against)
    with Run.open(out, name=target.name, goal="evaluation", spec={}) as run:
        work = _Evaluating(run, target, precision, rows, seed, progress)
        found: list[Any] = []
        stages: list[Stage] = []
        for each in asked:
            stage = work.answers(each) if each.benchmark.way == "answers" else work.scores(each)
            stages.append(stage)
            found.append(_grouped(each, stage))
        extra: list[tuple[BenchmarkItems, Measured]] = []
        told: dict[str, str] = {}
        for what in to_judge(asked, stages, judge, other, against):
            stage = work.judged(what)
            stages.append(stage)
            extra.append((what.asked, what.measured(stage.read_lines("scores.jsonl", Score))))
            told |= what.told
        last = work.evaluation(asked, stages, found, extra, told)
        run.keep_stages({stage.name for stage in (*stages, last)})
        return last.read("evaluation.json", Evaluation)


class _Evaluating:
    """One model's stages."""

    def __init__(
        self,
        run: Run,
        target: Target,
        precision: Literal["auto", "fp32", "bf16"],
        rows: int,
        seed: int,
        progress: Progress,
    ) -> None:
        from ...models import best_precision

        self.run = run
        self.target = target
        self.rows = rows
        self.seed = seed
        self.progress = progress
        self.precision: Precision = (
            "bf16" if run.resolve("precision", lambda: best_precision(precision)) == "bf16" else "fp32"
        )
        self.identity = target.identity(progress.say)
        self._loaded: LoadedModel | None = None

    def answers(self, asked: BenchmarkItems) -> Stage:
        """The model's own answers to a benchmark's prompts."""
        from ...models import Decoding

        settings = asked.benchmark.settings
        stage = self._stage(f"answer.{asked.benchmark.name}", asked, {**asdict(settings), "rows": self.rows})

        def work() -> None:
            decoding = Decoding(settings.max_new_tokens, settings.temperature, settings.top_p)
            made = answers_in_parts(
                stage,
                self._engine(),
                asked.prompts,
                samples=settings.samples,
                decoding=decoding,
                seed=self.seed,
                chat=settings.chat,
                progress=self.progress,
                title=asked.benchmark.name,
            )
            stage.write("answers.jsonl", to_jsonl(made))

        return self._do(stage, asked, work)

    def scores(self, asked: BenchmarkItems) -> Stage:
        """The model's choices among a benchmark's answers."""
        settings = {"most": asked.benchmark.settings.most, "version": asked.benchmark.version}
        stage = self._stage(f"choose.{asked.benchmark.name}", asked, settings)

        def work() -> None:
            made = scores_in_parts(
                stage,
                asked.items,
                CHOICES_AT_ONCE,
                self._chooser(asked.benchmark),
                progress=self.progress,
                name="scores",
                title=asked.benchmark.name,
            )
            stage.write("scores.jsonl", to_jsonl(made))

        return self._do(stage, asked, work)

    def judged(self, what: JudgeTask) -> Stage:
        """What a judge says of a benchmark's answers."""
        name = what.asked.benchmark.name
        stage = self.run.stage(f"judge.{name}", settings={"judge": what.version}, inputs=what.inputs)

        def work() -> None:
            made = scores_in_parts(
                stage,
                what.items,
                CHOICES_AT_ONCE,
                what.judge,
                progress=self.progress,
                name="scores",
                title=f"judging {name}",
            )
            stage.write("scores.jsonl", to_jsonl(made))

        return self._do(stage, what.asked, work)

    def evaluation(
        self,
        asked: Sequence[BenchmarkItems],
        stages: Sequence[Stage],
        found: Sequence[Any],
        extra: Sequence[tuple[BenchmarkItems, Measured]],
        told: Mapping[str, str],
    ) -> Stage:
        """The measures of all benchmarks, with the fingerprint; `extra` and `told` are of what a judge said."""
        outputs = {stage.name: stage.key for stage in stages}
        versions = {each.benchmark.name: each.benchmark.version for each in asked}
        stage = self.run.stage("evaluation", settings={"versions": versions, "seed": self.seed}, inputs=outputs)

        def work() -> None:
            parts = [
                (each, part)
                for each, records in zip(asked, found, strict=True)
                for part in each.benchmark.measured(each.items, records)
            ]
            parts += extra
            evaluation = Evaluation(
                model=self.target.name,
                fingerprint={**self._fingerprint(asked), **told},
                items={part.over: part.ids for _, part in parts},
                kinds={part.over: part.kinds for _, part in parts},
                measures=tuple(
                    _measure(each, part, metric, self.seed) for each, part in parts for metric in part.values
                ),
            )
            stage.write("evaluation.json", evaluation.to_json())

        return self._do(stage, None, work)

    def _stage(self, name: str, asked: BenchmarkItems, settings: Mapping[str, Any]) -> Stage:
        described = {} if self.target.endpoint else {"precision": self.precision}
        return self.run.stage(
            name,
            settings={**settings, **described, "seed": self.seed},
            inputs={"model": self.identity, "data": asked.data},
        )

    def _do(self, stage: Stage, asked: BenchmarkItems | None, work: Callable[[], None]) -> Stage:
        if stage.manifest is not None:
            self.progress.say(f"{stage.name}: done before")
            return stage
        started = time.time()
        stage.begin()
        if asked is not None:
            stage.write("prompts.jsonl", to_jsonl(asked.prompts))
        work()
        manifest = stage.finish(started)
        if asked is not None:
            self.progress.say(f"{stage.name}: {len(asked.items)} items in {manifest.wall_seconds:.0f} s")
        return stage

    def _engine(self) -> "Engine":
        from ...models import InProcess

        if self.target.endpoint is not None:
            return self.target.endpoint
        return InProcess(self._model(), self.rows)

    def _model(self, reward: bool = False) -> "LoadedModel":
        from ...models import load

        if self._loaded is None:
            assert self.target.ref is not None
            self._loaded = load(self.target.ref, self.precision, self.progress.say, reward=reward)
        return self._loaded

    def _chooser(self, benchmark: Benchmark) -> Callable[[Sequence[Any]], Sequence[Score]]:
        from ...sharing import RewardScorer, Scorer

        if benchmark.way == "judge":
            assert self.target.endpoint is not None
            return _preferring(Judge(self.target.endpoint))
        choose = benchmark.choose
        assert choose is not None
        model = self._model(benchmark.way == "rewards")
        made = RewardScorer if benchmark.way == "rewards" else Scorer
        scorer = made(model.model, self.progress.say)
        return lambda some: choose(model, some, scorer)

    def _fingerprint(self, asked: Sequence[BenchmarkItems]) -> dict[str, str]:
        told = {}
        for each in asked:
            settings = each.benchmark.settings
            how = f"{len(each.items)} items of {each.source} ({each.data[:12]}), {each.benchmark.version}"
            if each.benchmark.way == "answers":
                how += (
                    f", {settings.samples} answers of at most {settings.max_new_tokens} tokens, temperature "
                    f"{settings.temperature:g}, top-p {settings.top_p:g}, {'chat' if settings.chat else 'raw'}"
                )
            told[each.benchmark.name] = how
        return {**told, **self._engine().describe(), "seed": str(self.seed)}


def _measure(asked: BenchmarkItems, part: Measured, metric: str, seed: int) -> Any:
    found = measure(metric, part.values[metric], seed, over=part.over)
    return found.model_copy(update={"title": f"{found.title} (own set)"}) if asked.own else found


def _grouped(asked: BenchmarkItems, stage: Stage) -> list[Any]:
    """A benchmark's scores, one an item, or its answers, a list an item."""
    if asked.benchmark.way != "answers":
        return list(stage.read_lines("scores.jsonl", Score))
    said: dict[str, list[Answer]] = {prompt.id: [] for prompt in asked.prompts}
    for answer in stage.read_lines("answers.jsonl", Answer):
        said[answer.prompt_id].append(answer)
    return list(said.values())


def _preferring(judge: Judge) -> Callable[[Sequence[Any]], Sequence[Score]]:
    """How clearly a judge prefers the better answer of a pair: 1/2, 0 for a tie, -1/2."""

    def choose(some: Sequence[Any]) -> list[Score]:
        found = judge.compare_all(pairs_to_judge(some))
        return [
            Score(scorer="judge", value=None if each.outcome is None else each.outcome - 0.5, reason=each.reason)
            for each in found
        ]

    return choose
