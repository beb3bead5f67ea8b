"""Shared by all tests. With INTERVIEWER_TEST_ALL=1 a skipped test is a failure: nothing is missed in silence."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, object, None]:
    outcome = yield
    report: pytest.TestReport = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and os.environ.get("INTERVIEWER_TEST_ALL"):
        report.outcome = "failed"
        report.longrepr = f"skipped, though everything was asked for: {report.longrepr}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright keeps an event loop running in the thread, and async tests need their own. Of each
    kind the slow ones first, so that no worker sits over one of them when the others have nothing left to do.

    Workers (`make test` has several) are given the tests in this order.
    """
    items.sort(key=lambda item: (_is(item, "browser"), not (_is(item, "local_model") or _is(item, "install"))))


def _is(item: pytest.Item, marker: str) -> bool:
    return item.get_closest_marker(marker) is not None
