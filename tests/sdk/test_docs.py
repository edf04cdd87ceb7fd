"""The examples of the pages about the client, run one after the other against the application."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from nrem.sdk import Admin, Client, Tools
from nrem.store import key
from tests.api.serving import Caller, Service
from tests.house.project import ROOT

PAGE = (ROOT / "docs" / "sdk.md").read_text(encoding="utf-8")
TOOLS_PAGE = (ROOT / "docs" / "tools.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
PASSES = ("score", "embed", "consolidate", "ingest", "distill", "refine")


@contextmanager
def _working(caller: Caller) -> Iterator[None]:
    """Workers that do what is due, until the block ends."""
    is_over = threading.Event()

    def work() -> None:
        while not is_over.wait(0.05):
            caller.run(*PASSES)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


@pytest.mark.parametrize("page", [PAGE, TOOLS_PAGE], ids=["sdk", "tools"])
def test_every_example_runs(
    service: Service, caller: Caller, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    with service.caller(caller.org, key.ADMIN_SCOPES) as operator:
        for name, value in {
            "NREM_BASE_URL": service.url,
            "NREM_API_KEY": caller.key,
            "NREM_ADMIN_URL": service.admin_url,
            "NREM_ADMIN_KEY": operator.key,
        }.items():
            monkeypatch.setenv(name, value)
        names: dict[str, Any] = {"__name__": "example"}
        with _working(caller):
            try:
                for number, example in enumerate(_BLOCK.findall(page), start=1):
                    code = compile(example, f"example {number}", "exec")
                    exec(code, names)  # noqa: S102 - our own page
            finally:
                names["client"].close()


def test_the_example_of_the_readme_runs(
    service: Service, caller: Caller, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = _BLOCK.findall(README)
    here = example.replace("http://127.0.0.1:8000", service.url)

    with _working(caller):
        exec(compile(here, "README.md", "exec"), {"key": caller.key})  # noqa: S102 - our own page

    assert "allergic to nuts" in capsys.readouterr().out


@pytest.mark.parametrize(("kind", "page"), [(Client, PAGE), (Admin, PAGE), (Tools, TOOLS_PAGE)])
def test_page_names_every_method(kind: type, page: str) -> None:
    methods = [name for name in dir(kind) if not name.startswith("_")]

    missing = [name for name in methods if not re.search(rf"\b{name}\b", page)]

    assert not missing
