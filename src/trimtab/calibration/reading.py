"""A calibration that was written before, read."""

from pathlib import Path

from pydantic import ValidationError

from ..errors import UserError
from ..records import Calibration


def read_calibration(path: Path) -> Calibration:
    """What a calibration of a judge wrote. Raises UserError where the file holds no calibration."""
    try:
        return Calibration.from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        why = getattr(error, "strerror", None) or "it holds no calibration"
        raise UserError(
            f"{path} was given as a judge's calibration.",
            f"It cannot be read: {why}.",
            "Give the .json file that `trimtab judge calibrate` wrote.",
        ) from None
