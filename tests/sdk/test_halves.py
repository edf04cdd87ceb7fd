import inspect
from collections.abc import Callable
from typing import Any

import pytest

from nrem.sdk import Admin, AsyncAdmin, AsyncClient, AsyncTools, Client, Tools
from tests.sdk.halves import MADE, sync_half

PAIRS = [(Client, AsyncClient), (Admin, AsyncAdmin), (Tools, AsyncTools)]
# A sync half has no other name for these.
OTHER_NAMES = {"__aenter__": "__enter__", "__aexit__": "__exit__"}


def _methods(kind: type) -> dict[str, Callable[..., Any]]:
    found = inspect.getmembers(kind, inspect.isfunction)
    return {OTHER_NAMES.get(name, name): one for name, one in found if one.__module__ != "builtins"}


def test_sync_half_is_what_the_generator_makes() -> None:
    made = {path.name: path.read_text(encoding="utf-8") for path in MADE.glob("*.py")}

    assert made == sync_half()


@pytest.mark.parametrize(("sync", "other"), PAIRS)
def test_both_halves_have_the_same_methods(sync: type, other: type) -> None:
    assert _methods(sync).keys() == _methods(other).keys()


@pytest.mark.parametrize(("sync", "other"), PAIRS)
def test_signatures_of_both_halves_are_equal(sync: type, other: type) -> None:
    theirs = _methods(other)

    for name, method in _methods(sync).items():
        ours = inspect.signature(method).parameters.values()
        asked = [(one.name, one.kind) for one in ours]
        theirs_asked = inspect.signature(theirs[name]).parameters.values()
        assert asked == [(one.name, one.kind) for one in theirs_asked], name
        if name != "__init__":  # it takes a pause of its own colour
            assert [str(one) for one in ours] == [str(one) for one in theirs_asked], name
