"""The one exception that users meet, and the one warning.

Any other exception that reaches the top is a bug and shows its traceback.
"""


class UserError(Exception):
    """The user gave something that cannot work.

    The command line prints it as one plain message and exits with code 2. Each part is one or two sentences:
    `given` says what was passed and where, `why` says why it cannot work, `fix` says what to do about it.
    """

    def __init__(self, given: str, why: str, fix: str) -> None:
        super().__init__(f"{given}\n  why: {why}\n  fix: {fix}")
        self.given = given
        self.why = why
        self.fix = fix


class UserNote(UserWarning):
    """What the user gave works, and had better be written otherwise. The command line prints it as one line."""
