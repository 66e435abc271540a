"""Any sequence classification model of Hugging Face as a scorer: the probability of one of its labels."""

import math
import warnings
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..errors import UserError, UserNote
from ..models import encodable
from ..records import Score
from ..store import digest, tree_digests

if TYPE_CHECKING:
    from torch import Tensor

BATCH_TOKENS = 8192
"""Tokens of a batch at most, padding included."""
LONGEST = 1_000_000
"""Tokens of a text at most, where neither the model nor its tokenizer has a limit."""

_TRIED = ("Hello.", "The sun rises in the east. One and two is three, and a friend says: hello, how are you?")
"""Texts of unlike lengths, by which a padded batch is tried."""
_APART = {"fp32": 1e-3, "bf16": 0.05}
"""By how much a probability may differ in a padded batch: rounding makes less."""


class Classifier:
    """A scorer by a model: a hub id or a local folder. `precision` is as in `models.best_precision`.

    The value is the probability of `label`: a softmax over the labels, or a sigmoid where the model has a single logit
    or says that its labels do not exclude each other (`problem_type`). Left out, `label` is a two-class model's label 1
    or the only one. The answer alone is judged or, with `with_prompt`, the prompt, an empty line and the answer.
    Only the configuration is read at once: raises UserError where there is none, or no such label in it. The weights
    are loaded at the first call, which raises UserError where they cannot be or hold no trained head.
    """

    name = "classifier"

    def __init__(
        self,
        model: str,
        *,
        label: str | None = None,
        precision: Literal["auto", "fp32", "bf16"] = "auto",
        with_prompt: bool = False,
    ) -> None:
        from ..models import best_precision

        self._name, self._with_prompt, self._precision = model, with_prompt, best_precision(precision)
        self._config = _config(model)
        labels = [str(self._config.id2label[i]) for i in range(self._config.num_labels)]
        self._label = _index(model, labels, label)
        self.label = labels[self._label]

    @cached_property
    def version(self) -> str:
        """Changes with the model's files (of the hub: its commit), the label, the precision and the option."""
        folder = Path(self._name).expanduser()
        files = tree_digests(folder) if folder.is_dir() else [self._name, self._config._commit_hash]
        return digest([files, self.label, self._precision, self._with_prompt])[:12]

    @cached_property
    def _model(self) -> Any:
        from ..models import device

        return _load(self._name, self._precision).to(device()).eval()

    @cached_property
    def _tokenizer(self) -> Any:
        return _tokenizer(self._name, self._model)

    @cached_property
    def _limit(self) -> int:
        return _limit(self._model, self._tokenizer)

    def __call__(self, rows: Sequence[tuple[str, str]]) -> list[Score]:
        """Scores of (prompt, answer) pairs. A text longer than the model can read is cut, and the reason says so."""
        texts = [self._text(prompt, answer) for prompt, answer in rows]
        scores = [Score(scorer=self.name, value=None, label=self.label, reason="nothing to judge") for _ in texts]
        some = [i for i, (_, answer) in enumerate(rows) if answer.strip()]
        if not some:
            return scores
        _ = self._model  # before its tokenizer, whose absence would be the lesser fault
        ids = dict(zip(some, self._tokenizer([texts[i] for i in some], verbose=False)["input_ids"], strict=True))
        lengths = {i: min(len(tokens), self._limit) for i, tokens in ids.items()}
        for batch in _batches(lengths) if len(some) == 1 or self._padded else ([i] for i in some):
            for i, value in zip(batch, self._values([texts[i] for i in batch]), strict=True):
                scores[i] = self._score(value, len(ids[i]))
        return scores

    def _values(self, texts: Sequence[str]) -> list[float]:
        """The label's probability for each of some texts, read in one padded batch."""
        import torch

        limits = {"padding": True, "truncation": True, "max_length": self._limit, "return_tensors": "pt"}
        inputs = self._tokenizer(list(texts), **limits).to(self._model.device)
        with torch.inference_mode():
            found: list[float] = self._probabilities(self._model(**inputs).logits.float()).tolist()
        return found

    @cached_property
    def _padded(self) -> bool:
        """Whether the model says in a padded batch what it says alone, tried once; a `UserNote` says where not."""
        apart = [
            abs(together - self._values([text])[0]) for text, together in zip(_TRIED, self._values(_TRIED), strict=True)
        ]
        if max(apart) <= _APART[self._precision] or not all(map(math.isfinite, apart)):
            return True
        warnings.warn(
            f"the classifier {self._name} reads one text at a time, which takes longer: in a padded batch it gives "
            f"other probabilities (by {max(apart):.2g})",
            UserNote,
            stacklevel=2,
        )
        return False

    def _text(self, prompt: str, answer: str) -> str:
        return encodable(f"{prompt}\n\n{answer}" if self._with_prompt and prompt else answer)

    def _score(self, value: float, tokens: int) -> Score:
        if not math.isfinite(value):
            return Score(scorer=self.name, value=None, label=self.label, reason="could not judge: no finite logit")
        cut = f"judged by its first {self._limit} of {tokens} tokens" if tokens > self._limit else ""
        return Score(scorer=self.name, value=value, label=self.label, reason=cut)

    def _probabilities(self, logits: "Tensor") -> "Tensor":
        alone = logits.shape[-1] == 1 or self._model.config.problem_type == "multi_label_classification"
        return (logits.sigmoid() if alone else logits.softmax(-1))[:, self._label]


def _config(name: str) -> Any:
    from ..models import load_config

    return load_config(_given(name), _where(name))


def _load(name: str, precision: str) -> Any:
    import torch
    from transformers import AutoModelForSequenceClassification

    from ..models import load_checkpoint

    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    kind = AutoModelForSequenceClassification
    return load_checkpoint(_given(name), kind, _where(name), dtype=dtype, other_heads=True)


def _tokenizer(name: str, model: Any) -> Any:
    from ..models import load_tokenizer

    tokenizer = load_tokenizer(_given(name), _where(name))
    # The side that the tokenizer's kind was made for; one saved for generation may pad on the other.
    tokenizer.padding_side = type(tokenizer).padding_side
    if model.config.pad_token_id is None:
        model.config.pad_token_id = tokenizer.pad_token_id
    return tokenizer


def _given(name: str) -> str:
    return f"The classifier is {name!r}."


def _where(name: str) -> str:
    folder = Path(name).expanduser()
    return str(folder) if folder.is_dir() else name


def _index(name: str, labels: Sequence[str], label: str | None) -> int:
    if label in labels:
        return labels.index(label)
    if label is None and len(labels) <= 2:
        return len(labels) - 1
    raise UserError(
        f"The classifier is {name!r}.",
        f"Its labels are {', '.join(labels)}; " + (f"{label!r} is none of them." if label else "it is not told which."),
        "Name the label whose probability is meant.",
    )


def _limit(model: Any, tokenizer: Any) -> int:
    """Tokens that the model can read: where positions are counted from after the padding's (RoBERTa), fewer."""
    positions = getattr(model.config, "max_position_embeddings", None) or tokenizer.model_max_length
    for path, module in model.named_modules():
        if path.endswith("position_embeddings") and getattr(module, "padding_idx", None) is not None:
            positions = module.num_embeddings - module.padding_idx - 1
    return min(int(positions), int(tokenizer.model_max_length), LONGEST)


def _batches(lengths: dict[int, int]) -> Iterator[list[int]]:
    """Row numbers, longest first, in batches of at most `BATCH_TOKENS`."""
    order = sorted(lengths, key=lambda i: (-lengths[i], i))
    while order:
        rows = max(1, BATCH_TOKENS // max(1, lengths[order[0]]))
        yield order[:rows]
        order = order[rows:]
