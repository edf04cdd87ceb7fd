"""`nrem keys` and `nrem orgs`: who may ask, for what and how often.

They work on the database itself, as whoever installs nrem must before there is any key.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from nrem.cli_frame import Data, Json, guarded, progress, settings_for, show
from nrem.command import keys, orgs, system
from nrem.config import Settings
from nrem.wire.key import MAX_DAYS, MAX_OVERLAP_HOURS

keys_app = typer.Typer(help="API keys: make, list, rotate and revoke them.")
orgs_app = typer.Typer(help="Orgs: the tenants of this installation.")
_DAY_SECONDS = 86_400.0
_HOUR_SECONDS = 3_600.0

OrgName = Annotated[str, typer.Option(help="The org's name.")]
Rate = Annotated[
    int | None, typer.Option(min=0, help="Requests per minute; 0 = no bound; none = the default.")
]


class KeyKind(StrEnum):
    """Which scopes a new key gets; see `keys.KINDS`."""

    API = "api"
    ADMIN = "admin"
    PURGE = "purge"


@keys_app.command("create")
def keys_create(
    context: typer.Context,
    org: Annotated[str, typer.Option(help="The org's name; made if there is none.")],
    kind: Annotated[KeyKind, typer.Option(help="What the key opens.")] = KeyKind.API,
    scope: Annotated[
        list[str] | None, typer.Option(help="Scopes instead of a kind; may be repeated.")
    ] = None,
    expires_days: Annotated[
        int | None, typer.Option(min=1, max=MAX_DAYS, help="Days; default: it never expires.")
    ] = None,
    rate: Rate = None,
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """Make a key and print it, the only time it can be seen."""

    def create(settings: Settings) -> dict[str, Any]:
        return keys.create(
            settings,
            org,
            keys.chosen(kind, scope),
            lives_seconds=expires_days * _DAY_SECONDS if expires_days else None,
            rate_per_minute=rate,
        )

    _answer(context, data, create, as_json=as_json, text=keys.describe_made)


@keys_app.command("list")
def keys_list(
    context: typer.Context, org: OrgName = keys.ORG, data: Data = None, *, as_json: Json = False
) -> None:
    """Every key of an org, oldest first, without secrets."""
    _answer(
        context,
        data,
        lambda settings: keys.find(settings, org),
        as_json=as_json,
        text=keys.describe_all,
    )


@keys_app.command("rotate")
def keys_rotate(
    context: typer.Context,
    key_id: str,
    org: OrgName = keys.ORG,
    overlap_hours: Annotated[
        float, typer.Option(min=0, max=MAX_OVERLAP_HOURS, help="For how long both keys open.")
    ] = 24,
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """Make a key in the place of another and print it; the old one ends after the overlap."""
    _answer(
        context,
        data,
        lambda settings: keys.rotate(
            settings, org, key_id, overlap_seconds=overlap_hours * _HOUR_SECONDS
        ),
        as_json=as_json,
        text=keys.describe_made,
    )


@keys_app.command("revoke")
def keys_revoke(
    context: typer.Context,
    key_id: str,
    org: OrgName = keys.ORG,
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """End a key: the next request that brings it is refused."""
    _answer(
        context,
        data,
        lambda settings: keys.revoke(settings, org, key_id),
        as_json=as_json,
        text=keys.describe,
    )


@orgs_app.command("create")
def orgs_create(
    context: typer.Context,
    name: str,
    rate: Rate = None,
    data: Data = None,
    *,
    operator: Annotated[
        bool, typer.Option("--operator", help="Its administrators may make orgs over HTTP.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make an org."""
    _answer(
        context,
        data,
        lambda settings: orgs.create(settings, name, is_operator=operator, rate_per_minute=rate),
        as_json=as_json,
        text=orgs.describe,
    )


@orgs_app.command("list")
def orgs_list(context: typer.Context, data: Data = None, *, as_json: Json = False) -> None:
    """Every org, oldest first."""
    _answer(context, data, orgs.find, as_json=as_json, text=orgs.describe_all)


@orgs_app.command("limit")
def orgs_limit(
    context: typer.Context,
    name: str,
    rate: Rate = None,
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """Say how often all keys of an org may ask together."""
    _answer(
        context,
        data,
        lambda settings: orgs.bound(settings, name, rate),
        as_json=as_json,
        text=orgs.describe,
    )


def _answer(
    context: typer.Context,
    data: Path | None,
    ask: Callable[[Settings], dict[str, Any]],
    *,
    as_json: bool,
    text: Callable[[Mapping[str, Any]], str],
) -> None:
    """Print what `ask` gets from the database: the operator's, or the embedded one, which runs."""

    def work() -> int:
        settings = settings_for(context, data)
        if settings.migrate_database_url is None:
            with system.opened(settings, progress):
                found = ask(settings)
        else:
            found = ask(settings)
        show(found, as_json=as_json, text=lambda: text(found))
        return 0

    guarded(work)
