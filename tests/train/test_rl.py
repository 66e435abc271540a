"""On-policy RL: RLOO and GRPO are TRL's, PPO is what the papers say, and all learn."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig
from safetensors.torch import load_file
from tokenizers import AddedToken

from tiny import tiny_model, tiny_tokenizer
from trimtab.errors import UserError
from trimtab.models import LoadedModel, ModelRef, prompt_ids
from trimtab.records import Message, Prompt
from trimtab.scorers import named
from trimtab.spec import RewardTerm, RLSpec, TrainingSpec
from trimtab.train import train_rl
from trimtab.train.goodhart import monitor as monitor_module
from trimtab.train.rewards import (
    Rollout,
    Term,
    as_reward_function,
    reward_function,
    scorer_reward,
    total,
    unended,
)
from trimtab.train.rl import rollouts as rollouts_module
from trimtab.train.rl import train as rl_module
from trimtab.train.rl.ppo import PPOTrainer, gae, token_rewards, value_loss, whitened
from trimtab.train.rl.rollouts import OnPolicy

NOUNS = "tea rain sun dog cat tree house red green blue fun plan name one two thanks".split()
PROMPTS = [
    Prompt(id=f"p{i}", messages=(Message(role="user", content=f"tell me about {noun}"),))
    for i, noun in enumerate(NOUNS)
]


def loaded(architecture: str = "qwen2") -> LoadedModel:
    """A tiny model whose output layer is large enough that it can be sure of a word."""
    model = tiny_model(architecture)
    with torch.no_grad():
        model.get_output_embeddings().weight.mul_(4)  # type: ignore[operator]
    return LoadedModel(model, tiny_tokenizer(), ModelRef("tiny"), "fp32")  # type: ignore[arg-type]


def says_tea(answers: Any) -> list[float]:
    """The share of words that are "tea": its optimum is known, 1 for answers of nothing else."""
    return [said.text.split().count("tea") / max(1, len(said.text.split())) for said in answers]


def says_much(answers: Any) -> list[float]:
    """Words said: no two answers of a first sample are alike in it."""
    return [float(len(said.text.split())) for said in answers]


MUCH = Term("much", 1.0, says_much)


def settings(algorithm: str = "rloo", **changes: Any) -> TrainingSpec:
    rl = {
        "algorithm": algorithm,
        "steps": 4,
        "prompts_per_step": 4,
        "samples_per_prompt": 4,
        "max_new_tokens": 8,
        "learning_rate": 1e-2,
        "kl": {"beta": 0.01},
        "truncation_penalty": 0.0,
        "watch_every": 2,
        "watch_prompts": 8,
        **changes,
    }
    return TrainingSpec(rl=RLSpec.model_validate(rl), warmup=0.0)


def train(folder: Path, algorithm: str = "rloo", *, gold: Term | None = None, **changes: Any) -> Any:
    term = changes.pop("term", Term("tea", 1.0, says_tea))
    return train_rl(
        loaded(changes.pop("architecture", "qwen2")),
        PROMPTS[8:],
        PROMPTS[:8],
        settings(algorithm, **changes),
        [term],
        gold,
        seed=5,
        rows=64,
        work=folder / "work",
        adapter=folder / "adapter",
    )


@pytest.mark.parametrize("algorithm", ["rloo", "grpo", "ppo"])
def test_each_learns_a_task_with_a_known_optimum(tmp_path: Path, algorithm: str) -> None:
    twice = 2 if algorithm == "ppo" else 1
    summary = train(tmp_path, algorithm, steps=16, samples_per_prompt=8, learning_rate=2e-2, iterations=twice)
    first, last = summary.rl[0], summary.rl[-1]
    assert first.reward < 0.1
    assert max(step.reward for step in summary.rl) > 0.8  # the optimum is 1; at this rate PPO may forget it again
    assert last.kl > first.kl
    assert last.rewards == {"tea": pytest.approx(last.reward)}
    assert all(check.passed for check in summary.preflight)
    assert summary.method == algorithm


def test_a_policy_that_is_not_the_start_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peft.LoraConfig", partial(LoraConfig, init_lora_weights=False))
    with pytest.raises(UserError) as caught:
        train(tmp_path)
    assert "the policy starts as the start model" in str(caught.value)
    assert "reference is the start" not in str(caught.value)  # the adapter is off there


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "adapter" / "adapter_model.safetensors")


@pytest.mark.parametrize("algorithm", ["rloo", "grpo"])
def test_shared_prefixes_train_what_trl_trains(tmp_path: Path, algorithm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same answers, rewards and losses as TRL's own trainer that computes each row by itself."""
    ours = train(tmp_path / "ours", algorithm, steps=2, term=MUCH)
    trl = rl_module.SharedRLOOTrainer if algorithm == "rloo" else rl_module.SharedGRPOTrainer
    base = trl.__mro__[trl.__mro__.index(OnPolicy) + 2]  # TRL's class behind the two of ours
    assert base.__module__.startswith("trl.")
    name = "_get_per_token_logps_and_entropies"
    monkeypatch.setattr(OnPolicy, name, getattr(base, name))
    monkeypatch.setattr(rl_module, "why_not", lambda model: "the test takes TRL's own path")
    theirs = train(tmp_path / "theirs", algorithm, steps=2, term=MUCH)
    assert [step.reward for step in ours.rl] == [step.reward for step in theirs.rl]
    assert [step.loss for step in ours.rl] == pytest.approx([step.loss for step in theirs.rl], abs=1e-5)
    assert [step.kl for step in ours.rl] == pytest.approx([step.kl for step in theirs.rl], abs=1e-4)
    for key, value in weights(tmp_path / "theirs").items():
        assert float((weights(tmp_path / "ours")[key] - value).norm() / value.norm()) < 1e-4


@pytest.mark.parametrize("algorithm", ["rloo", "ppo"])
def test_the_policy_reads_a_sample_once(tmp_path: Path, algorithm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two samples, two steps each: the pass before the first step is the first step's own, and no other is."""
    passes = []
    real = OnPolicy.forward_packs
    monkeypatch.setattr(OnPolicy, "forward_packs", lambda *given: passes.append(1) or real(*given))
    once = train(tmp_path / "once", algorithm, steps=4, iterations=2, term=MUCH)
    spared = len(passes)
    monkeypatch.setattr(OnPolicy, "_reads_once", lambda self: False)
    again = train(tmp_path / "again", algorithm, steps=4, iterations=2, term=MUCH)
    assert len(passes) - spared == spared + 2
    assert [step.reward for step in once.rl] == [step.reward for step in again.rl]
    assert [step.loss for step in once.rl] == pytest.approx([step.loss for step in again.rl], abs=1e-5)
    for key, value in weights(tmp_path / "again").items():
        assert float((weights(tmp_path / "once")[key] - value).norm() / value.norm()) < 1e-4


def test_a_pass_serves_no_other_rows_and_no_later_step() -> None:
    ids, seen = torch.tensor([[1, 2], [3, 4], [1, 2]]), torch.ones(3, 2)
    kept = rollouts_module._Pass(7, ids, seen, {})
    assert kept.places(7, ids[[1, 0, 2]], seen).tolist() == [1, 0, 0]  # type: ignore[union-attr]
    assert kept.places(8, ids, seen) is None
    assert kept.places(7, ids + 1, seen) is None
    assert kept.places(7, ids, torch.tensor([[1.0, 0.0]] * 3)) is None
    assert kept.places(7, ids[:2], seen[:2]) is None


def test_what_is_dropped_at_random_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    real = OnPolicy._reads_once
    monkeypatch.setattr(OnPolicy, "_reads_once", lambda self: asked.append(real(self)) or asked[-1])
    plain = rl_module.lora_config

    def dropping(*given: Any) -> LoraConfig:
        found: LoraConfig = plain(*given)
        found.lora_dropout = 0.5
        return found

    monkeypatch.setattr(rl_module, "lora_config", dropping)
    train(tmp_path, steps=1)
    assert asked
    assert not any(asked)


def test_ppo_gives_the_advantages_of_a_hand_computed_answer() -> None:
    # one answer of two tokens, then padding; rewards 0.5 and 1, values 0.2, 0.4, discount 0.9, lambda 0.5:
    # delta_1 = 1 - 0.4 = 0.6; delta_0 = 0.5 + 0.9 * 0.4 - 0.2 = 0.66; A_1 = 0.6; A_0 = 0.66 + 0.45 * 0.6 = 0.93
    rewards = torch.tensor([[0.5, 1.0, 7.0]])
    values = torch.tensor([[0.2, 0.4, 9.0]])
    mask = torch.tensor([[1.0, 1.0, 0.0]])
    advantages, returns = gae(rewards * mask, values, mask, 0.9, 0.5)
    torch.testing.assert_close(advantages, torch.tensor([[0.93, 0.6, 0.0]]))
    torch.testing.assert_close(returns, torch.tensor([[1.13, 1.0, 0.0]]))


def test_ppo_pays_for_each_nat_and_rewards_the_last_token() -> None:
    log_ratio = torch.tensor([[0.5, -1.0, 3.0], [2.0, 0.0, 0.0]])
    mask = torch.tensor([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]])
    found = token_rewards(torch.tensor([1.0, -2.0]), log_ratio, mask, 0.1)
    torch.testing.assert_close(found, torch.tensor([[-0.05, 1.1, 0.0], [-0.2, 0.0, -2.0]]))


def test_ppo_clips_the_value_and_whitens_over_the_mask() -> None:
    # the value moved from 0 to 1 and may move 0.2: errors (1 - 2)^2 = 1 and (0.2 - 2)^2 = 3.24; half the larger is 1.62
    one = torch.ones(1, 1)
    loss = value_loss(one, torch.zeros(1, 1), 2 * one, one, 0.2)
    assert float(loss) == pytest.approx(1.62)
    mask = torch.tensor([[1.0, 1.0, 0.0]])
    torch.testing.assert_close(whitened(torch.tensor([[1.0, 3.0, 50.0]]), mask), torch.tensor([[-1.0, 1.0, 0.0]]))


def test_ppos_first_update_is_the_one_computed_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Policy and old policy agree at first, so the gradient is that of -mean over answers of mean_t A_t log pi(a_t)."""
    seen: dict[str, Any] = {}
    real = PPOTrainer._compute_loss

    def spy(self: Any, model: Any, inputs: Any) -> Any:
        loss = real(self, model, inputs)
        if not seen:
            (parameter,) = [p for name, p in model.named_parameters() if "0.self_attn.q_proj.lora_B" in name]
            grad = torch.autograd.grad(loss, parameter, retain_graph=True)[0]
            ids = torch.cat([inputs["prompt_ids"], inputs["completion_ids"]], 1)
            attention = torch.cat([inputs["prompt_mask"], inputs["completion_mask"]], 1)
            mask = inputs["completion_mask"].float()
            positions = (attention.cumsum(1) - 1).clamp(min=0)
            logits = model(input_ids=ids, attention_mask=attention, position_ids=positions).logits
            width = mask.shape[1]
            logps = torch.log_softmax(logits[:, -width - 1 : -1], -1).gather(-1, ids[:, -width:, None]).squeeze(-1)
            by_hand = -(inputs["advantages"] * logps * mask).sum(1).div(mask.sum(1)).mean()
            expected = torch.autograd.grad(by_hand, parameter)[0]
            seen.update(grad=grad, expected=expected)
        return loss

    monkeypatch.setattr(PPOTrainer, "_compute_loss", spy)
    train(tmp_path, "ppo", steps=2, term=MUCH)
    error = (seen["grad"] - seen["expected"]).norm() / seen["expected"].norm()
    assert float(seen["expected"].norm()) > 0
    assert float(error) < 1e-4


@pytest.mark.parametrize("algorithm", ["rloo", "ppo"])
def test_a_killed_run_goes_on_to_the_same_end(tmp_path: Path, algorithm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {"steps": 8, "iterations": 2 if algorithm == "ppo" else 1, "kl": {"beta": 0.05, "target": 0.5}}
    gold = Term("gold", 1.0, lambda answers: [-float(len(said.text)) for said in answers])
    whole = train(tmp_path / "whole", algorithm, gold=gold, **changes)

    class Killed(Exception):
        pass

    real = monitor_module.GoodhartMonitor._take

    def dies(self: Any, step: int) -> None:
        real(self, step)
        if step == 6:
            raise Killed

    monkeypatch.setattr(monitor_module.GoodhartMonitor, "_take", dies)
    with pytest.raises(Killed):
        train(tmp_path / "killed", algorithm, gold=gold, **changes)
    monkeypatch.setattr(monitor_module.GoodhartMonitor, "_take", real)
    again = train(tmp_path / "killed", algorithm, gold=gold, **changes)
    assert again == whole
    for key, value in weights(tmp_path / "whole").items():
        assert torch.equal(weights(tmp_path / "killed")[key], value)


def test_the_adapter_kept_is_the_best_by_gold(tmp_path: Path) -> None:
    """Gold counts what the reward does not: it falls from the first step on, and the start is kept."""
    gold = Term("gold", 1.0, lambda answers: [-value for value in says_tea(answers)])
    summary = train(
        tmp_path, steps=12, samples_per_prompt=8, learning_rate=2e-2, watch_every=4, watch_prompts=8, gold=gold
    )
    judged = summary.overoptimization
    assert judged.alarm
    assert judged.kept_step == 0
    assert summary.warnings == (judged.summary,)
    assert [point.step for point in judged.points] == [0, 4, 8, 12]
    assert judged.points[-1].proxy > judged.points[0].proxy + 0.3
    assert judged.points[0].kl == pytest.approx(0, abs=1e-6)
    assert all(float(value.abs().max()) == 0 for key, value in weights(tmp_path).items() if "lora_B" in key)


def test_beta_adapts_towards_the_target(tmp_path: Path) -> None:
    """The KL of the first steps lies below a high target and above a low one."""
    low = train(tmp_path / "low", kl={"beta": 0.05, "target": 1e-4}, steps=6, term=MUCH).rl
    high = train(tmp_path / "high", kl={"beta": 0.05, "target": 1e3}, steps=6, term=MUCH).rl
    assert low[-1].beta > 0.05 > high[-1].beta
    assert high[-1].beta == pytest.approx(0.05 * 0.98**5)  # 1 - 0.1 * 0.2 a step, and the log is before the change


def test_an_answer_cut_at_the_cap_pays(tmp_path: Path) -> None:
    summary = train(tmp_path, truncation_penalty=3.0, steps=2)
    step = summary.rl[0]
    assert step.rewards["unended"] == pytest.approx(-step.unended)
    assert step.reward == pytest.approx(step.rewards["tea"] - 3 * step.unended, abs=1e-6)


def test_terms_are_judged_apart_and_added_up() -> None:
    said = [
        Rollout(PROMPTS[0].messages, "tea is great fun .", True),
        Rollout(PROMPTS[0].messages, "tea", False),
        Rollout(PROMPTS[0].messages, " ", True),
    ]
    rubric = reward_function(RewardTerm.model_validate({"rubric": [{"scorer": "words", "full_to": 2, "zero_above": 6,
        "weight": 1}]}), None)  # fmt: skip
    terms = [Term("rubric", 2.0, rubric), Term("words", -0.1, scorer_reward(named("words"))), unended(1.0)]
    sums, parts = total(terms, said)
    assert parts["rubric"] == pytest.approx([0.5, 1.0, 0.0])  # an empty answer earns nothing, however short
    assert parts["unended"] == [0.0, -1.0, 0.0]
    assert sums == pytest.approx([1.0 - 0.4, 2.0 - 0.1 - 1.0, 0.0])
    with pytest.raises(ValueError, match="feedback"):
        reward_function(RewardTerm(rubric="feedback"), None)


@pytest.mark.parametrize("broken", [float("nan"), float("inf")])
def test_a_reward_that_is_no_number_stops_the_run_with_one_message(tmp_path: Path, broken: float) -> None:
    answers = [Rollout((Message(role="user", content="hello"),), text, True) for text in ("fine", "odd", "odd")]
    term = Term("model", 1.0, lambda said: [broken if each.text == "odd" else 1.0 for each in said])
    with pytest.raises(UserError, match="'model'") as stopped:
        term(answers)
    assert "Of 2 it gave" in stopped.value.why
    assert "'odd'" in stopped.value.why
    assert term(answers[:1]) == [1.0]


def test_trl_calls_a_term_with_what_it_needs() -> None:
    seen: list[Rollout] = []
    term = Term("spy", 1.0, lambda answers: [float(len(seen.extend(answers) or answers)) for _ in answers])
    tokenizer = tiny_tokenizer()
    function = as_reward_function(term, tokenizer, frozenset({0}))
    prompt = [{"role": "user", "content": "hello"}]
    ids = [tokenizer(text)["input_ids"] for text in ("tea <|end|>", "sun")]
    function(prompts=[prompt, prompt], completions=["?", "?"], completion_ids=ids, trainer_state=None)
    assert function.__name__ == "spy"
    assert [(said.text, said.ended) for said in seen[:2]] == [("tea", True), ("sun", False)]


@pytest.mark.parametrize("special", [True, False])
@pytest.mark.parametrize("opened", [True, False], ids=["opened in the prompt", "opened in the answer"])
def test_what_is_thought_earns_nothing_however_its_marks_are_kept(special: bool, opened: bool) -> None:
    tokenizer = tiny_tokenizer()
    tokenizer.add_tokens([AddedToken(mark, special=special) for mark in ("<think>", "</think>")])
    if opened:
        tokenizer.chat_template += "{% if add_generation_prompt %}<think> {% endif %}"
    asked, first = prompt_ids(tokenizer, PROMPTS[0].messages), "" if opened else "<think> "
    seen: list[Rollout] = []
    spy = Term("spy", 1.0, lambda answers: [float(len(seen.extend(answers) or answers)) for _ in answers])
    texts = (f"{first}tea is fun </think> sun <|end|>", f"{first}tea is fun", f"{first}tea </think> <|end|>")
    said = [tokenizer(text)["input_ids"] for text in texts]
    prompt = [{"role": "user", "content": PROMPTS[0].text}]
    as_reward_function(spy, tokenizer, frozenset({0}))(prompts=[prompt] * 3, completion_ids=said)
    answers = [(answer.text.strip(), answer.ended) for answer in seen[:3]]
    assert answers == [("sun", True), ("", False), ("", True)]
    assert Rollout.of(tokenizer, PROMPTS[0].messages, asked, said[0], frozenset({0})) == seen[0]


def test_too_few_prompts_are_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="prompts_per_step is 9"):
        train(tmp_path, prompts_per_step=9)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"rewards": [{"scorer": "words", "model": "trained"}]}, "exactly one"),
        ({"rewards": [{"scorer": "wordiness"}]}, "input_value='wordiness'"),
        ({"rewards": [{"scorer": "words"}, {"scorer": "words"}]}, "more than once"),
        ({"rewards": [{"scorer": "words", "weight": 0}]}, "rewards nothing"),
        ({"rewards": [{"scorer": "words", "uncertainty": 1}]}, "goes with `model`"),
        ({"kl": {"beta": 0, "target": 1}}, "stays 0"),
        ({"iterations": 4}, "multiple of iterations"),
        ({"algorithm": "ppo", "kl": {"beta": 0}}, "PPO"),
    ],
)
def test_settings_that_cannot_work_are_told(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        RLSpec.model_validate({"watch_every": 6, **given})
