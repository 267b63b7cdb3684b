"""How the tests run: what is skipped where, and how long a generated example may take."""

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

# Shared machines are slow at times: an example's duration says nothing about the code. The same examples
# every time where the result gates a change; new ones elsewhere, to find what nobody thought of.
settings.register_profile("holdfast", deadline=None)
settings.register_profile("gate", deadline=None, derandomize=True)
settings.load_profile("gate" if os.environ.get("HOLDFAST_CI") else "holdfast")


def pytest_configure() -> None:
    """A server of a test that names no store of events keeps them nowhere: others may run beside it."""
    os.environ.setdefault("HOLDFAST_STORE_URL", "sqlite://")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests on real logs are skipped where there are none."""
    if os.environ.get("HOLDFAST_REAL_DATA"):
        return
    for item in items:
        if item.get_closest_marker("real"):
            item.add_marker(
                pytest.mark.skip(reason="HOLDFAST_REAL_DATA does not name the folder of the real logs")
            )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With `HOLDFAST_CI` set a skipped test is a failed one, unless it needs real logs."""
    report = yield
    lacking = report.skipped and not hasattr(report, "wasxfail") and not item.get_closest_marker("real")
    if lacking and os.environ.get("HOLDFAST_CI"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which HOLDFAST_CI does not allow: {report.longrepr}"
    return report
