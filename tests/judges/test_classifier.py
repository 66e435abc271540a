"""Classifiers of several architectures, tiny and random: the right probability in any batch, and clear refusals."""

import json
from pathlib import Path

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    BertConfig,
    DebertaV2Config,
    GPT2Config,
    LlamaConfig,
    PreTrainedConfig,
    RobertaConfig,
)

from tiny import WORDS, tiny_tokenizer
from trimtab.errors import UserError, UserNote
from trimtab.judges import Classifier

SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
POSITIONS = 40
CONFIGS: dict[str, type[PreTrainedConfig]] = {
    "bert": BertConfig,
    "roberta": RobertaConfig,
    "deberta": DebertaV2Config,
    "gpt2": GPT2Config,
    "llama": LlamaConfig,
}
SAID = WORDS.split()
ROWS = [("why", " ".join(SAID[i : i + 1 + 3 * i])) for i in range(8)] + [("", "tea"), ("", "rain")]


def saved(folder: Path, architecture: str = "bert", side: str = "right", *, pad: bool = True, **changes: object) -> str:
    """A random classifier with its tokenizer, whose probabilities differ from text to text."""
    tokenizer = tiny_tokenizer()
    positions = POSITIONS + 2 if architecture == "roberta" else POSITIONS
    sizes = {**SIZES, "max_position_embeddings": positions, "vocab_size": len(tokenizer), "pad_token_id": 1}
    if not pad:
        tokenizer.pad_token = None
        sizes["pad_token_id"] = None
    torch.manual_seed(0)
    model = AutoModelForSequenceClassification.from_config(CONFIGS[architecture](**{**sizes, **changes}))
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 2:
                parameter.mul_(8.0)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    settings = folder / "tokenizer_config.json"
    settings.write_text(json.dumps({**json.loads(settings.read_text()), "padding_side": side}))
    return str(folder)


def by_hand(folder: str, text: str, limit: int = POSITIONS) -> torch.Tensor:
    """Logits of one text alone, without padding."""
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    ids = tiny_tokenizer()(text)["input_ids"][:limit]
    with torch.inference_mode():
        return model(input_ids=torch.tensor([ids])).logits[0].float()


def test_a_model_that_reads_its_padding_reads_one_text_at_a_time(tmp_path: Path) -> None:
    classifier = Classifier(saved(tmp_path), precision="fp32")
    forward = classifier._model.forward
    classifier._model.forward = lambda *_, attention_mask=None, **given: forward(**given)
    alone = [classifier([row])[0].value for row in ROWS]
    with pytest.warns(UserNote, match=r"reads one text at a time.* gives other probabilities"):
        together = [score.value for score in classifier(ROWS)]
    assert together == alone


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("architecture", CONFIGS)
def test_a_score_is_the_models_own_whatever_the_batch(architecture: str, side: str, tmp_path: Path) -> None:
    folder = saved(tmp_path, architecture, side)
    scores = Classifier(folder, precision="fp32")(ROWS)
    expected = [by_hand(folder, text).softmax(-1)[1].item() for _, text in ROWS]
    assert max(expected) - min(expected) > 0.2
    assert [score.value for score in scores] == pytest.approx(expected, abs=2e-5)
    assert {(score.scorer, score.label, score.reason) for score in scores} == {("classifier", "LABEL_1", "")}


def test_small_batches_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    classifier = Classifier(saved(tmp_path), precision="fp32")
    together = [score.value for score in classifier(ROWS)]
    monkeypatch.setattr("trimtab.judges.classifier.BATCH_TOKENS", 30)
    assert [score.value for score in classifier(ROWS)] == pytest.approx(together, abs=1e-6)


def test_a_model_without_a_padding_token_works(tmp_path: Path) -> None:
    folder = saved(tmp_path, "llama", pad=False)
    expected = [by_hand(folder, text).softmax(-1)[1].item() for _, text in ROWS]
    assert [score.value for score in Classifier(folder, precision="fp32")(ROWS)] == pytest.approx(expected, abs=2e-5)


def test_a_single_logit_goes_through_a_sigmoid(tmp_path: Path) -> None:
    folder = saved(tmp_path, num_labels=1)
    scores = Classifier(folder, precision="fp32")(ROWS[:3])
    expected = [by_hand(folder, text).sigmoid()[0].item() for _, text in ROWS[:3]]
    assert [score.value for score in scores] == pytest.approx(expected, abs=1e-5)


def test_labels_that_do_not_exclude_each_other_do_too(tmp_path: Path) -> None:
    names = {0: "toxic", 1: "threat", 2: "insult"}
    folder = saved(tmp_path, id2label=names, problem_type="multi_label_classification")
    scores = Classifier(folder, label="threat", precision="fp32")(ROWS[:3])
    expected = [by_hand(folder, text).sigmoid()[1].item() for _, text in ROWS[:3]]
    assert [score.value for score in scores] == pytest.approx(expected, abs=1e-5)
    assert scores[0].label == "threat"


def test_a_label_is_chosen_by_name(tmp_path: Path) -> None:
    folder = saved(tmp_path, id2label={0: "good", 1: "fine", 2: "bad"})
    by_label = [Classifier(folder, label=label, precision="fp32") for label in ("good", "fine", "bad")]
    values = [[score.value for score in classifier(ROWS)] for classifier in by_label]
    assert torch.tensor(values).sum(0).tolist() == pytest.approx([1.0] * len(ROWS), abs=1e-5)
    assert len({classifier.version for classifier in by_label}) == 3
    for label, told in ((None, "it is not told which"), ("ugly", "'ugly' is none of them")):
        with pytest.raises(UserError, match=f"good, fine, bad; {told}"):
            Classifier(folder, label=label)


@pytest.mark.parametrize("architecture", ["bert", "roberta", "gpt2"])
def test_a_text_too_long_is_cut_and_told(architecture: str, tmp_path: Path) -> None:
    folder = saved(tmp_path, architecture)
    text = " ".join(["tea"] * 10 + ["rain"] * 90)
    long, exact = Classifier(folder, precision="fp32")([("", text), ("", " ".join(["rain"] * POSITIONS))])
    assert long.reason == f"judged by its first {POSITIONS} of 100 tokens"
    assert long.value == pytest.approx(by_hand(folder, text).softmax(-1)[1].item(), abs=2e-5)
    assert exact.reason == ""


def test_the_prompt_is_judged_with_the_answer_if_asked(tmp_path: Path) -> None:
    folder = saved(tmp_path)
    rows = [("hello you", "go now"), ("", "go now")]
    alone = Classifier(folder, precision="fp32")(rows)
    with_prompt = Classifier(folder, precision="fp32", with_prompt=True)(rows)
    assert alone[0].value == pytest.approx(alone[1].value)
    assert with_prompt[0].value == pytest.approx(by_hand(folder, "hello you\n\ngo now").softmax(-1)[1].item(), abs=1e-5)
    assert with_prompt[1].value == pytest.approx(alone[1].value)


def test_what_cannot_be_judged_has_no_value(tmp_path: Path) -> None:
    classifier = Classifier(saved(tmp_path), precision="fp32", with_prompt=True)
    scores = classifier([("why", ""), ("why", "tea")])
    assert (scores[0].value, scores[0].reason) == (None, "nothing to judge")
    assert scores[1].value is not None
    assert classifier([]) == []
    assert classifier([("why", "half \ud83d")])[0].scored
    assert classifier([("why", " ")])[0].value is None
    with torch.no_grad():
        classifier._model.classifier.weight.fill_(torch.nan)
    assert classifier([("", "tea")])[0].reason == "could not judge: no finite logit"


def test_bf16_is_close(tmp_path: Path) -> None:
    folder = saved(tmp_path)
    exact, rough = (Classifier(folder, precision=p)(ROWS) for p in ("fp32", "bf16"))
    assert [score.value for score in rough] == pytest.approx([score.value for score in exact], abs=0.1)


def test_what_is_no_classifier_is_refused(tmp_path: Path) -> None:
    tokenizer = tiny_tokenizer()
    tokenizer.save_pretrained(tmp_path)
    with pytest.raises(UserError, match="configuration cannot be read"):
        Classifier(str(tmp_path))
    config = LlamaConfig(**SIZES, vocab_size=len(tokenizer), pad_token_id=1)
    AutoModelForCausalLM.from_config(config).save_pretrained(tmp_path)
    with pytest.raises(UserError, match=r"are not in its files \(score\.weight\), and would be random"):
        Classifier(str(tmp_path))(ROWS)
    with pytest.raises(UserError, match="configuration cannot be read"):
        Classifier(str(tmp_path / "nowhere"))


def test_a_damaged_model_is_refused(tmp_path: Path) -> None:
    folder = saved(tmp_path)
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    with pytest.raises(UserError, match="no whole file of tensors"):
        Classifier(folder)(ROWS)
