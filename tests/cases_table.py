"""A pytest plugin, `-p cases_table`: one line for each case, "right" only where every test of it passed.

A test shows a case by `@pytest.mark.case(id, "what is right")`; a case may have several tests, in several files.
"""

import pytest

_SAID: dict[str, str] = {}
_OUTCOMES: dict[str, set[str]] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts a test's cases where its report, which may come from another process, carries them along."""
    for item in items:
        for mark in item.iter_markers("case"):
            case, says = mark.args
            item.user_properties.append(("case", f"{case}\n{says}"))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keeps what became of each test of a case: its call, or a set-up that failed or skipped it."""
    if report.when == "call" or report.outcome != "passed":
        for name, value in report.user_properties:
            if name == "case":
                case, _, says = str(value).partition("\n")
                _SAID.setdefault(case, says)
                _OUTCOMES.setdefault(case, set()).add(report.outcome)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the table, cases in the order of their ids."""
    words = {"failed": "WRONG", "skipped": "not shown", "passed": "right"}
    width = max(map(len, _SAID), default=0)
    terminalreporter.section("cases")
    for case in sorted(_SAID):
        outcome = next(words[each] for each in words if each in _OUTCOMES[case])
        terminalreporter.write_line(f"{case:<{width}}  {outcome:<9}  {_SAID[case]}")
    right = sum(outcomes == {"passed"} for outcomes in _OUTCOMES.values())
    terminalreporter.write_line(f"{right} of {len(_SAID)} cases go right")
