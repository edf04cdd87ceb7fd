"""Callers of the admin listener."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import httpx2
import pytest

from nrem.store import key
from tests.api.serving import Caller, Service


@contextmanager
def administrator(
    service: Service, org: int | None = None, scopes: Sequence[str] = key.ADMIN_SCOPES
) -> Iterator[Caller]:
    """A caller whose client asks the admin listener."""
    with (
        service.caller(org, scopes) as made,
        httpx2.Client(
            base_url=service.admin_url,
            headers={"Authorization": f"Bearer {made.key}"},
            timeout=60,
            trust_env=False,
        ) as client,
    ):
        yield replace(made, client=client)


@pytest.fixture
def admin(service: Service, caller: Caller) -> Iterator[Caller]:
    """The administrator of the caller's org."""
    with administrator(service, caller.org) as made:
        yield made
