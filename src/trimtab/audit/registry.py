"""Checks of others beside trimtab's own: registered by a decorator here or in an installed package, run after ours."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from .. import plugins
from ..errors import UserError
from ..records import Finding
from .checks import CHECKS, Check
from .result import CheckResult, ids, percent, share, weight
from .view import View

RowCheck = Callable[[str, str, str], bool]
"""Whether a row is at fault, by its prompt (the user's last message), its chosen and its rejected answer."""
F = TypeVar("F", bound=RowCheck)


@dataclass(frozen=True)
class _Registered:
    check: Check
    version: str
    by: str


_others: dict[str, _Registered] = {}


def audit_check(
    name: str, *, title: str, remedy: str, version: str = "1", warn: float = 0.0, block: float | None = None,
    drop: bool = False, edit: Callable[[str], str] | None = None,
) -> Callable[[F], F]:  # fmt: skip
    """Makes a function of a row (prompt, chosen, rejected: is it at fault?) a check of every audit.

    The finding's figure is the share of rows at fault. It is `info`, `warn` where the interval lies above `warn`, and
    `block` (a run stops, unless `audit.accept` names the check) where it lies above `block`. The fix leaves the rows
    out where `drop` is true, or puts every answer through `edit`; without either, people mend it. `version` changes
    whenever the check would find something else, and a run audits again then.

    Raises UserError where another check has the name.
    """

    def registered(function: F) -> F:
        def check(view: View) -> CheckResult | None:
            return _found(name, function, view, title, remedy, warn, block, drop, edit)

        register(name, check, version=version, by=f"{function.__module__}.{function.__qualname__}")
        return function

    return registered


def register(name: str, check: Check, *, version: str = "1", by: str | None = None) -> None:
    """Adds a check that looks at the whole view and makes its own finding; `by` tells whose it is.

    Registered again by the same, as a notebook's cell does, it takes its old self's place. Raises UserError where
    another has the name.
    """
    whose = by or f"{check.__module__}.{check.__qualname__}"
    other = "trimtab itself" if name in CHECKS else _others[name].by if name in _others else whose
    if other != whose:
        raise UserError(
            f"{whose} is to be the audit's check {name!r}.",
            f"That is the name of one by {other}.",
            "Give it another name.",
        )
    _others[name] = _Registered(check, version, whose)


def all_checks() -> dict[str, Check]:
    """Every check by its name: ours, then those of others. Raises UserError where an installed package is broken."""
    plugins.load(plugins.AUDIT_CHECKS)
    return {**CHECKS, **{name: each.check for name, each in _others.items()}}


def other_versions() -> dict[str, str]:
    """The version of each check that is not ours. Raises UserError where an installed package is broken."""
    plugins.load(plugins.AUDIT_CHECKS)
    return {name: each.version for name, each in _others.items()}


def _found(
    name: str, function: RowCheck, view: View, title: str, remedy: str, warn: float, block: float | None, drop: bool,
    edit: Callable[[str], str] | None,
) -> CheckResult | None:  # fmt: skip
    rows = np.array([at for at in range(view.n) if _at_fault(name, function, view, at)], dtype=np.int64)
    if len(rows) == 0:
        return None
    rate = share(len(rows), view.n)
    return CheckResult(
        Finding(
            id=name,
            severity=weight(rate, warn, block),
            title=title,
            figure=rate.estimate,
            summary=f"{title}: {len(rows):,} of {view.n:,} rows, {percent(rate)}.",
            rows=ids(view, rows),
            count=len(rows),
            remedy=remedy,
            fixable=drop or edit is not None,
        ),
        drop=rows if drop else rows[:0],
        edit=None if edit is None else lambda text, _: edit(text),
        behind=rows[:0] if drop else rows,
    )


def _at_fault(name: str, function: RowCheck, view: View, row: int) -> bool:
    prompt, chosen, rejected = (view.table[column][row] for column in ("prompt", "chosen", "rejected"))
    try:
        return bool(function(prompt, chosen, rejected))
    except Exception as error:
        raise UserError(
            f"The audit's check {name!r} ({function.__module__}.{function.__qualname__}) looked at row "
            f"{view.table['id'][row]}.",
            f"It failed: {type(error).__name__}: {error}.",
            "Mend the check, or uninstall the package it is in.",
        ) from error
