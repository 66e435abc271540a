"""A pure reader: records to one self-contained HTML file, Markdown and a model card."""

from .data import ReportData

__all__ = ["ReportData"]
