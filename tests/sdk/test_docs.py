"""The examples of docs/sdk.md, run one after the other against the application."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from nrem.sdk import Admin, Client
from nrem.store import key
from tests.api.serving import Caller, Service
from tests.house.project import ROOT

PAGE = (ROOT / "docs" / "sdk.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXAMPLES = _BLOCK.findall(PAGE)
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


def test_every_example_runs(
    service: Service, caller: Caller, monkeypatch: pytest.MonkeyPatch
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
                for number, example in enumerate(EXAMPLES, start=1):
                    code = compile(example, f"docs/sdk.md, example {number}", "exec")
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


@pytest.mark.parametrize("kind", [Client, Admin])
def test_page_names_every_method(kind: type) -> None:
    methods = [name for name in dir(kind) if not name.startswith("_")]

    missing = [name for name in methods if not re.search(rf"\b{name}\b", PAGE)]

    assert not missing
