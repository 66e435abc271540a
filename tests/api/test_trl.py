"""What TRL's users take from trimtab does in TRL what TRL does itself."""

from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset
from tokenizers import AddedToken
from trl import DPOConfig, DPOTrainer, GRPOConfig, GRPOTrainer

from tiny import save_tiny, tiny_model, tiny_tokenizer
from trimtab.errors import UserError
from trimtab.records import Score
from trimtab.trl import SharedPrefixDPOTrainer, reward_function

PAIRS = [
    {
        "prompt": [{"role": "user", "content": prompt}],
        "chosen": [{"role": "assistant", "content": chosen}],
        "rejected": [{"role": "assistant", "content": rejected}],
    }
    for prompt, chosen, rejected in (
        ("hello you", "it's fun !", "the one and the two and the red ."),
        ("why rain", "sun !", "rain is a house of rain and rain ."),
    )
]


def trained(kind: type, folder: Path, architecture: str = "llama") -> tuple[float, list[torch.Tensor]]:
    """The loss of one step of DPO, and the weights after it."""
    arguments = DPOConfig(
        output_dir=str(folder), max_steps=1, per_device_train_batch_size=2, learning_rate=1e-2, optim="sgd",
        use_cpu=True, bf16=False, report_to=[], save_strategy="no", logging_steps=1,
    )  # fmt: skip
    trainer = kind(
        str(save_tiny(folder / architecture, architecture)), args=arguments, train_dataset=Dataset.from_list(PAIRS)
    )  # fmt: skip
    if kind is SharedPrefixDPOTrainer:
        assert trainer.shares is (architecture == "llama")
    loss = trainer.train().training_loss
    return loss, [parameter.detach().clone() for parameter in trainer.model.parameters()]


def test_a_step_of_dpo_is_trls(tmp_path: Path) -> None:
    (ours, weights), (theirs, expected) = (trained(kind, tmp_path) for kind in (SharedPrefixDPOTrainer, DPOTrainer))
    assert ours == pytest.approx(theirs, rel=1e-5)
    for one, other in zip(weights, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)


def test_a_model_that_cannot_share_takes_trls_path_and_says_so(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Prompts are not shared: mamba"):
        ours, _ = trained(SharedPrefixDPOTrainer, tmp_path, "mamba")
    assert ours == pytest.approx(trained(DPOTrainer, tmp_path, "mamba")[0])


CONVERSATION = {
    "prompts": [[{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Why?"}]] * 2,
    "completions": [[{"role": "assistant", "content": text}] for text in ("one two three", "one")],
}
PLAIN = {"prompts": ["Why?"] * 2, "completions": ["one two three", "one"]}


class Spy:
    """A scorer that keeps what it is given."""

    name, version = "spy", "1"

    def __init__(self) -> None:
        self.rows: list[tuple[str, str]] = []

    def __call__(self, rows: Any) -> list[Score]:
        self.rows += rows
        return [Score(scorer="spy", value=None if answer == "one" else 0.5) for _, answer in rows]


@pytest.mark.parametrize("given", [CONVERSATION, PLAIN])
def test_a_scorer_is_a_reward(given: dict[str, Any]) -> None:
    assert reward_function("words")(**given, trainer_state=None) == [3.0, 1.0]
    rubric = [{"scorer": "words", "weight": 1, "full_to": 1, "zero_above": 5}]
    assert reward_function(rubric)(**given) == [0.5, 1.0]
    spy = Spy()
    assert reward_function(spy)(**given) == [0.5, 0.0]  # what could not be judged earns nothing
    assert spy.rows == [("Why?", "one two three"), ("Why?", "one")]
    assert reward_function("words").__name__ == "words"
    with pytest.raises(UserError, match="no such scorer"):
        reward_function("wordiness")


def test_what_is_thought_earns_nothing() -> None:
    words = reward_function("words")
    thought = ["<think>one two three</think>one", "<think>one two three", "one two"]
    told = [[{"role": "assistant", "content": text}] for text in thought]
    assert words(prompts=["Why?"] * 3, completions=thought) == [1.0, 0.0, 2.0]
    assert words(prompts=[[{"role": "user", "content": "Why?"}]] * 3, completions=told) == [1.0, 0.0, 2.0]
    assert words(prompts=["Why? <think>"], completions=["one two"]) == [0.0]
    tokenizer = tiny_tokenizer()
    tokenizer.add_tokens([AddedToken(mark, special=True) for mark in ("<think>", "</think>")])
    ids = [tokenizer(text)["input_ids"] for text in ("<think> tea is fun </think> sun <|end|>", "<think> tea")]
    left_out = [tokenizer.decode(tokens, skip_special_tokens=True) for tokens in ids]
    for prompt in ("why", [{"role": "user", "content": "why"}]):
        given: dict[str, Any] = {"prompts": [prompt] * 2, "completions": left_out, "completion_ids": ids}
        assert reward_function("words", tokenizer=tokenizer)(**given) == [1.0, 0.0]


@pytest.mark.parametrize("conversational", [True, False])
def test_trl_trains_on_it(tmp_path: Path, conversational: bool) -> None:
    prompts = ["hello you", "why rain"]
    rows = [{"prompt": [{"role": "user", "content": p}] if conversational else p} for p in prompts]
    arguments = GRPOConfig(
        output_dir=str(tmp_path), max_steps=1, per_device_train_batch_size=4, num_generations=4,
        max_completion_length=8, use_cpu=True, bf16=False, report_to=[], save_strategy="no", logging_steps=1,
    )  # fmt: skip
    trainer = GRPOTrainer(
        tiny_model(), reward_funcs=[reward_function("words"), reward_function("refusal")], args=arguments,
        train_dataset=Dataset.from_list(rows), processing_class=tiny_tokenizer(),
    )  # fmt: skip
    trainer.train()
    logged = trainer.state.log_history[0]
    assert logged["rewards/words/mean"] > 0
    assert "rewards/refusal/mean" in logged
