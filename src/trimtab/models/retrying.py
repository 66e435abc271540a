"""When a server is asked once more, and after how long: where it is busy, says nothing in time, or breaks off."""

import random
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0
"""Seconds before the second try, doubled before each further one; and the most, whatever the server asks for."""
_BROKE_OFF = frozenset({"ReadError", "RemoteProtocolError", "WriteError"})
_NO_HTTP = "illegal"
"""In what the client says where it was answered in no HTTP at all, which asking again does not mend."""
_BUSY = frozenset({502, 503, 504, 529})
"""A gateway without a server behind it, a server that is overloaded; tried again where it says when to come back."""


def again(attempts: int) -> Retrying:
    """A call that is made up to so many times, with growing waits between; its last error is raised."""
    return Retrying(retry=retry_if_exception(_passes), stop=stop_after_attempt(attempts), wait=_wait, reraise=True)


def _passes(error: BaseException) -> bool:
    """Whether waiting may help: a rate limit, a timeout, an answer that broke off, or a busy server that names a time
    (Retry-After)."""
    from openai import APIStatusError, APITimeoutError, RateLimitError

    if isinstance(error, RateLimitError | APITimeoutError) or broke_off(error):
        return True
    return isinstance(error, APIStatusError) and error.status_code in _BUSY and _asked(error.response.headers) > 0


def broke_off(error: BaseException) -> bool:
    """Whether a server was reached and the connection was lost before its answer was whole.

    By name, as the client of `openai` is httpx2 or httpx, whichever there is, and tells by what is imported which.
    """
    return type(error.__cause__).__name__ in _BROKE_OFF and _NO_HTTP not in str(error.__cause__)


def _wait(state: RetryCallState) -> float:
    """Seconds to wait after a try: doubling, with jitter, and no less than the server asked for."""
    backoff: float = FIRST_WAIT * 2 ** (state.attempt_number - 1) * random.uniform(0.5, 1.0)
    answer = getattr(state.outcome and state.outcome.exception(), "response", None)
    return min(LONGEST_WAIT, max(backoff, _asked(answer.headers) if answer is not None else 0.0))


def _asked(headers: Mapping[str, str]) -> float:
    """Seconds that a server asks for (`retry-after-ms`; Retry-After as seconds or as a date); 0 where it asks none."""
    told = headers.get("retry-after-ms")
    try:
        if told is not None:
            return max(0.0, float(told) / 1000)
        told = headers.get("retry-after", "0")
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(told or "").timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return 0.0
