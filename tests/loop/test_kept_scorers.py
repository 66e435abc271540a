"""What a stage keeps of judges."""

from collections.abc import Sequence
from pathlib import Path

from trimtab.loop.kept_scorers import kept
from trimtab.loop.progress import Quiet
from trimtab.records import Score, ScorerRef
from trimtab.store import Run


class Said:
    name = "classifier"

    def __init__(self, value: float) -> None:
        self.value, self.version = value, str(value)

    def __call__(self, rows: Sequence[tuple[str, str]]) -> list[Score]:
        return [Score(scorer=self.name, value=self.value) for _ in rows]


def test_two_that_are_called_alike_keep_their_scores_apart(tmp_path: Path) -> None:
    alone = ScorerRef.model_validate({"classifier": "m"})
    with_prompt = ScorerRef.model_validate({"classifier": "m", "with_prompt": True})
    assert alone.name == with_prompt.name
    with Run.open(tmp_path / "run", name="n", goal="g", spec={}) as run:
        stage = run.stage("judge", settings={}, inputs={})
        stage.begin()
        made = kept({alone: Said(0.25), with_prompt: Said(0.75)}, stage, Quiet())
        assert [made[ref]([("p", "a")])[0].value for ref in (alone, with_prompt)] == [0.25, 0.75]
