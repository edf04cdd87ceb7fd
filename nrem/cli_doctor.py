"""`nrem doctor …`: whether what nrem depends on outside of this machine works."""

import typer

from nrem.cli_frame import Json, guarded, progress, show
from nrem.command import doctor
from nrem.llm.setting import LlmSettings

doctor_app = typer.Typer(help="Whether what nrem depends on elsewhere works.")


@doctor_app.callback()
def main() -> None:
    """Whether what nrem depends on elsewhere works."""


@doctor_app.command("llm")
def doctor_llm(*, as_json: Json = False) -> None:
    """Ask each configured model once, for a fraction of a cent, and say what came of it."""

    def work() -> int:
        found = doctor.ask_models(LlmSettings(), progress)
        show(found, as_json=as_json, text=lambda: doctor.describe(found))
        return 0 if found["ok"] else 1

    guarded(work)
