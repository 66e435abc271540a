"""A reward model is trained the same twice, goes on after a kill, is measured on other prompts, reads as written."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from tiny import save_tiny, tiny_model, tiny_tokenizer
from trimtab.errors import UserError
from trimtab.models import LoadedModel, ModelRef, RewardModel, as_reward_model, load, render
from trimtab.records import Comparison, Message, Provenance, RewardSummary
from trimtab.sharing import RewardScorer
from trimtab.spec import RewardSpec
from trimtab.train import train_reward
from trimtab.train.reward import read_rankings, split_prompts

NOUNS = ["tea", "rain", "sun", "dog", "cat", "tree", "house", "red", "green", "blue", "plan", "name"]
SETTINGS = RewardSpec(learning_rate=3e-3, epochs=6, batch_size=4, checkpoint_every=5, heldout=0.25, warmup=0.0)


def user(text: str) -> tuple[Message, ...]:
    return (Message(role="user", content=text),)


def comparisons(count: int = 32, *, longer: bool = False) -> list[Comparison]:
    """The better side says "great"; with `longer`, it is the longer one and nothing else tells it."""
    source = random.Random(5)
    found = []
    for i in range(count):
        asked = f"tell me about {NOUNS[i % 12]} and {NOUNS[(i * 5 + 1) % 12]}"
        words = [source.choice(NOUNS) for _ in range(source.randint(3, 8))]
        better, worse = ([*words, *words], words) if longer else (["great", *words], ["not", *words])
        sides = [(Message(role="assistant", content=" ".join(some)),) for some in (better, worse)]
        told = Provenance(source="made", judge="test", why="")
        found.append(Comparison(id=f"c{i}", prompt=user(asked), chosen=sides[0], rejected=sides[1], provenance=told))
    return found


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("base"))


def loaded(base: Path) -> LoadedModel:
    return load(ModelRef(str(base)), "fp32", lambda _: None)


def train(base: Path, out: Path, given: Any = None, *, on_step: Any = lambda *_: None, **changes: Any) -> RewardSummary:
    options = {"ranked": changes.pop("ranked")} if "ranked" in changes else {}
    return train_reward(
        loaded(base),
        comparisons() if given is None else given,
        SETTINGS.model_copy(update=changes),
        seed=3,
        work=out / "work",
        folder=out / "reward",
        on_step=on_step,
        **options,
    )


@pytest.fixture(scope="module")
def trained(base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RewardSummary]:
    out = tmp_path_factory.mktemp("trained")
    return out / "reward", train(base, out)


def same_bytes(one: Path, other: Path) -> None:
    names = sorted(path.name for path in one.iterdir() if path.is_file())
    assert {"adapter_model.safetensors", "heads.safetensors", "reward.json"} <= set(names)
    for name in names:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def test_it_learns_and_says_so(trained: tuple[Path, RewardSummary]) -> None:
    folder, summary = trained
    assert RewardSummary.from_json((folder / "reward.json").read_text()) == summary
    held = summary.heldout
    assert held is not None
    assert held.accuracy == 1.0
    assert 0.5 < held.accuracy_low < 1.0
    assert sum(each.n for each in held.calibration) == held.n
    assert held.chosen[2] > held.rejected[2]
    assert summary.curve[-1].loss < summary.curve[0].loss
    assert summary.trained + held.n == 32
    assert [check.passed for check in summary.preflight] == [True] * 3
    assert summary.heads_sd is not None
    assert summary.heads_sd > 0


def test_two_trainings_give_the_same_bytes(base: Path, trained: tuple[Path, RewardSummary], tmp_path: Path) -> None:
    torch.manual_seed(99)  # another state of the generators than before
    torch.randn(17)
    train(base, tmp_path)
    same_bytes(trained[0], tmp_path / "reward")


def test_killed_and_resumed_gives_the_same_bytes(
    base: Path, trained: tuple[Path, RewardSummary], tmp_path: Path
) -> None:
    def kill(step: int, of: int, loss: float) -> None:
        if step == 13:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(base, tmp_path, on_step=kill)
    half = tmp_path / "work" / "checkpoints" / "checkpoint-15"
    half.mkdir()  # what a kill in the middle of saving leaves
    steps: list[int] = []
    train(base, tmp_path, on_step=lambda step, *_: steps.append(step))
    assert steps[0] == 11
    same_bytes(trained[0], tmp_path / "reward")


def test_another_seed_holds_out_other_prompts_and_no_prompt_is_on_both_sides() -> None:
    rankings, _ = read_rankings(comparisons(60), (), tiny_tokenizer(), 64, frozenset({0}))
    sides = [split_prompts(rankings, 0.25, seed) for seed in (0, 1)]
    for kept, out in sides:
        assert not {item.prompt for item in kept} & {item.prompt for item in out}
        assert len(kept) + len(out) == 60
        assert len({item.prompt for item in out}) == round(0.25 * len({item.prompt for item in rankings}))
    assert sides[0] != sides[1]


PROMPTS = [user("tell me about tea"), (*user("hello"), Message(role="assistant", content="hello !"), *user("why rain"))]
ANSWERS = [["great tea", "not tea", "the cat and the dog and the tree"], ["sun !"]]


def test_scores_are_the_plain_forward_pass(base: Path, trained: tuple[Path, RewardSummary]) -> None:
    folder, _ = trained
    tokenizer = AutoTokenizer.from_pretrained(folder)
    plain = AutoModelForSequenceClassification.from_pretrained(
        base, num_labels=1, dtype=torch.float32, pad_token_id=tokenizer.pad_token_id
    )
    plain = PeftModel.from_pretrained(plain, folder).eval()  # unmerged, by PEFT alone
    reward = RewardModel.load(folder, "fp32")
    found = reward.scores(PROMPTS, ANSWERS)
    for prompt, answers, scores in zip(PROMPTS, ANSWERS, found, strict=True):
        for text, score in zip(answers, scores, strict=True):
            said = (*prompt, Message(role="assistant", content=text))
            ids = torch.tensor([render(tokenizer, said, generation=False)])
            with torch.no_grad():
                assert score == pytest.approx(plain(input_ids=ids).logits.item(), abs=1e-4)
    alone = [[reward.scores([p], [[a]])[0][0] for a in some] for p, some in zip(PROMPTS, ANSWERS, strict=True)]
    for other in (alone, reward.padded(PROMPTS, ANSWERS, "right"), reward.padded(PROMPTS, ANSWERS, "left")):
        for one, two in zip(found, other, strict=True):
            assert one == pytest.approx(two, abs=1e-4)


def test_the_ensemble_is_sure_where_the_comparisons_were(trained: tuple[Path, RewardSummary]) -> None:
    reward = RewardModel.load(trained[0], "fp32")
    assert reward.heads == 4
    heads = load_file(trained[0] / "heads.safetensors")["heads"]
    states = reward.states(PROMPTS, ANSWERS)[0][0]
    (found, *_), _ = reward.ensemble(PROMPTS, ANSWERS)
    assert found.mean == pytest.approx(float((heads @ states).mean()), abs=1e-4)
    assert found.sd == pytest.approx(float((heads @ states).std()), abs=1e-4)
    assert found.conservative(2.0) == pytest.approx(found.mean - 2 * found.sd)


def test_a_cut_answer_is_read_without_the_end_of_turn(trained: tuple[Path, RewardSummary]) -> None:
    reward = RewardModel.load(trained[0], "fp32")
    whole, cut = reward.scores([PROMPTS[0]] * 2, [["great tea"]] * 2, [[True], [False]])
    assert whole != cut
    tokenizer = reward.loaded.tokenizer
    said = (*PROMPTS[0], Message(role="assistant", content="great tea"))
    ids = render(tokenizer, said, generation=False)
    assert ids[-1] == tokenizer.eos_token_id
    model = reward.loaded.model
    assert cut[0] == pytest.approx(model(input_ids=torch.tensor([ids[:-1]])).logits.item(), abs=1e-4)


@pytest.mark.parametrize("pads_with_its_end", [True, False])
def test_an_end_that_is_never_read_is_told(pads_with_its_end: bool, base: Path, tmp_path: Path) -> None:
    start, said = loaded(base), list[str]()
    if pads_with_its_end:
        start.tokenizer.pad_token = start.tokenizer.eos_token
    changes = {"epochs": 1, "heads": 0, "heldout": 0.0}
    train_reward(
        start,
        comparisons(4),
        SETTINGS.model_copy(update=changes),
        seed=3,
        work=tmp_path / "work",
        folder=tmp_path / "reward",
        say=said.append,
    )
    told = [text for text in said if "8 of 8 answers end in the token that pads" in text]
    assert bool(told) == pads_with_its_end
    rewards = RewardModel.load(tmp_path / "reward", "fp32").scores(
        [PROMPTS[0]] * 2, [["great tea"]] * 2, [[True], [False]]
    )
    assert (rewards[0] == rewards[1]) == pads_with_its_end  # what the note says


def test_rankings_are_trained_on_together_with_pairs(base: Path, tmp_path: Path) -> None:
    ranked = [(user(f"what is {noun}"), ["great", f"{noun} great", f"not {noun}"]) for noun in NOUNS]
    ranked.append((user("what is it"), ["one", "one", "two"]))
    summary = train(base, tmp_path, comparisons(8), ranked=ranked, epochs=1)
    assert summary.given == 21
    assert summary.left_out == {"two answers have equal tokens": 1}
    (line,) = (tmp_path / "reward" / "rejected.jsonl").read_text().splitlines()
    assert json.loads(line)["row"] == "12"
    assert summary.heldout is not None
    assert summary.trained + summary.heldout.n == 20
    assert RewardModel.load(tmp_path / "reward", "fp32").scores(PROMPTS, ANSWERS)


def test_no_heads_no_ensemble_and_nothing_held_out(base: Path, tmp_path: Path) -> None:
    summary = train(base, tmp_path, comparisons(8), epochs=1, heads=0, heldout=0.0, center=0.01)
    assert summary.heldout is None
    assert summary.trained == 8
    with pytest.raises(UserError, match=r"training\.reward\.heads"):
        RewardModel.load(tmp_path / "reward", "fp32").ensemble(PROMPTS, ANSWERS)


def test_what_cannot_be_trained_on(base: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="none is left to train on"):
        train(base, tmp_path, comparisons(1))
    with pytest.raises(UserError, match=r"training\.reward\.max_length"):
        train(base, tmp_path, comparisons(4), max_length=5)
    lora = SETTINGS.lora.model_copy(update={"target_modules": ("no_such_layer",)})
    with pytest.raises(UserError, match="target_modules"):
        train(base, tmp_path, lora=lora)
    assert not (tmp_path / "reward").exists()


def test_bf16_trains_its_head_in_fp32(base: Path, tmp_path: Path) -> None:
    start = load(ModelRef(str(base)), "bf16", lambda _: None)
    summary = train_reward(start, comparisons(), SETTINGS, seed=3, work=tmp_path / "work", folder=tmp_path / "reward")
    assert summary.heldout is not None
    assert summary.heldout.accuracy == 1.0
    assert load_file(tmp_path / "reward" / "adapter_model.safetensors")["base_model.model.score.weight"].dtype is (
        torch.float32
    )
    reward = RewardModel.load(tmp_path / "reward", "bf16")
    found, padded = reward.scores(PROMPTS, ANSWERS), reward.padded(PROMPTS, ANSWERS, "right")
    for one, two in zip(found, padded, strict=True):
        assert one == pytest.approx(two, abs=0.1)


def test_an_adapter_under_the_start_model_is_part_of_the_reward_model(base: Path, tmp_path: Path) -> None:
    under = an_adapter(base, tmp_path / "under")
    start = load(ModelRef(str(base), (str(under),)), "fp32", lambda _: None)
    summary = train_reward(
        start,
        comparisons(12),
        SETTINGS.model_copy(update={"epochs": 1}),
        seed=3,
        work=tmp_path / "w",
        folder=tmp_path / "r",
    )
    assert summary.base_adapters == (str(Path("..") / "under"),)  # relative, so that a run can be moved
    reward = RewardModel.load(tmp_path / "r", "fp32")
    assert reward.loaded.ref.adapters == (str(under), str(tmp_path / "r"))
    held = summary.heldout
    assert held is not None
    without = RewardModel(load(ModelRef(str(base), (str(tmp_path / "r"),)), "fp32", lambda _: None, reward=True))
    assert without.scores(PROMPTS, ANSWERS)[0] != pytest.approx(reward.scores(PROMPTS, ANSWERS)[0], abs=1e-3)


def an_adapter(base: Path, folder: Path) -> Path:
    model = get_peft_model(
        load(ModelRef(str(base)), "fp32", lambda _: None).model,
        LoraConfig(r=2, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False),
    )
    model.save_pretrained(folder)
    return folder


@pytest.mark.parametrize("architecture", ["llama", "mistral", "gemma2", "gpt2", "gpt_neox", "bloom"])
def test_a_reward_model_is_made_of_any_usual_decoder(architecture: str) -> None:
    made = as_reward_model(tiny_model(architecture), tiny_tokenizer(), seed=4)
    torch.randn(3)
    again = as_reward_model(tiny_model(architecture), tiny_tokenizer(), seed=4)
    assert torch.equal(made.score.weight, again.score.weight)
    ids, scorer = [[9, 8, 7, 0], [9, 6, 0]], RewardScorer(made)
    states = scorer.states([[5, 6]], [ids])[0]
    for each, state in zip(ids, states, strict=True):
        plain = made(input_ids=torch.tensor([[5, 6, *each]])).logits.item()
        assert float(state @ made.score.weight[0].detach()) == pytest.approx(plain, abs=1e-4)


def test_a_decoder_without_a_reward_model_is_refused() -> None:
    with pytest.raises(UserError, match="sequence-classification"):
        as_reward_model(tiny_model("mamba"), tiny_tokenizer())
