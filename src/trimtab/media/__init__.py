"""Images, video and audio without a model: what a file is, what it says beside its content, and copies."""

from .audit import MediaAudit, audit_media, demand_packages, holds_media, media_files
from .blank import Blank, blanks, read_blanked
from .kinds import HEAD, SUFFIXES, Modality, modality_by_name, modality_of, type_of
from .listing import Listing, read_listing
from .look import Look, look_at
from .personal import About, Said
from .provenance import Provenance, provenance_of
from .show import picture, waveform

__all__ = [
    "HEAD",
    "SUFFIXES",
    "About",
    "Blank",
    "Listing",
    "Look",
    "MediaAudit",
    "Modality",
    "Provenance",
    "Said",
    "audit_media",
    "blanks",
    "demand_packages",
    "holds_media",
    "look_at",
    "media_files",
    "modality_by_name",
    "modality_of",
    "picture",
    "provenance_of",
    "read_blanked",
    "read_listing",
    "type_of",
    "waveform",
]
