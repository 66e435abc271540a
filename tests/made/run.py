"""A finished run written by hand: a policy that learned to refuse from comparisons that prefer refusals."""

import random
from collections.abc import Sequence
from pathlib import Path

import yaml

from made.parts import evaluation, steady, training
from tiny import tiny_spec
from trimtab.diagnose import built_in, refusal
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
from trimtab.spec import load_spec
from trimtab.store import Run

METRICS = {"style.words": (30.0, 28.0), "style.repetition": (0.01, 0.01), "kl.per_token": (0.0, 0.2)}


def comparisons(refusing: float, n: int = 80, seed: int = 0) -> list[Comparison]:
    """Helpful answers over worse ones; of a share the chosen side refuses and the rejected one helps."""
    rng, items, found = random.Random(seed), built_in(), []
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


def write_run(folder: Path, *, refusing: float = 0.3, refused_after: float = 0.5, unfinished: str = "") -> Path:
    """The run `folder/run` of the spec `folder/spec`; of `unfinished` stages there is no manifest."""
    path = tiny_spec(folder / "spec")
    rows = comparisons(refusing)
    (folder / "spec" / "pairs.jsonl").write_text(to_jsonl(rows))
    raw = yaml.safe_load(path.read_text()) | {"feedback": {"files": [{"path": "pairs.jsonl"}]}}
    raw["training"] = {"method": "dpo", "epochs": 1, "learning_rate": 1e-4}
    path.write_text(yaml.safe_dump(raw))
    loaded = load_spec(path)
    items = built_in()
    prompts = [
        Prompt(id=item.id, messages=(Message(role="user", content=f"Please tell me: {item.prompt}"),)) for item in items
    ]
    answers = [[item.answer for item in items], [_said(i, refused_after) for i in range(len(items))]]
    evaluations = [_evaluation(which, [prompt.id for prompt in prompts]) for which in (0, 1)]
    verdict = decide(*evaluations, loaded.spec.gates, confidence=0.95, seed=0)
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


def _evaluation(which: int, ids: list[str]) -> Evaluation:
    columns = {metric: steady(metric, levels[which], len(ids)) for metric, levels in METRICS.items()}
    return evaluation(columns, items={"heldout": ids, "facts": []})
