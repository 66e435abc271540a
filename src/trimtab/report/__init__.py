"""A pure reader: records to one self-contained HTML file, Markdown and a model card."""

from .calibration import bias_sentence, render_calibration, trust_sentence
from .data import ReportData
from .diagnosis import diagnosis_note, validation_note
from .html import render_html
from .junit import render_junit
from .markdown import render_gates, render_markdown
from .model_card import model_card
from .packs import bound_told, render_pack_table, standing_told
from .regions import render_regions, render_regions_markdown
from .reviewed import render_review
from .reviewed_csv import review_tables
from .tables import gates_met, independence_word, metric_rows
from .worse import falls, falls_note, truth_note

__all__ = [
    "ReportData",
    "bias_sentence",
    "bound_told",
    "diagnosis_note",
    "falls",
    "falls_note",
    "gates_met",
    "independence_word",
    "metric_rows",
    "model_card",
    "render_calibration",
    "render_gates",
    "render_html",
    "render_junit",
    "render_markdown",
    "render_pack_table",
    "render_regions",
    "render_regions_markdown",
    "render_review",
    "review_tables",
    "standing_told",
    "trust_sentence",
    "truth_note",
    "validation_note",
]
