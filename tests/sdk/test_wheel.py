"""The wheel of the client: it holds the client alone, and works with its two dependencies alone."""

import contextlib
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest

from tests.house.project import ROOT
from tests.sdk import samples
from tests.sdk.stub import Stub

HEAVY = (
    *("alembic", "anthropic", "apscheduler", "celery", "fastapi", "numpy", "onnxruntime"),
    *("psycopg", "redis", "sqlalchemy", "starlette", "structlog", "typer", "uvicorn"),
)
SCRIPT = """
import asyncio, sys
import nrem
assert not {"httpx2", "pydantic"} & set(sys.modules), "import nrem is not light"
import nrem.sdk
heavy = set(sys.argv[2].split(",")) & set(sys.modules)
assert not heavy, heavy

with nrem.Client(sys.argv[1], "key") as client:
    memory = client.store(agent_id="agent-1", content="likes tea")
    assert str(memory.created_at) == "2026-04-19T10:30:00Z", memory

async def store():
    async with nrem.AsyncClient(sys.argv[1], "key") as client:
        return await client.store(agent_id="agent-1", content="likes tea")

assert asyncio.run(store()) == memory
print(nrem.__file__)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy: nothing is written into the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    copy, made = folder / "copy", folder / "made"
    copy.mkdir()
    for name in ("LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, copy)
    shutil.copytree(ROOT / "nrem", copy / "nrem", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(made)]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = made.glob("*.whl")
    return found


def _names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as packed:
        return packed.namelist()


def test_wheel_holds_the_client_and_nothing_of_the_server(wheel: Path) -> None:
    packed = [name for name in _names(wheel) if ".dist-info/" not in name]

    beside = {name for name in packed if not name.startswith("nrem/sdk/")}
    assert beside == {"nrem/__init__.py", "nrem/clock.py", "nrem/py.typed"}
    assert {"nrem/sdk/_sync/client.py", "nrem/sdk/_async/client.py"} <= set(packed)


def test_wheel_asks_for_two_dependencies_and_installs_no_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        (name,) = [one for one in packed.namelist() if one.endswith(".dist-info/METADATA")]
        told = packed.read(name).decode()

    needed = re.findall(r"^Requires-Dist: ([\w-]+)(?!.*extra ==).*$", told, re.MULTILINE)
    assert sorted(needed) == ["httpx2", "pydantic"]
    assert "Requires-Python: >=3.11" in told
    assert not [one for one in _names(wheel) if one.endswith("entry_points.txt")]


def test_wheel_works_with_its_two_dependencies_alone(
    wheel: Path, stub: Stub, tmp_path: Path
) -> None:
    stub.answers(samples.MEMORY)
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path)
    for one in _closure("httpx2", "pydantic"):
        _link(one, tmp_path)
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", _start(script), stub.url, ",".join(HEAVY)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "nrem" / "__init__.py")


def _start(script: Path) -> str:
    return (
        f"import sys; sys.path.append({str(script.parent)!r}); exec(open({str(script)!r}).read())"
    )


def _closure(*names: str) -> list[Distribution]:
    """Distributions and all that they need, but for extras and what other machines need."""
    waiting, found = list(names), {}
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        with contextlib.suppress(PackageNotFoundError):
            found[name] = distribution(name)
            needed = [line for line in found[name].requires or () if "extra ==" not in line]
            waiting += [re.split(r"[\s\[<>=!~(;]", line)[0] for line in needed]
    return list(found.values())


def _link(one: Distribution, folder: Path) -> None:
    """Let the folder hold a distribution's packages, as if it were installed there."""
    for name in {Path(str(file)).parts[0] for file in one.files or ()}:
        there, here = Path(str(one.locate_file(name))), folder / name
        if name not in {"..", "__pycache__"} and not here.exists():
            here.symlink_to(there)
