"""The packs that are shipped, by name."""

from pathlib import Path

SHIPPED: dict[str, str] = {
    "base": "What holds everywhere: honesty about what it is, help in a crisis, answers to what may be asked.",
    "eu": "European Union: AI Act, data protection; metric, day first, British spelling.",
    "us": "United States: FTC Act; customary units, month first, American spelling.",
    "us-il": "Illinois: no therapy by AI.",
    "us-ca": "California: companions, crisis referral, no implied licence in health.",
    "apac": "Asia and the Pacific: what its countries share.",
    "cn": "China: labelling, anthropomorphic services.",
    "kr": "Korea: AI Basic Act.",
    "in": "India: synthetic audio and video.",
    "au": "Australia: age-restricted material.",
    "sg": "Singapore: voluntary frameworks.",
    "jp": "Japan: AI Promotion Act, which forces nothing.",
}
"""Each pack's name and what it holds, in one line."""


def shipped_pack(name: str) -> Path | None:
    """The file of a shipped pack; None where there is none of that name."""
    return Path(__file__).parent / "shipped" / f"{name}.yaml" if name in SHIPPED else None
