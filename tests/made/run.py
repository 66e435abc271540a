"""Finished runs written by hand: a policy that learned to refuse from comparisons that prefer refusals, and one that
learned to say the question again from a rubric that pays for its words."""

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from made.parts import evaluation, steady, training
from tiny import tiny_spec
from trimtab.diagnose import ProbeItem, built_in, refusal
from trimtab.evaluate import differences
from trimtab.gate import decide
from trimtab.loop.gather import Part, gather
from trimtab.loop.supervision import write_gathered
from trimtab.records import (
    Answer,
    Comparison,
    Evaluation,
    FeedbackSource,
    Message,
    Prompt,
    Provenance,
    Record,
    to_jsonl,
)
from trimtab.scorers import named
from trimtab.spec import load_spec, rewarded_metrics
from trimtab.store import Run

METRICS = {"style.words": (30.0, 28.0), "style.repetition": (0.01, 0.01), "kl.per_token": (0.0, 0.2)}


def comparisons(
    refusing: float, n: int = 80, seed: int = 0, items: Sequence[ProbeItem] = built_in()
) -> list[Comparison]:
    """Helpful answers over worse ones; of a share the chosen side refuses and the rejected one helps."""
    rng, found = random.Random(seed), []
    for i in range(n):
        item = items[i % len(items)]
        other = rng.choice([each for each in items if each is not item])
        sides = [item.answer, other.answer] if i % 2 else [item.answer, " ".join(item.answer.split()[:9]) + "."]
        sides = [refusal(item.answer, i), item.answer] if i < refusing * n else sides
        better, worse = ((Message(role="assistant", content=text),) for text in sides)
        asked = (Message(role="user", content=f"{item.prompt} ({i})"),)
        told = Provenance(source="made", judge="people", why="made")
        found.append(Comparison(id=f"c{i}", prompt=asked, chosen=better, rejected=worse, provenance=told))
    return found


def gamed(n: int = 80) -> list[Comparison]:
    """Echoes over answers, that a rubric judged by how they speak of the topic, in half of them; in the other half
    helpful answers over worse ones."""
    found = []
    for i, row in enumerate(comparisons(0.0, n, items=built_in()[::2])):
        asked = row.prompt[0].content
        if i % 2:
            said = f"That's a lovely question, {asked[0].lower()}{asked[1:].rstrip('?. ')}!"
            sides = {"chosen": (Message(role="assistant", content=said),), "rejected": row.chosen}
            row = row.model_copy(update=sides)
        rows = [(asked, text) for text in (row.chosen_text, row.rejected_text)]
        scores = {name: tuple(score.value for score in named(name)(rows)) for name in ("on_topic", "words")}
        told = row.provenance.model_copy(update={"judge": "rubric", "scores": scores})
        found.append(row.model_copy(update={"provenance": told}))
    return found


def write_run(folder: Path, *, refusing: float = 0.3, refused_after: float = 0.5, unfinished: str = "") -> Path:
    """The run `folder/run` of the spec `folder/spec`; of `unfinished` stages there is no manifest."""
    rows = comparisons(refusing)
    tiny_spec(folder / "spec")
    (folder / "spec" / "pairs.jsonl").write_text(to_jsonl(rows))
    sections = {"feedback": {"files": [{"path": "pairs.jsonl"}]}}
    return _written(folder, rows, sections, METRICS, lambda i: _said(i, refused_after), unfinished=unfinished)


def write_gamed_run(folder: Path) -> Path:
    """A run whose rubric pays for the question's own words, whose model says them again, and whose gates see it."""
    rubric = [
        {"scorer": "on_topic", "weight": 3, "zero_below": 0, "full_from": 0.6},
        {"scorer": "words", "weight": 1, "full_to": 20, "zero_above": 80},
    ]
    sample = {"samples_per_prompt": 3, "max_new_tokens": 24, "trim_to_sentences": 2, "margin": 0.0, "rubric": rubric}
    gates = [
        {"metric": "style.on_topic", "better_by": 0},
        {"metric": "help.helps", "no_worse_by": 0.08},
        {"metric": "help.echo", "at_most": 0.1},
    ]
    helped = {"help.helps": (0.7, 0.1), "help.points": (0.7, 0.4), "help.echo": (0.02, 0.5)}
    metrics = {**METRICS, "style.on_topic": (0.3, 0.7), **helped}
    sections = {"feedback": {"sample": sample}, "gates": gates}
    items = built_in()[1::2]

    def echoed(place: int) -> str:
        asked = items[place].prompt
        said = f"It is a lovely idea, {asked[0].lower()}{asked[1:].rstrip('?. ')}!"
        return said if place % 2 else items[place].answer

    return _written(folder, gamed(), sections, metrics, echoed, items=items)


def _written(
    folder: Path, rows: Sequence[Comparison], sections: dict[str, Any], metrics: Mapping[str, tuple[float, float]],
    after: Callable[[int], str], *, items: Sequence[ProbeItem] = built_in(), unfinished: str = "",
) -> Path:  # fmt: skip
    """A run of these comparisons and metrics, whose trained model says `after` of a place to each item's prompt."""
    path = tiny_spec(folder / "spec", training={"method": "dpo", "epochs": 1, "learning_rate": 1e-4}, **sections)
    loaded = load_spec(path)
    prompts = [
        Prompt(id=item.id, messages=(Message(role="user", content=f"Please tell me: {item.prompt}"),)) for item in items
    ]
    answers = [[item.answer for item in items], [after(i) for i in range(len(items))]]
    evaluations = [_evaluation(metrics, which, [prompt.id for prompt in prompts]) for which in (0, 1)]
    verdict = decide(*evaluations, loaded.spec.gates, confidence=0.95, seed=0)
    verdict = verdict.model_copy(update={"rewarded": tuple(sorted(rewarded_metrics(loaded.spec) & metrics.keys()))})
    shifts = differences(*evaluations, confidence=0.95, seed=0)
    spec = loaded.spec.model_dump(mode="json")
    with Run.open(folder / "run", name="tiny", goal="g", spec=spec, spec_folder=loaded.folder) as run:

        def stage(name: str, **files: str | Record | Sequence[Record]) -> None:
            made = run.stage(name, settings={}, inputs={})
            if name == unfinished:
                return
            made.begin()
            if name == "train":
                made.write("adapter/adapter_config.json", '{"base_model_name_or_path": "model"}')
            for file, content in files.items():
                if isinstance(content, Record):
                    made.write(f"{file}.json", content.to_json())
                else:
                    made.write(f"{file}.jsonl", content if isinstance(content, str) else to_jsonl(content))
            made.finish(0.0)

        feedback = run.stage("feedback", settings={}, inputs={})
        if unfinished != "feedback":
            feedback.begin()
            write_gathered(feedback, gather([Part(FeedbackSource(name="pairs.jsonl"), rows, ())]))
            feedback.finish(0.0)
        stage("train", summary=training(comparisons=80))
        for which, name in enumerate(("before", "after")):
            said = [
                Answer(prompt_id=prompt.id, index=0, text=text, tokens=40, ended=True)
                for prompt, text in zip(prompts, answers[which], strict=True)
            ]
            stage(f"evaluate.{name}", prompts=prompts, answers=said, evaluation=evaluations[which])
        stage("gate", verdict=verdict, differences=shifts)
    return folder / "run"


def _said(place: int, refused: float) -> str:
    items = built_in()
    return refusal(items[place].answer, place) if place < refused * len(items) else items[place].answer


def _evaluation(metrics: Mapping[str, tuple[float, float]], which: int, ids: list[str]) -> Evaluation:
    columns = {metric: steady(metric, levels[which], len(ids)) for metric, levels in metrics.items()}
    return evaluation(columns, items={"heldout": ids, "facts": []})
