"""How several workers share the tests: `pyproject.toml` loads this for every `pytest`, also for
`pytest -n 2 notebooks`, which never meets `tests/conftest.py`. A reader's install has no pytest-xdist."""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """A bare `-n 2` deals single tests out, and a lesson's cells to workers that did not run those before.
    Here it deals out files, as `--dist loadgroup` would. A worker reads the command line anew and learns
    nothing of what was changed in the one that deals, so it is told as well."""
    if config.getoption("dist", None) == "load":
        config.option.dist = "loadgroup"
    if hasattr(config, "workerinput"):
        config.option.loadgroup = True


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A file stays with one worker, as nbval's cells must; browser tests are shared out lesson by lesson,
    because they take the longest."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        lesson = getattr(item, "callspec", None) and item.callspec.params.get("lesson_name", "")
        alone = f"-{lesson}" if lesson and "browser" in item.path.parts else ""
        item.add_marker(pytest.mark.xdist_group(f"{item.path}{alone}"))
