"""The `nrem` program. Without a command: the main job, then serving until Ctrl-C.

With `--json` a command prints progress to stderr and exactly one JSON object to stdout. It exits
with 0 when what it reports holds, 1 when it does not, 2 on wrong usage or settings.
"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from nrem import __version__
from nrem.cli_agent import agent_app
from nrem.cli_audit import audit_app
from nrem.cli_bench import bench_app
from nrem.cli_doctor import doctor_app
from nrem.cli_export import export_command
from nrem.cli_frame import (
    Data,
    Json,
    guarded,
    progress,
    say,
    settings_for,
    settings_of,
    show,
)
from nrem.cli_fuzz import fuzz
from nrem.cli_hold import hold_app
from nrem.cli_import import import_app
from nrem.cli_keys import keys_app, orgs_app
from nrem.cli_policy import policy_app
from nrem.cli_preview import preview_app
from nrem.cli_promotion import promote_explain
from nrem.cli_purge import purge_command
from nrem.cli_receipt import receipt_app
