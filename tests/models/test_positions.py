"""A text beyond a model's positions or tokens is that item's fate, with its reason, and nothing else's."""

import pytest

from tiny import tiny_model, tiny_tokenizer
from tiny_reward import tiny_reward_model
from trimtab.errors import UserError
from trimtab.evaluate.benchmarks.hhh import HHH
from trimtab.loop.evaluation.choosing import each_that_is_read
from trimtab.models import Decoding, InProcess, LoadedModel, ModelRef
from trimtab.records import Comparison, Message, Prompt, Provenance
from trimtab.sharing import RewardScorer, Scorer, UnreadableError, divergence, positions_of, unreadable

SHORT = {"max_position_embeddings": 40}
ARCHITECTURES = {"gpt2": {"n_positions": 40}, "qwen3": SHORT, "llama": SHORT}


def prompt(name: str, words: int) -> Prompt:
    return Prompt(id=name, messages=(Message(role="user", content=" ".join(["tea"] * words)),))


def held(architecture: str) -> LoadedModel:
    model = tiny_model(architecture, **ARCHITECTURES[architecture])
    return LoadedModel(model, tiny_tokenizer(), ModelRef("tiny"), "fp32")  # type: ignore[arg-type]


@pytest.mark.case("F36", "a prompt beyond the model's positions is not answered, and says so; the others are")
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_prompt_beyond_the_positions_is_not_answered(architecture: str) -> None:
    engine, decoding = InProcess(held(architecture)), Decoding(60)
    prompts = [prompt("fits", 5), prompt("beyond", 60), prompt("edge", 37), prompt("over", 38)]
    answers = engine.answers(prompts, samples=1, decoding=decoding, seed=0, chat=True)
    alone = engine.answers(prompts[:1], samples=1, decoding=decoding, seed=0, chat=True)
    fits, beyond, edge, over = answers
    assert fits == alone[0]
    assert fits.outcome is None
    for answer, tokens in ((beyond, 63), (over, 41)):
        assert (answer.withheld, answer.text, answer.tokens) == ("not answered", "", 0)
        assert answer.why == f"longer than the model reads ({tokens} tokens, 40 positions)"
    assert edge.outcome is None
    assert edge.tokens == 1  # 40 tokens of the prompt are read, and one more can be said
    assert fits.tokens <= 40 - fits.prompt_tokens + 1


def test_all_of_them_beyond_is_no_fault_of_the_run() -> None:
    engine = InProcess(held("gpt2"))
    answers = engine.answers([prompt("a", 60)], samples=3, decoding=Decoding(4), seed=0, chat=True)
    assert [answer.index for answer in answers] == [0, 1, 2]
    assert {answer.withheld for answer in answers} == {"not answered"}


def test_positions_are_those_that_scaling_makes_of_them() -> None:
    assert positions_of(tiny_model("llama")) == 256
    assert positions_of(tiny_model("bloom")) is None
    assert positions_of(tiny_model("mpt", max_seq_len=40)) == 40
    rope = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 256, "rope_theta": 1e4}
    assert positions_of(tiny_model("llama", rope_parameters=rope)) == 1024
    assert positions_of(tiny_model("llama", rope_parameters={**rope, "rope_type": "linear"})) == 256


def test_a_token_that_the_model_does_not_have_is_told() -> None:
    model = tiny_model("llama")
    assert unreadable(model, [1, 58]) is None
    assert unreadable(model, [1, 59]) == "of a token that the model does not have (number 59 of 59)"
    with pytest.raises(UserError, match="of a token that the model does not have"):
        Scorer(model)([[6, 7]], [[[8], [60]]])


@pytest.mark.parametrize("shares", [True, False])
def test_what_scores_says_what_it_cannot_read(shares: bool) -> None:
    model = tiny_model("llama", **SHORT)
    scorer = Scorer(model)
    scorer.shares = shares
    assert scorer([[6] * 30], [[[7] * 10]])
    with pytest.raises(UnreadableError, match="41 tokens, 40 positions"):
        scorer([[6] * 30], [[[7], [7] * 11]])
    with pytest.raises(UnreadableError):
        divergence(model, model, [[6] * 30], [[7] * 11])
    with pytest.raises(UnreadableError):
        RewardScorer(tiny_reward_model("llama"))([[6] * 250], [[[7] * 11]])


def test_a_choice_that_cannot_be_read_has_no_value_and_a_reason() -> None:
    loaded = held("gpt2")
    items = [("helpful", _pair("a", 3)), ("helpful", _pair("b", 50)), ("honest", _pair("c", 4))]
    choose, scorer = HHH.choose, Scorer(loaded.model)
    assert choose is not None
    scores = each_that_is_read(lambda some: choose(loaded, some, scorer))(items)
    assert [score.value is None for score in scores] == [False, True, False]
    assert [scores[0], scores[2]] == [choose(loaded, [item], scorer)[0] for item in (items[0], items[2])]
    whole = HHH.measured(items, scores)[0]
    assert whole.values["hhh.accuracy"][1] is None
    assert whole.unjudged["hhh.accuracy"] == [None, "longer than the model reads", None]


def _pair(name: str, words: int) -> Comparison:
    def side(text: str) -> tuple[Message, ...]:
        return (Message(role="assistant", content=text),)

    return Comparison(
        id=name,
        prompt=prompt(name, words).messages,
        chosen=side("red tea ."),
        rejected=side("rain"),
        provenance=Provenance(source="test", judge="nobody", why="made for a test"),
    )
