"""Answers made part by part: what another plan of the same work left is not mistaken for a part of this one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trimtab.loop.parts import answers_in_parts
from trimtab.loop.progress import Quiet
from trimtab.models import Decoding
from trimtab.records import Answer, Message, Prompt
from trimtab.store import Run

PROMPTS = [Prompt(id=f"p{i}", messages=(Message(role="user", content=f"{i}?"),)) for i in range(4)]


class Planned:
    """An engine that answers in parts of so many prompts."""

    def __init__(self, size: int) -> None:
        self.size, self.asked = size, list[str]()

    def parts(self, prompts: Sequence[Prompt], *_: Any, **__: Any) -> list[list[int]]:
        return [list(range(first, first + self.size)) for first in range(0, len(prompts), self.size)]

    def answers(self, prompts: Sequence[Prompt], **_: Any) -> list[Answer]:
        self.asked += [prompt.id for prompt in prompts]
        if self.size == 1 and len(self.asked) == 3:
            raise KeyboardInterrupt
        return [Answer(prompt_id=p.id, index=0, text=f"said to {p.id}", tokens=2, ended=True) for p in prompts]


def test_parts_of_another_plan_are_made_again_and_those_of_the_same_are_not(tmp_path: Path) -> None:
    with Run.open(tmp_path / "run", name="n", goal="g", spec={}) as run:
        stage = run.stage("answer", settings={}, inputs={})
        stage.begin()

        def answered(engine: Any, name: str = "answers") -> list[str]:
            told = {"samples": 1, "decoding": Decoding(8), "seed": 0, "progress": Quiet(), "title": "t", "name": name}
            return [answer.text for answer in answers_in_parts(stage, engine, PROMPTS, **told)]

        whole = [f"said to {prompt.id}" for prompt in PROMPTS]
        assert answered(Planned(4), "answers-more") == whole
        try:
            answered(Planned(1))
        except KeyboardInterrupt:
            (stage.work / "answers-00001.jsonl").write_text("")  # as it was once called
        assert len(list(stage.work.glob("answers-0*.jsonl"))) == 3
        larger = Planned(2)
        assert answered(larger) == whole
        assert larger.asked == [prompt.id for prompt in PROMPTS]
        assert len(list(stage.work.glob("answers-0*.jsonl"))) == 2
        assert answered(larger) == whole
        assert len(larger.asked) == 4  # and nothing is asked twice
        assert (stage.work / "answers-more-00000-of-00001.jsonl").is_file()
