"""Who is asking: signed cookies, the tokens that go with them against forged requests, and how often one may guess."""

import hashlib
import hmac
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_urlsafe

from itsdangerous import BadData, URLSafeTimedSerializer

from .accounts import Accounts
from .records import Reviewer

COOKIE = "trimtab_review"
SECONDS = 14 * 24 * 3600
"""How long a session lasts."""


@dataclass(frozen=True)
class Visit:
    """An account that is here; `nonce` is its session's, "" for a program with a token."""

    reviewer: Reviewer
    nonce: str


class Sessions:
    """Cookies of a room: signed by its secret, over when the account's epoch is another."""

    def __init__(self, secret: str, accounts: Accounts) -> None:
        self._signer = URLSafeTimedSerializer(secret, salt="session", signer_kwargs={"digest_method": hashlib.sha256})
        self._secret, self._accounts = secret.encode(), accounts

    def begin(self, reviewer: Reviewer) -> tuple[str, Visit]:
        """A new session's cookie."""
        visit = Visit(reviewer, token_urlsafe(16))
        return self._signer.dumps([reviewer.id, reviewer.epoch, visit.nonce]), visit

    def read(self, cookie: str | None) -> Visit | None:
        """Whose cookie it is; None where it is forged, over or of an account that is shut."""
        try:
            number, epoch, nonce = self._signer.loads(cookie or "", max_age=SECONDS)
        except (BadData, ValueError, TypeError):
            return None
        reviewer = self._accounts.by_id(number)
        return Visit(reviewer, nonce) if reviewer is not None and reviewer.epoch == epoch else None

    def csrf(self, visit: Visit) -> str:
        """What a page of this session sends along with each change."""
        return hmac.new(self._secret, b"csrf:" + visit.nonce.encode(), hashlib.sha256).hexdigest()

    def csrf_is_right(self, visit: Visit, given: str) -> bool:
        """Whether that is what a page of this session sends."""
        return hmac.compare_digest(self.csrf(visit).encode(), given.encode())


class Guesses:
    """At most `most` wrong guesses in `seconds` for each of the latest `names`; then one waits."""

    def __init__(
        self, most: int, seconds: float, names: int = 10_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._seconds, self._names, self._clock = most, seconds, names, clock
        self._guesses: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, name: str) -> float:
        """Seconds until another guess is allowed; 0 where it is now."""
        with self._lock:
            times = self._recent(name)
            return max(0.0, times[0] + self._seconds - self._clock()) if len(times) >= self._most else 0.0

    def guessed(self, name: str) -> None:
        """Notes a guess before it is known to be right, so that many at once count as many."""
        with self._lock:
            self._recent(name).append(self._clock())

    def right(self, name: str) -> None:
        """Forgets the guesses of a name whose password was given."""
        with self._lock:
            self._guesses.pop(name, None)

    def _recent(self, name: str) -> deque[float]:
        times = self._guesses.setdefault(name, deque())
        self._guesses.move_to_end(name)
        while len(self._guesses) > self._names:
            self._guesses.popitem(last=False)
        while times and times[0] <= self._clock() - self._seconds:
            times.popleft()
        return times
