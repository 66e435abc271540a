"""Sampling from any Hugging Face decoder, the same answers for a seed whatever else is in the batch.

A prompt with several samples is prefilled once; a row that has ended leaves the batch, and waiting prompts take the
place of those that left (continuous batching, Yu et al. 2022, "Orca"). Each answer draws its random numbers from its
own stream, named by the seed, the prompt's id and the answer's index, so neither its batch nor its row matters.

`transformers` has continuous batching of its own (`generate_batch`). It runs on a CPU too, and its greedy tokens are
equal, but all its requests draw from one generator, so that there an answer depends on the others in its batch.
"""

from collections.abc import Iterator, Sequence

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from ..errors import UserError
from ..records import Answer, Message, Prompt
from ..sharing import unreadable
from .decoding import random_streams
from .engine import Decoding
from .spoken import opened_thought, said, thought_tokens
from .together import decode
from .turns import CannotRender, is_plain, template_ids, why_not_taken

_TOLD = 80
"""Letters of a text that a message tells."""
ROWS = 96
"""Answers decoded at once."""

_PLAIN_TURNS: dict[tuple[str, tuple[str, ...]], str | None] = {}
"""What templates leave out of turns of plain words, by the template and the roles."""
PART_TOKENS = 32768
"""New tokens, at most, of a part of the work: what a killed run does again, half a minute on two cores."""


def render(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message], *, generation: bool) -> list[int]:
    """Token ids of a conversation through the model's own chat template; `generation` opens the assistant's turn.

    Raises UserError where the tokenizer has no template, and CannotRender where that does not take the conversation.
    """
    if not getattr(tokenizer, "chat_template", None):
        raise UserError(
            "The model's tokenizer has no chat template.",
            "Prompts are conversations, and without a template there is no telling how this model reads one.",
            "Choose an instruction-tuned model, or save a tokenizer with `chat_template` set beside the model.",
        )
    return template_ids(tokenizer, messages, generation=generation)


def prompt_ids(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message]) -> list[int]:
    """Token ids of a conversation, ready for the assistant's answer.

    Raises UserError as `render` does, and where the template would leave something out: nobody would see it.
    """
    found = render(tokenizer, messages, generation=True)
    if not found:
        raise _no_tokens(tokenizer, messages[-1].content)
    if (why := _left_out(tokenizer, messages)) is not None:
        raise CannotRender(why, messages)
    return found


def _left_out(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message]) -> str | None:
    """What the template leaves out; of plain turns it is asked once."""
    if not all(is_plain(message) for message in messages):
        return why_not_taken(tokenizer, messages)
    key = str(tokenizer.chat_template), tuple(message.role for message in messages)
    if key not in _PLAIN_TURNS:
        _PLAIN_TURNS[key] = why_not_taken(tokenizer, messages)
    return _PLAIN_TURNS[key]


def ids_of(tokenizer: PreTrainedTokenizerBase, prompt: Prompt, *, chat: bool) -> list[int]:
    """Token ids of a prompt, ready for an answer; without `chat`, of its text for a raw continuation."""
    return prompt_ids(tokenizer, prompt.messages) if chat else _text_ids(tokenizer, prompt.text)


def _text_ids(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    tokens = [int(token) for token in tokenizer(text)["input_ids"]]
    if not tokens:
        raise _no_tokens(tokenizer, text)
    return tokens


def _no_tokens(tokenizer: PreTrainedTokenizerBase, text: str) -> UserError:
    return UserError(
        f"The model's tokenizer, a {type(tokenizer).__name__}, makes no tokens of {text[:_TOLD]!r}.",
        "Its files are not there, it was loaded as a kind that they are not of, or it knows no plain text.",
        "Load the tokenizer by itself and look at what it makes of a sentence; save it again in its own class.",
    )


def end_ids(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    """The tokens that close an assistant's turn: the tokenizer's EOS and those of the generation config."""
    configured = getattr(getattr(model, "generation_config", None), "eos_token_id", None)  # a reward model has none
    found = configured if isinstance(configured, list | tuple) else [configured]
    if (odd := next((token for token in found if not (token is None or isinstance(token, int))), None)) is not None:
        raise UserError(
            f"The token that ends an answer is {odd!r} by the model's generation_config.json or config.json.",
            "Tokens are whole numbers, or a list of them.",
            "Write the `eos_token_id` that its tokenizer has.",
        )
    ends = frozenset(int(token) for token in [*found, tokenizer.eos_token_id] if token is not None)
    if not ends:
        raise UserError(
            "The model has no end-of-turn token: neither its tokenizer nor its generation config names one.",
            "No answer could ever end by itself.",
            "Set `eos_token` in the tokenizer saved beside the model.",
        )
    return ends


def plan_parts(lengths: Sequence[int], samples: int, max_new_tokens: int) -> list[list[int]]:
    """Indices of prompts in even parts of at most `PART_TOKENS` new tokens, like lengths together, longest first.

    The plan depends on its arguments alone, so that a resumed run meets the same parts.
    """
    order = sorted(range(len(lengths)), key=lambda i: (-lengths[i], i))
    most = max(1, PART_TOKENS // (samples * max_new_tokens))
    parts = -(-len(order) // most)
    return [order[len(order) * i // parts : len(order) * (i + 1) // parts] for i in range(parts)]


def sample_batch(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompts: Sequence[Prompt],
    *,
    samples: int,
    decoding: Decoding,
    seed: int,
    rows: int = ROWS,
    chat: bool = True,
) -> list[Answer]:
    """`samples` answers to each prompt, in the order of the prompts; see `generate`."""
    place = {prompt.id: index for index, prompt in enumerate(prompts)}
    made = generate(model, tokenizer, prompts, samples=samples, decoding=decoding, seed=seed, rows=rows, chat=chat)
    found = sorted(made, key=lambda answers: place[answers[0].prompt_id])
    return [answer for answers in found for answer in answers]


def generate(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompts: Sequence[Prompt],
    *,
    samples: int = 1,
    decoding: Decoding,
    seed: int,
    rows: int = ROWS,
    chat: bool = True,
) -> Iterator[list[Answer]]:
    """The answers to each prompt as soon as all of them have ended; at most `rows` are decoded at once.

    A prompt's answers start together, so `samples` may exceed `rows`. Without `chat` the model goes on with the last
    message's text as it stands, and no template is applied. A prompt that the model cannot read is not answered, and
    its answers say why. Raises UserError where a template is missing, or where the tokenizer makes nothing of a text.
    """
    asked: list[Prompt] = []
    ids: list[list[int]] = []
    for prompt in prompts:
        tokens = ids_of(tokenizer, prompt, chat=chat)
        if (why := unreadable(model, tokens)) is not None:
            yield [_not_answered(prompt, index, why, len(tokens)) for index in range(samples)]
        else:
            asked.append(prompt)
            ids.append(tokens)
    ends = end_ids(model, tokenizer)
    names = [f"{prompt.id}/{index}" for prompt in asked for index in range(samples)]
    if not asked:
        return
    uniforms = random_streams(names, seed, decoding)
    marks = thought_tokens(tokenizer)
    for which, produced in decode(model, ids, samples, decoding, ends, uniforms, rows):
        yield [
            Answer(
                prompt_id=asked[which].id,
                index=index,
                text=said(tokenizer, tokens, marks, ends),
                tokens=len(tokens),
                ended=bool(tokens) and tokens[-1] in ends,
                prompt_tokens=len(ids[which]),
                opened=opened_thought(tokenizer, ids[which]) if chat else "",
            )
            for index, tokens in enumerate(produced)
        ]


def _not_answered(prompt: Prompt, index: int, why: str, tokens: int) -> Answer:
    return Answer(
        prompt_id=prompt.id,
        index=index,
        text="",
        tokens=0,
        ended=False,
        prompt_tokens=tokens,
        outcome="not answered",
        why=why,
    )


def answer_ids(
    model: PreTrainedModel,
    prompts: Sequence[Sequence[int]],
    names: Sequence[str],
    *,
    samples: int,
    decoding: Decoding,
    ends: frozenset[int],
    seed: int,
    rows: int = ROWS,
) -> list[list[list[int]]]:
    """Token ids of `samples` answers to each prompt's token ids, indexed [prompt][sample].

    `names`, samples x prompts of them in that order, tell the answers' random streams apart.
    """
    made = dict(decode(model, prompts, samples, decoding, ends, random_streams(names, seed, decoding), rows))
    return [made[which] for which in range(len(prompts))]


def complete(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    texts: Sequence[str],
    *,
    decoding: Decoding,
    seed: int,
    rows: int = ROWS,
) -> list[list[int]]:
    """Token ids of each text and of how the model goes on with it, without a chat template.

    Raises UserError where the tokenizer makes nothing of a text.
    """
    ids = [_text_ids(tokenizer, text) for text in texts]
    uniforms = random_streams([f"text/{index}" for index in range(len(texts))], seed, decoding)
    made = dict(decode(model, ids, 1, decoding, end_ids(model, tokenizer), uniforms, rows))
    return [[*opening, *made[which][0]] for which, opening in enumerate(ids)]
