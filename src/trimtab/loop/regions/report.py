"""What a run of regions leaves for people to read."""

from pathlib import Path

from ...records import Matrix, MatrixVerdict
from ...report import render_regions, render_regions_markdown
from ...store import FileName, Run, StageName
from ..publish import finished


def read_regions(run: Run) -> tuple[MatrixVerdict, Matrix]:
    """The verdict over all regions and the matrix. Raises UserError where the run has not come so far."""
    gate, made = finished(run, StageName.OVER_REGIONS), finished(run, StageName.MATRIX)
    return gate.read(FileName.VERDICT, MatrixVerdict), made.read(FileName.MATRIX, Matrix)


def publish_regions(run: Run) -> Path:
    """Writes matrix.json, report.md and report.html beside the run's regions; returns the last."""
    verdict, matrix = read_regions(run)
    run.write(FileName.MATRIX, matrix.to_json() + "\n")
    told = (run.info.name, run.info.goal, verdict, matrix)
    run.write(FileName.REPORT_MARKDOWN, render_regions_markdown(*told))
    return run.write(FileName.REPORT, render_regions(*told))
