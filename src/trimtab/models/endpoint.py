"""An engine behind HTTP: any server that speaks OpenAI's chat or completions route (vLLM, llama.cpp, Ollama, a vendor).

Only what passes is tried again (`retrying`): whatever else goes wrong would go wrong again, and says at once what it
is. A prompt that the server's filter stops, or that it alone does not take (400), is that prompt's fate and not the
run's; what it takes from no prompt ends the run. Neither torch nor the `openai` client is imported before something is
asked.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from ..errors import UserError, extra
from ..records import Answer, Message, Prompt
from ..store import digest
from .engine import Decoding, in_order
from .filters import is_filtered
from .retrying import again, broke_off
from .turns import as_sent
from .wire import Meter, Reply, Usage, as_answer, encodable, not_answered, read_reply

if TYPE_CHECKING:
    from openai import APIError, OpenAI

T = TypeVar("T")
R = TypeVar("R")

FIRST = 4
"""Prompts that are asked one by one until a server takes one; where it takes none, its error is told."""

_CHANGE = "Change what it refuses; where that is `response_format`, ask without JSON mode (json=False)."
_OF_THE_PROMPT = frozenset({400, 413, 422})
_NEVER_A_FILTER = frozenset({401, 404, 429})
_ADVICE = {
    400: _CHANGE,
    401: "Check the key; it is read from OPENAI_API_KEY where none is given.",
    403: "Check the key, and what it may be used for.",
    404: "Check the model's name, and the address: with most servers it ends in /v1.",
    422: _CHANGE,
    429: "Wait a while, or ask with fewer workers.",
}


class NotTaken(UserError):
    """The server does not take this prompt; it may take others."""


@dataclass(frozen=True)
class Endpoint:
    """The model called `model` behind the server at `url`, whose routes are `url`/chat/completions and so on.

    Without `key`, that of OPENAI_API_KEY is used, or none. A try lasts `timeout` seconds; `attempts` are made, with
    growing waits between, and `workers` calls are under way at once. `top` are the most alternatives to a token that
    such servers tell, `marks` what is known to be a token of its own in the model's vocabulary. Raises UserError where
    `url` is no web address.
    """

    url: str
    model: str
    key: str | None = field(default=None, kw_only=True, repr=False, compare=False)
    timeout: float = field(default=60.0, kw_only=True, compare=False)
    attempts: int = field(default=4, kw_only=True, compare=False)
    workers: int = field(default=8, kw_only=True, compare=False)
    top: ClassVar[int] = 20
    marks: ClassVar[frozenset[str]] = frozenset()
    _meter: Meter = field(default_factory=Meter, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise UserError(
                f"The server is {self.url!r}.",
                "That is no web address.",
                "Give its address with http:// or https://, such as http://localhost:8000/v1.",
            )

    @property
    def usage(self) -> Usage:
        """What has been used so far."""
        return self._meter.usage

    @property
    def served(self) -> tuple[str, ...]:
        """Who the server says has answered so far: its own names and fingerprints for what is behind the model's."""
        return tuple(self._meter.served)

    def identity(self) -> str:
        """A hash that is equal for the same model at the same address."""
        return digest([self.url, self.model])

    def describe(self) -> dict[str, str]:
        """Template, precision and device are the server's own, and it does not tell them."""
        return {"template": "server's", "precision": "server's", "device": "server's", "engine": "server"}

    def parts(self, prompts: Sequence[Prompt], samples: int, decoding: Decoding, *, chat: bool) -> list[list[int]]:
        """See `in_order`."""
        return in_order(prompts, samples)

    def answers(
        self, prompts: Sequence[Prompt], *, samples: int, decoding: Decoding, seed: int, chat: bool = True
    ) -> list[Answer]:
        """`samples` answers to each prompt, in the order of the prompts; without `chat`, continuations of its text.

        Each answer has a seed of its own, made of `seed`, the prompt's id and the answer's index; whether a server
        draws the same answer for it again, or draws at all, is up to the server: `transformers serve` 5.23 stays greedy
        at every temperature with a model whose generation config does not sample. Raises UserError as `chat` does.
        """

        def one(which: tuple[Prompt, int]) -> Answer:
            return self.answer(*which, decoding=decoding, seed=seed, chat=chat)

        def not_taken(which: tuple[Prompt, int], error: NotTaken) -> Answer:
            return not_answered(*which, error.why)

        return self.each(one, [(prompt, index) for prompt in prompts for index in range(samples)], not_taken)

    def answer(self, prompt: Prompt, index: int, *, decoding: Decoding, seed: int, chat: bool = True) -> Answer:
        """One answer of `answers`. Raises UserError as `chat` does, NotTaken where it does not take this prompt."""
        own = _seed(seed, prompt.id, index) if decoding.temperature > 0 else None
        if chat:
            return as_answer(prompt, index, self.chat(prompt.messages, decoding=decoding, seed=own))
        return as_answer(prompt, index, self.complete(prompt.text, decoding=decoding, seed=own))

    def each(
        self, one: Callable[[T], R], items: Sequence[T], not_taken: Callable[[T, NotTaken], R] | None = None
    ) -> list[R]:
        """`one` of each item, `workers` at once, in the order of the items; the first error ends it.

        With `not_taken`, an item that the server alone does not take becomes what that gives. Where it takes none of
        them, of at least `FIRST` or of all that were ever asked, its error is raised: then the request is at fault and
        not the prompt.
        """
        failed: dict[int, NotTaken] = {}

        def tried(place: int) -> R | None:
            try:
                return one(items[place])
            except NotTaken as error:
                if not_taken is None:
                    raise
                failed[place] = error
                return None

        found: list[R | None] = []
        while not_taken is not None and not self._meter.heard and len(found) < min(FIRST, len(items)):
            found.append(tried(len(found)))
        if failed and len(failed) == len(found):
            raise failed[0]
        pool = ThreadPoolExecutor(self.workers)
        try:
            futures = [pool.submit(tried, place) for place in range(len(found), len(items))]
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
            found += [future.result() for future in futures]
        finally:
            pool.shutdown(cancel_futures=True)
        if len(failed) == len(items) >= FIRST:
            raise failed[0]
        told: list[Any] = found
        for place, error in failed.items():
            assert not_taken is not None
            told[place] = not_taken(items[place], error)
        return told

    def chat(
        self, messages: Sequence[Message], *, decoding: Decoding, seed: int | None, json: bool = False, top: int = 0
    ) -> Reply:
        """The answer to a conversation; with `json`, the server is asked for one JSON object (`response_format`), with
        `top` for so many of the likeliest tokens in each place (`top_logprobs`).

        Raises UserError, which names the server and what it said, where the server cannot be reached, hangs, refuses,
        fails or answers something else; and where the extra `openai` is not installed.
        """
        body = as_sent(messages)
        if json:
            body["response_format"] = {"type": "json_object"}
        if top:
            body |= {"logprobs": True, "top_logprobs": top}
        return self._ask("/chat/completions", body, decoding, seed)

    def complete(self, text: str, *, decoding: Decoding, seed: int | None) -> Reply:
        """How the model goes on with a text, without a chat template. Raises UserError as `chat` does.

        Servers of chat models alone have no such route; the error says so.
        """
        return self._ask("/completions", {"prompt": encodable(text)}, decoding, seed)

    def _ask(self, route: str, body: dict[str, Any], decoding: Decoding, seed: int | None) -> Reply:
        body = {
            "model": self.model,
            **body,
            "max_tokens": decoding.max_new_tokens,
            "temperature": decoding.temperature,
            "top_p": decoding.top_p,
            **({} if seed is None else {"seed": seed}),
        }
        text = self._post(route, body)
        if isinstance(text, Reply):
            self._meter.heard = True
            return text
        try:
            reply = read_reply(text, decoding.max_new_tokens)
        except ValueError:
            at = "Check what answers at that address: with most servers it ends in /v1."
            streams = "It streams, and was not asked to: switch that off in the server, or in the gateway before it."
            raise self._error(
                f"Its answer is no answer of such a server: {self._short(text) or 'nothing'!r}",
                streams if text.lstrip().startswith(("data:", "event:")) else at,
            ) from None
        self._meter.add(reply)
        return reply

    def _post(self, route: str, body: dict[str, Any]) -> str | Reply:
        """The body of what it answers, or, where a filter stopped the prompt, a reply that says so."""
        client = self._client
        from openai import APIError, APIStatusError

        try:
            said: str = again(self.attempts)(client.post, route, cast_to=str, body=body)
        except APIError as error:
            if isinstance(error, APIStatusError) and error.status_code not in _NEVER_A_FILTER:
                if is_filtered(error.body):
                    return Reply("", False, counted=False, outcome="filtered", why=self._said(error))
                if error.status_code in _OF_THE_PROMPT:
                    failed = self._failed(error, route)
                    raise NotTaken(failed.given, failed.why, failed.fix) from None
            raise self._failed(error, route) from None
        return said

    @cached_property
    def _client(self) -> "OpenAI":
        with extra("openai", f"The model {self.model!r} is behind the server {self.url}."):
            from openai import OpenAI
        if not (self._key.isascii() and self._key.isprintable()):
            raise self._error("The key holds characters that no key has.", "Copy the key again; set OPENAI_API_KEY.")
        return OpenAI(base_url=self.url, api_key=self._key or "none", timeout=self.timeout, max_retries=0)

    @property
    def _key(self) -> str:
        return (self.key or os.environ.get("OPENAI_API_KEY", "")).strip()

    def _failed(self, error: "APIError", route: str) -> UserError:
        from openai import APIConnectionError, APIStatusError, APITimeoutError

        match error:
            case APITimeoutError():
                return self._error(
                    f"It gave no answer within {self.timeout:g} s, {self.attempts} times.",
                    "See whether it is at work, ask for shorter answers or with fewer workers, or allow it more time.",
                )
            case APIConnectionError() if broke_off(error):
                return self._error(
                    f"It broke off before its answer was whole, {self.attempts} times: "
                    f"{self._short(str(error.__cause__))}",
                    "Look into its own log, and try again when it is well; a proxy before it may have a time limit.",
                )
            case APIConnectionError():
                return self._error(
                    f"It cannot be reached: {self._short(str(error.__cause__ or error))}",
                    "Start it, or correct its address.",
                )
            case APIStatusError(status_code=404 | 405 | 501) if route == "/completions":
                return self._error(
                    f"It has no {route} route for this model, or no such model; it said: {self._said(error)}",
                    "Use a server that continues raw text (vLLM, llama.cpp, `transformers serve`), or ask by chat.",
                )
            case APIStatusError(status_code=status):
                well = "Look into its own log, and try again when it is well."
                return self._error(f"It answered {status}: {self._said(error)}", _ADVICE.get(status, well))
            case _:
                return self._error(f"Asking it failed: {self._short(str(error))}", "See what answers there.")

    def _error(self, why: str, fix: str) -> UserError:
        return UserError(f"The model {self.model!r} is behind the server {self.url}.", why, fix)

    def _said(self, error: "APIError") -> str:
        told = error.body
        if isinstance(told, dict):
            told = told.get("message") or told.get("detail") or told
        return self._short(str(told or error.message))

    def _short(self, text: str) -> str:
        """One line of at most 200 characters, without the key."""
        line = " ".join(text.split())
        return (line.replace(self._key, "***") if self._key else line)[:200]


def _seed(seed: int, prompt_id: str, index: int) -> int:
    """31 bits, which every server takes."""
    return int.from_bytes(hashlib.blake2b(f"{seed}/{prompt_id}/{index}".encode(), digest_size=4).digest()) >> 1
