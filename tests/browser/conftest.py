"""A page that remembers what went wrong on it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest


@dataclass
class Watched:
    """A browser page with its console errors and the requests it made to other machines."""

    page: Any
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._request)

    def reload(self) -> None:
        """Load the page anew, with what it has stored.

        Without a profile Chromium now and then forgets at a reload what a file has stored (there before,
        gone after, about 1 time in 40 on a busy machine). Then it is given back, and the page reads it.
        """
        there = "() => ({ ...localStorage })"
        kept = self.page.evaluate(there)
        self.page.reload()
        if kept and not self.page.evaluate(there):
            self.page.evaluate("(kept) => { Object.assign(localStorage, kept) }", kept)
            self.page.reload()

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _request(self, request: Any) -> None:
        local = ("file:", "data:", "blob:", "http://127.0.0.1", "ws://127.0.0.1")
        if not request.url.startswith(local):
            self.requests.append(request.url)


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember that a test failed, for fixtures that others share."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture
def failed(request: pytest.FixtureRequest) -> Callable[[], bool]:
    """Whether the test has failed so far."""
    return lambda: request.node.stash.get(FAILED, False)


@pytest.fixture
def watched(browser: Any) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    yield Watched(context.new_page())
    context.close()
