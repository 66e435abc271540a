"""What a conflict of two rules is called, and what can be done about it."""

from dataclasses import dataclass

DUTY_AND_BAN, REQUIREMENTS, PARAMETERS, PERMITTED = (
    "duty-and-ban",
    "contradictory-requirements",
    "incomparable-parameters",
    "permitted-elsewhere",
)
BETWEEN = (
    "Serve each by an adapter of its own, or take these prompts out of one of the two (`unless`), or change what one "
    "of them asks for."
)
WITHIN = "Take these prompts out of one of the two (`unless`, `except_rules`), or change what one of them asks for."
WHICH_FIRST = "Say which goes first by a higher `priority`, or take these prompts out of one (`unless`, …)."


@dataclass(frozen=True)
class Found:
    """Of which kind, what cannot both be had, the remedy where it is not the usual one; `always`: whatever is asked,
    and not on some example alone."""

    kind: str
    told: str
    remedy: str = ""
    always: bool = True
