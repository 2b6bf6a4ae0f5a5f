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
    because they take the longest. Who asks what a lesson says when it is run stays with its cells, and
    comes after them, so that nobody has to run it a second time."""
    items.sort(key=asks_for_a_run)
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        lesson = getattr(item, "callspec", None) and item.callspec.params.get("lesson_name", "")
        together = f"{item.path}-{lesson}" if lesson and "browser" in item.path.parts else f"{item.path}"
        if asks_for_a_run(item):
            together = f"{config.rootpath / 'notebooks' / lesson}.ipynb"
        item.add_marker(pytest.mark.xdist_group(together))


def asks_for_a_run(item: pytest.Item) -> bool:
    return "run_again" in getattr(item, "fixturenames", ())
