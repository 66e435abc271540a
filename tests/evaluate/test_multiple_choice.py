"""TruthfulQA and pairs of answers against plain passes and sums done by hand."""

import math
from dataclasses import replace
from typing import Any

import pytest
import torch

from tiny import tiny_model, tiny_tokenizer
from trimtab.data import comparison_from_row
from trimtab.evaluate import SHOTS, option_logps, pairwise, preamble_of, truthfulqa
from trimtab.models import LoadedModel, ModelRef
from trimtab.records import Options, TruthfulItem
from trimtab.sharing import Scorer

ITEMS = [
    TruthfulItem(
        id="1",
        question="what is red tea?",
        mc1=Options(texts=("green tea", "red", "the sun"), right=(False, True, False)),
        mc2=Options(texts=("red", "tea", "green tea", "the sun"), right=(True, True, False, False)),
    ),
    TruthfulItem(
        id="2",
        question="what is the sun?",
        mc1=Options(texts=("a dog", "a tree"), right=(True, False)),
        mc2=Options(texts=("a dog", "a tree"), right=(True, False)),
    ),
]
ITEMS.append(  # the second with its labels turned round: one of the two is answered rightly
    ITEMS[1].model_copy(
        update={part: Options(texts=("a dog", "a tree"), right=(False, True)) for part in ("mc1", "mc2")}
    )
)


@pytest.fixture
def loaded() -> LoadedModel:
    return LoadedModel(tiny_model("llama", max_position_embeddings=512), tiny_tokenizer(), ModelRef("tiny"), "fp32")


def plain(loaded: LoadedModel, context: str, option: str) -> list[float]:
    """The option's log-probabilities, a token each."""
    head, whole = (loaded.tokenizer(text)["input_ids"] for text in (context, context + option))
    with torch.no_grad():
        logps = torch.log_softmax(loaded.model(torch.tensor([whole])).logits[0].double(), -1)
    return [float(logps[place - 1, whole[place]]) for place in range(len(head), len(whole))]


@pytest.mark.parametrize("preamble", [None, "", "Q: what is tea?\nA: tea is green\n\n"])
def test_truthfulqa_is_what_its_definition_says(loaded: LoadedModel, preamble: str | None) -> None:
    before = preamble_of(SHOTS) if preamble is None else preamble
    found = truthfulqa(loaded, ITEMS, preamble=preamble)
    for item, score in zip(ITEMS, found, strict=True):
        context = f"{before}Q: {item.question}\nA:"
        sums = {text: sum(plain(loaded, context, f" {text}")) for text in {*item.mc1.texts, *item.mc2.texts}}
        assert score.logps == pytest.approx(sums, abs=1e-4)
        best = max(item.mc1.texts, key=sums.__getitem__)
        assert score.mc1 == float(item.mc1.right[item.mc1.texts.index(best)])
        p = {text: math.exp(sums[text]) for text in item.mc2.texts}
        true = sum(p[text] for text, right in zip(item.mc2.texts, item.mc2.right, strict=True) if right)
        assert score.mc2 == pytest.approx(true / sum(p.values()), abs=1e-4)
    assert {found[1].mc1, found[2].mc1} == {0.0, 1.0}


def test_what_a_tokenizer_puts_behind_a_text_is_no_part_of_a_context(loaded: LoadedModel) -> None:
    options = [[" red", " the sun", ""]]
    expected = option_logps(loaded, ["what is tea ?"], options)
    assert expected[0][2] == []  # no token, no log-probability
    real = loaded.tokenizer

    class Framing:
        def __call__(self, text: str | list[str], add_special_tokens: bool = True) -> dict[str, Any]:
            ids = real(text)["input_ids"]
            if not add_special_tokens:
                return {"input_ids": ids}
            return {"input_ids": [2, *ids, 0] if isinstance(text, str) else [[2, *row, 0] for row in ids]}

    framed = option_logps(replace(loaded, tokenizer=Framing()), ["what is tea ?"], options)
    ids = [2, *real("what is tea ?")["input_ids"]]
    (found,) = Scorer(loaded.model).one_by_one([ids], [[real(option)["input_ids"] for option in options[0][:2]]])
    assert framed[0][:2] == [pytest.approx(each, abs=1e-4) for each in found]
    assert framed != expected


def test_answers_of_vanishing_probability_still_have_shares(loaded: LoadedModel) -> None:
    long = " ".join(["red green blue"] * 70)
    item = TruthfulItem(
        id="1",
        question="what is red?",
        mc1=Options(texts=(long, f"{long} tea"), right=(True, False)),
        mc2=Options(texts=(long, f"{long} tea"), right=(True, False)),
    )
    (score,) = truthfulqa(loaded, [item])
    assert max(score.logps.values()) < -746  # exp() of it is 0
    apart = score.logps[f"{long} tea"] - score.logps[long]
    assert score.mc2 == pytest.approx(1 / (1 + math.exp(apart)))


def test_pairs_are_compared_summed_and_per_token(loaded: LoadedModel) -> None:
    rows = [
        {"prompt": "what is tea?", "chosen": "tea is green", "rejected": "the sun is red and the tree is green"},
        {"prompt": "tell me about the dog", "chosen": "a dog and a cat", "rejected": "red"},
    ]
    items = [comparison_from_row(row, source="test", place=str(i)) for i, row in enumerate(rows)]
    for item, score in zip(items, pairwise(loaded, items), strict=True):
        sides = []
        for side in (item.chosen, item.rejected):
            texts = [
                loaded.tokenizer.apply_chat_template(
                    [m.model_dump() for m in messages], tokenize=False, add_generation_prompt=opens
                )
                for messages, opens in ((item.prompt, True), ((*item.prompt, *side), False))
            ]
            sides.append(_after(loaded, *texts))
        chosen, rejected = sides
        assert len(chosen) != len(rejected)
        assert score.summed == pytest.approx(sum(chosen) - sum(rejected), abs=1e-4)
        assert score.per_token == pytest.approx(sum(chosen) / len(chosen) - sum(rejected) / len(rejected), abs=1e-4)


def _after(loaded: LoadedModel, context: str, whole: str) -> list[float]:
    head, ids = (loaded.tokenizer(text, add_special_tokens=False)["input_ids"] for text in (context, whole))
    with torch.no_grad():
        logps = torch.log_softmax(loaded.model(torch.tensor([ids])).logits[0].double(), -1)
    return [float(logps[place - 1, ids[place]]) for place in range(len(head), len(ids))]
