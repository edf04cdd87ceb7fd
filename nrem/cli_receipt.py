"""`nrem receipt`: what proves that an erasure was carried out; needs no running system."""

from pathlib import Path
from typing import Annotated

import typer

from nrem.cli_frame import Data, Json, guarded, say, settings_for, show
from nrem.command import receipt

receipt_app = typer.Typer(help="Receipts of erasures: verify, show and list them.")


@receipt_app.command("verify")
def receipt_verify(
    files: Annotated[list[Path], typer.Argument(help="Receipts, one per file or per line.")],
    public_key: Annotated[
        Path | None, typer.Option(help="The key that must have signed: a file of `receipt key`.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Hold receipts against their signatures and against each other; 1 when one is not valid."""

    def work() -> int:
        found = receipt.verify(files, public_key=public_key)
        show(found, as_json=as_json, text=lambda: receipt.describe(found))
        return 0 if found["valid"] else 1

    guarded(work)


@receipt_app.command("show")
def receipt_show(
    context: typer.Context,
    erasure: Annotated[str, typer.Argument(help="The erasure, era_…")],
    data: Data = None,
) -> None:
    """Print the receipt of an erasure, byte for byte as it was issued."""

    def work() -> int:
        say(receipt.show(settings_for(context, data), erasure))
        return 0

    guarded(work)


@receipt_app.command("list")
def receipt_list(context: typer.Context, data: Data = None) -> None:
    """Print every receipt there is, one per line."""

    def work() -> int:
        for one in receipt.list_all(settings_for(context, data)):
            say(one)
        return 0

    guarded(work)


@receipt_app.command("key")
def receipt_key(context: typer.Context, data: Data = None, *, as_json: Json = False) -> None:
    """Print the public key of this installation, with which its receipts are verified."""

    def work() -> int:
        found = receipt.public_key(settings_for(context, data))
        show(found, as_json=as_json, text=lambda: found["public"])
        return 0

    guarded(work)
