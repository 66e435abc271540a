"""Names to scorers, and a reward model as one."""

from pathlib import Path

import pytest

from stub_server import chat, serving
from tiny_reward import save_tiny_reward
from trimtab.errors import UserError
from trimtab.judges import RewardScorer, open_scorer, scorers_named
from trimtab.models import RewardModel
from trimtab.records import Message, Policy, Rule, ScorerRef
from trimtab.scorers import GROUPS

ROWS = [("why tea", "red"), ("what is rain", "blue green"), ("why tea", "the sun is fun"), ("why tea", "")]
RULES = [{"id": name, "text": name, "checks": [{"scorer": name, "at_least": 1}]} for name in ("words", "repetition")]
POLICY = Policy(name="p", rules=tuple(Rule.model_validate(rule) for rule in RULES))


def test_a_reward_model_scores_rows_in_their_order(tmp_path: Path) -> None:
    folder = save_tiny_reward(tmp_path / "reward")
    found = RewardScorer(folder, precision="fp32")
    model = RewardModel.load(folder, "fp32")
    said = {prompt: (Message(role="user", content=prompt),) for prompt, _ in ROWS}
    alone = [model.scores([said[prompt]], [[answer]])[0][0] for prompt, answer in ROWS]
    assert [score.value for score in found(ROWS)] == pytest.approx(alone, abs=1e-4)
    assert max(alone) - min(alone) > 0.01
    with pytest.raises(UserError, match="no ensemble"):
        RewardScorer(folder, precision="fp32", uncertainty=1.0)(ROWS)


def test_a_reward_models_version_is_that_of_its_files(tmp_path: Path) -> None:
    folder = save_tiny_reward(tmp_path / "reward")
    first = RewardScorer(folder, precision="fp32").version
    assert open_scorer(f"reward:{folder}", precision="fp32").version == first
    assert RewardScorer(folder, precision="fp32", uncertainty=1.0).version != first
    (folder / "config.json").write_text((folder / "config.json").read_text() + " ")
    assert RewardScorer(folder, precision="fp32").version != first


def test_a_judge_grades_by_the_rubric_beside_the_spec(tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_text("Ten is red.")
    ref = ScorerRef(judge="m", url="http://127.0.0.1:9/v1", rubric="r.txt")
    with serving(chat('{"grade": 10, "why": "red"}')) as stub:
        judge = open_scorer(ref.model_copy(update={"url": stub.url}), path=lambda name: tmp_path / name)
        assert [score.value for score in judge(ROWS[:1])] == [1.0]
    assert "Ten is red." in stub.asked[0].body["messages"][0]["content"]
    (tmp_path / "r.txt").write_text("Ten is blue.")
    assert open_scorer(ref, path=lambda name: tmp_path / name).version != judge.version


def test_names_come_to_scorers() -> None:
    assert list(scorers_named(["style", "style.words", "refusal"])) == [*GROUPS["style"], "refusal"]
    assert list(scorers_named(["policy"], policy=POLICY)) == ["policy.words", "policy.repetition"]
    (rule,) = scorers_named(["policy.words"], policy=POLICY).values()
    assert [score.value for score in rule(ROWS)] == [1.0, 1.0, 1.0, None]
    for name, says in (("policy.green", "no such rule"), ("wit", "no such scorer"), ("judge", "no such scorer")):
        with pytest.raises(UserError, match=says):
            scorers_named([name], policy=POLICY)
    with pytest.raises(UserError, match="no policy"):
        open_scorer("policy.red")
    with pytest.raises(UserError, match="No run is at work"):
        open_scorer("reward:trained")
