"""`nrem orgs`: tenants of this installation, made and bounded on the database itself."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from nrem import ids
from nrem.command.keys import administrator, org_of
from nrem.config import Settings
from nrem.errors import ConflictError
from nrem.store import audit, engine, org
from nrem.store.audit import Entry, Operation
from nrem.wire.key import OrgOut


def create(
    settings: Settings, name: str, *, is_operator: bool, rate_per_minute: int | None
) -> dict[str, Any]:
    """Make an org.

    Raises: ConflictError when there is one of that name.
    """
    with administrator(settings) as (conn, _):
        if org.find(conn, name) is not None:
            raise ConflictError(f"there is an org {name} already")
        org_id = org.ensure(conn, name)
        org.make_operator(conn, org_id, is_operator=is_operator)
        org.set_rate(conn, org_id, rate_per_minute)
        engine.enter(conn, org_id=org_id)
        audit.add(conn, org_id, [of_org(Operation.ORG_CREATE, org_id)])
        return _named(org.listed(conn), org_id)


def find(settings: Settings) -> dict[str, Any]:
    """Every org."""
    with administrator(settings) as (conn, _):
        return {"orgs": [_out(one) for one in org.listed(conn)]}


def bound(settings: Settings, name: str, rate_per_minute: int | None) -> dict[str, Any]:
    """Say how often all keys of an org may ask together; None is the server's default.

    Raises: ConfigError when there is no such org.
    """
    with administrator(settings) as (conn, _):
        org_id = org_of(conn, name)
        org.set_rate(conn, org_id, rate_per_minute)
        audit.add(conn, org_id, [of_org(Operation.ORG_BOUND, org_id)])
        return _named(org.listed(conn), org_id)


def of_org(operation: Operation, org_id: int) -> Entry:
    """What the trail says of an org."""
    return Entry(operation=operation, details={"about_org": ids.encode(ids.ORG, org_id)})


def describe(one: Mapping[str, Any]) -> str:
    """An org as a line."""
    rate = one["rate_limit_per_minute"]
    bounded = "the default rate" if rate is None else f"{rate} a minute" if rate else "no bound"
    return f"{one['id']}  {one['name']}  {bounded}{'  operator' * one['is_operator']}"


def describe_all(found: Mapping[str, Any]) -> str:
    """Orgs as lines."""
    return "\n".join(describe(one) for one in found["orgs"]) or "there is no org"


def _named(orgs: list[org.Org], org_id: int) -> dict[str, Any]:
    return next(_out(one) for one in orgs if one.org_id == org_id)


def _out(one: org.Org) -> dict[str, Any]:
    return OrgOut.of(asdict(one)).model_dump(mode="json")
