"""Benchmarks of one model in a run directory: answers and scores are kept by what decides them, then measured.

`answer.NAME`, `choose.NAME` and `judge.NAME` are stages whose key holds the model, the data and the settings, so that
an interrupted evaluation goes on where it stopped and another scorer measures the same answers again. The last stage
holds the measures, and the held-out prompts and answers where these were asked for. `trimtab eval` has one evaluation
in a folder; a run has two or three, whose stages end in `.before`, `.baseline` and `.after`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ...evaluate import HELDOUT, Benchmark, Measured, judgeable, measure, with_reasons
from ...judges import Judge
from ...metrics import OWN_SET
from ...records import Answer, Evaluation, ItemReason, Measure, Prompt, Score, several_served, thought_version, to_jsonl
from ...store import FileName, Run, Stage, benchmark_name, rates_name
from ..kept_scorers import judges_noted, kept
from ..notes import notes_of
from ..parts import answers_in_parts, once, said_in, scores_in_parts
from ..progress import Progress
from .choosing import each_that_is_read, preferring
from .fingerprint import fingerprint
from .items import BenchmarkItems
from .judging import JudgeTask
from .rates import Rates
from .same import changed
from .subject import Subject

if TYPE_CHECKING:
    from ...models import Engine, LoadedModel

AT_ONCE = 32
"""Items of a part where answers are chosen or scored, not written: what a killed evaluation does again."""


class Evaluator:
    """One model's benchmarks as stages of a run; `scope` ends their names where the run has several evaluations.

    `stages` are those done so far, by kind and benchmark, as `answer.heldout`. What evaluations that are `held`, runs
    with a scope of theirs, have made of the same is not made again.
    """

    def __init__(
        self, run: Run, subject: Subject, *, rows: int, seed: int, progress: Progress, scope: str = "",
        held: Sequence[tuple[Run, str]] = (),
    ) -> None:  # fmt: skip
        self.run = run
        self.subject = subject
        self.rows = rows
        self.seed = seed
        self.progress = progress
        self.scope = scope
        self.held = held
        self.stages: dict[str, Stage] = {}
        self._loaded: LoadedModel | None = None
        self._checked = False

    def ask(self, asked: BenchmarkItems) -> Stage:
        """What the model answers or chooses: the stage that a benchmark is measured on, done once."""
        return self._answers(asked) if asked.benchmark.way == "answers" else self._choices(asked)

    def judged(self, what: JudgeTask) -> Stage:
        """What a judge says of a benchmark's answers."""
        name = benchmark_name("judge", what.asked.benchmark.name)
        stage = self._stage(name, {"judge": what.version, "thought": thought_version()}, what.inputs)
        return self._scored(name, stage, what.asked, what.items, lambda: what.judge)

    def measured(
        self,
        name: str,
        asked: Sequence[BenchmarkItems],
        extra: Sequence[tuple[BenchmarkItems, Measured]] = (),
        judges: Mapping[str, str] | None = None,
    ) -> Stage:
        """The stage `name` with the measures of all benchmarks and the fingerprint; `extra` and `judges` are of what
        judges said."""
        of = [self.ask(each) for each in asked]
        stage = self.run.stage(
            name,
            settings={
                "versions": {each.benchmark.name: each.benchmark.version for each in asked},
                "seed": self.seed,
                "thought": thought_version(),
                **({"judges": dict(judges)} if judges else {}),
            },
            inputs={each.name: each.key for each in self.stages.values()},
        )

        def work() -> None:
            said = {each.benchmark.name: _said(each, made) for each, made in zip(asked, of, strict=True)}
            opened = [kept(each.benchmark.scorers, stage, self.progress) for each in asked]
            parts = [
                (each, part)
                for each, made, scorers in zip(asked, of, opened, strict=True)
                for part in each.benchmark.with_scorers(scorers).measured(each.items, _grouped(each, made))
            ]
            parts = [(each, with_reasons(part, said[each.benchmark.name])) for each, part in (*parts, *extra)]
            answers = {made.name: list(made.read_lines(FileName.ANSWERS, Answer)) for made in of if _writes(made)}
            evaluation = Evaluation(
                model=self.subject.name,
                system=self.subject.system,
                fingerprint=fingerprint(asked, self._engine().describe(), judges or {}, self.seed),
                served=tuple(dict.fromkeys(one.served for some in answers.values() for one in some if one.served)),
                notes=tuple(
                    f"{each.benchmark.name}: {note}"
                    for each, made in zip(asked, of, strict=True)
                    for note in (
                        *each.benchmark.notes,
                        *notes_of(answers.get(made.name, []), each.benchmark.settings.temperature),
                    )
                )
                + tuple(self._judges_noted())
                + tuple(dict.fromkeys(told for scorers in opened for told in judges_noted(scorers))),
                items={part.over: part.ids for _, part in parts},
                kinds={part.over: part.kinds for _, part in parts},
                measures=tuple(
                    _measure(each, part, metric, self.seed) for each, part in parts for metric in part.values
                ),
            )
            stage.write(FileName.EVALUATION, evaluation.to_json())
            stage.write(FileName.REASONS, to_jsonl(_reasons([part for _, part in parts])))
            heldout = self.stages.get(benchmark_name("answer", HELDOUT.name))
            if heldout is not None:
                for file in (FileName.PROMPTS, FileName.ANSWERS):
                    stage.write(file, (heldout.folder / file).read_text(encoding="utf-8"))

        return once(stage, work, self.progress)

    def rated(self, measured: Stage, asked: Sequence[BenchmarkItems], rates: Rates) -> list[Stage]:
        """The stage of what labels make of the rates that a judge gave; none where no judge gave any. It hangs on the
        calibrations and asks nobody."""
        if not rates.deciding:
            return []
        of = {each.benchmark.name: (each, self.ask(each)) for each in asked}
        inputs = {
            "evaluation": measured.output(FileName.EVALUATION),
            **{made.name: made.key for _, made in of.values()},
        }
        stage = self.run.stage(rates_name(measured.name), settings=rates.deciding, inputs=inputs)

        def work() -> None:
            found = measured.read(FileName.EVALUATION, Evaluation)
            told = []
            for each in found.measures:
                if each.over in of:
                    said = {item: some[0].text for item, some in _said(*of[each.over]).items() if some}
                    told.append(rates.of(of[each.over][0], found.items[each.over], each, said))
            stage.write(FileName.JUDGED, to_jsonl(one for one in told if one is not None))

        return [once(stage, work, self.progress)]

    def _answers(self, asked: BenchmarkItems) -> Stage:
        """The model's own answers to a benchmark's prompts, the same for all that measure them."""
        name, settings = benchmark_name("answer", asked.benchmark.asked_as), asked.benchmark.settings
        stage = self._stage(name, self._decided({**asdict(settings), "rows": self.rows}), self._inputs(asked))

        def work() -> None:
            from ...models import Decoding

            stage.write(FileName.PROMPTS, to_jsonl(asked.prompts))
            made = answers_in_parts(
                stage,
                self._engine(),
                self._told(asked.prompts),
                samples=settings.samples,
                decoding=Decoding(settings.max_new_tokens, settings.temperature, settings.top_p),
                seed=self.seed,
                chat=settings.chat,
                progress=self.progress,
                title=stage.name,
            )
            stage.write(FileName.ANSWERS, to_jsonl(made))

        if name not in self.stages:
            self._check_server(asked, stage)
        return self._once(name, stage, work)

    def _choices(self, asked: BenchmarkItems) -> Stage:
        """The model's choices among a benchmark's answers, or how far its own answers are from the start's."""
        name, items, inputs = benchmark_name("choose", asked.benchmark.name), asked.items, self._inputs(asked)
        if asked.benchmark.way == "divergence":
            answers = self._answers(asked)
            items = tuple(zip(asked.prompts, answers.read_lines(FileName.ANSWERS, Answer), strict=True))
            inputs["answers"] = answers.output(FileName.ANSWERS)
        settings = {"most": asked.benchmark.settings.most, "version": asked.benchmark.version}
        stage = self._stage(name, self._decided(settings), inputs)
        return self._scored(name, stage, asked, items, lambda: self._chooser(asked.benchmark))

    def _scored(
        self,
        name: str,
        stage: Stage,
        asked: BenchmarkItems,
        items: Sequence[Any],
        judge: Callable[[], Callable[[Sequence[Any]], Sequence[Score]]],
    ) -> Stage:
        """The stage with a score of each item by what `judge` brings into memory."""

        def work() -> None:
            stage.write(FileName.PROMPTS, to_jsonl(asked.prompts))
            made = scores_in_parts(
                stage, items, AT_ONCE, judge(), progress=self.progress, name="scores", title=stage.name
            )
            stage.write(FileName.SCORES, to_jsonl(made))

        return self._once(name, stage, work)

    def _check_server(self, asked: BenchmarkItems, stage: Stage) -> None:
        """Tells where another model seems to stand behind the name than gave a finished stage's answers; once."""
        from ...models import Decoding, Endpoint

        endpoint, settings = self.subject.endpoint, asked.benchmark.settings
        if not isinstance(endpoint, Endpoint) or stage.manifest is None or self._checked:
            return
        self._checked = True
        told = changed(
            endpoint,
            self._told(asked.prompts),
            list(stage.read_lines(FileName.ANSWERS, Answer)),
            Decoding(settings.max_new_tokens, settings.temperature, settings.top_p),
            self.seed,
            settings.chat,
        )
        if told:
            self.progress.say(f"note: {stage.name}: {told}")

    def _once(self, name: str, stage: Stage, work: Callable[[], None]) -> Stage:
        if name not in self.stages:
            others = (run.current(f"{name}.{scope}") for run, scope in self.held)
            made = next((each for each in others if each is not None and stage.like(each)), None)
            self.stages[name] = made or once(stage, work, self.progress)
        return self.stages[name]

    def _stage(self, name: str, settings: Mapping[str, Any], inputs: Mapping[str, str]) -> Stage:
        return self.run.stage(f"{name}.{self.scope}" if self.scope else name, settings=settings, inputs=inputs)

    def _decided(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """With what a model's doings hang on besides: its precision, where it is not a server's own, the system message
        that it is under, and the seed."""
        own = {name: getattr(self.subject, name) for name in ("precision", "system")}
        own = {name: value for name, value in own.items() if value is not None}
        return {**settings, **own, "seed": self.seed}

    def _inputs(self, asked: BenchmarkItems) -> dict[str, str]:
        return {**self.subject.identity, "data": asked.data}

    def _judges_noted(self) -> Iterator[str]:
        """A sentence on each benchmark that a judge judged under whose one name several have answered."""
        for name, stage in self.stages.items():
            if (stage.folder / FileName.SCORES).is_file():
                told = several_served(each.served for each in stage.read_lines(FileName.SCORES, Score))
                if told:
                    yield f"{name.partition('.')[2]}: of its judge {told}"

    def _told(self, prompts: Sequence[Prompt]) -> Sequence[Prompt]:
        """The prompts as a server or a script is asked; a model in this process is told by its engine."""
        if self.subject.endpoint is None or self.subject.system is None:
            return prompts
        from ...models import under_system

        return [under_system(prompt, self.subject.system) for prompt in prompts]

    def _engine(self) -> "Engine":
        if self.subject.endpoint is not None:
            return self.subject.endpoint
        from ...models import InProcess

        return InProcess(self._model(), self.rows, self.subject.system)

    def _model(self, reward: bool = False) -> "LoadedModel":
        if self._loaded is None:
            self._loaded = self.subject.load(reward)
        return self._loaded

    def _chooser(self, benchmark: Benchmark) -> Callable[[Sequence[Any]], Sequence[Score]]:
        from ...models import Endpoint
        from ...sharing import RewardScorer, Scorer

        if benchmark.way == "judge":
            assert isinstance(self.subject.endpoint, Endpoint)  # see `refuse_impossible`
            return preferring(Judge(self.subject.endpoint))
        choose, model = benchmark.choose, self._model(benchmark.way == "rewards")
        assert choose is not None
        by: Any
        if benchmark.way == "divergence":
            by = model if self.subject.start is None else self.subject.start()
        else:
            by = (RewardScorer if benchmark.way == "rewards" else Scorer)(model.model, self.progress.say)
        return each_that_is_read(lambda some: choose(model, some, by))


def _measure(asked: BenchmarkItems, part: Measured, metric: str, seed: int) -> Measure:
    found = measure(metric, part.values[metric], seed, over=part.over, why=part.unjudged.get(metric))
    if metric in part.bounds:
        low, high, n = part.bounds[metric]
        found = found.model_copy(update={"low": low, "high": high, "n": n})
    return found.model_copy(update={"title": f"{found.title}{OWN_SET}"}) if asked.own else found


def _reasons(parts: Sequence[Measured]) -> Iterator[ItemReason]:
    """What is said of the items' values, where anything is."""
    for part in parts:
        for metric, reasons in part.reasons.items():
            for item, reason in zip(part.ids, reasons, strict=True):
                if reason:
                    yield ItemReason(metric=metric, item=item, reason=reason)


def _writes(stage: Stage) -> bool:
    return (stage.folder / FileName.ANSWERS).is_file()


def _grouped(asked: BenchmarkItems, stage: Stage) -> list[Any]:
    """A benchmark's scores, one an item, or its answers, a list an item."""
    if asked.benchmark.way != "answers":
        return list(stage.read_lines(FileName.SCORES, Score))
    return [judgeable(some) for some in _said(asked, stage).values()]


def _said(asked: BenchmarkItems, stage: Stage) -> dict[str, list[Answer]]:
    """The answers to each item, by its id; none where the model writes none."""
    said: dict[str, list[Answer]] = {prompt.id: [] for prompt in asked.prompts}
    for answer in said_in(stage) if asked.benchmark.way == "answers" else ():
        said[answer.prompt_id].append(answer)
    return said
