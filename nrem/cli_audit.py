"""`nrem audit`: whether the audit trails are whole."""

from pathlib import Path
from typing import Annotated

import typer

from nrem.cli_frame import Data, Json, guarded, progress, settings_for, show
from nrem.command import audit, system

audit_app = typer.Typer(help="The audit trails: whether they are whole.")


@audit_app.callback()
def audits() -> None:
    """The audit trails: whether they are whole."""


@audit_app.command("verify")
def audit_verify(
    context: typer.Context,
    org: Annotated[int | None, typer.Option(help="Only this org.")] = None,
    heads: Annotated[
        Path | None, typer.Option(help="A copy of audit/heads.json that was kept elsewhere.")
    ] = None,
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """Hold every line against its seal, and each chain against its end that is kept outside."""

    def work() -> int:
        settings = settings_for(context, data)
        with system.opened(settings, progress):
            found = audit.verify(settings, only_org=org, heads=heads)
        show(found, as_json=as_json, text=lambda: audit.describe(found))
        return 0 if found["valid"] else 1

    guarded(work)
