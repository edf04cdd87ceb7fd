import re
import tomllib
from pathlib import Path
from typing import Any

from tests.house.project import read

HOSTS = {"pypi.org", "files.pythonhosted.org"}
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)")


def _name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def _project() -> dict[str, Any]:
    return tomllib.loads(read(Path("pyproject.toml")))


def _declared() -> list[str]:
    project = _project()
    extras = project["project"]["optional-dependencies"].values()
    groups = project["dependency-groups"].values()
    return [*project["project"]["dependencies"], *(line for g in [*extras, *groups] for line in g)]


def _packages() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(read(Path("uv.lock")))["package"]
    return found


def _requirements() -> list[str]:
    """Each requirement of requirements.lock with its hashes, comments left out."""
    text = read(Path("requirements.lock")).replace("\\\n", " ")
    return [
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]


def _pins(lines: list[str]) -> dict[str, str]:
    found = [PIN.match(line) for line in lines]
    return {_name(pin[1]): pin[2] for pin in found if pin}


def test_locks_name_the_public_index_only() -> None:
    for path in ("uv.lock", "requirements.lock"):
        text = read(Path(path))

        hosts = set(re.findall(r"[a-z+]+://([^/\s\"']+)", text))

        assert hosts <= HOSTS, path
        assert "file:" not in text, path


def test_every_package_of_uv_lock_comes_from_the_index() -> None:
    elsewhere = [
        package["name"]
        for package in _packages()
        if package["name"] != "nrem" and "registry" not in package["source"]
    ]

    assert not elsewhere


def test_packages_installed_as_they_stand_are_pinned_by_hash_and_no_others() -> None:
    text = read(Path("requirements-zeno.lock")).replace("\\\n", " ")
    lines = [line for line in text.splitlines() if not line.startswith("#")]

    assert _pins(lines).keys() == {"aiosqlite", "zeno-core", "zeno-memory"}
    for line in lines:
        assert re.fullmatch(r"\S+==\S+\s+--hash=sha256:[0-9a-f]{64}", line), line
    assert not _pins(lines).keys() & _pins(_requirements()).keys()


def test_requirements_hold_no_option_but_hashes() -> None:
    requirements = _requirements()

    assert requirements
    for line in requirements:
        assert PIN.match(line), line
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", line), line
        assert set(re.findall(r"(?<!\S)-\S*?(?==|\s|$)", line)) == {"--hash"}, line


def test_both_locks_agree() -> None:
    locked = {_name(package["name"]): package["version"] for package in _packages()}

    pins = _pins(_requirements())

    assert pins.items() <= locked.items()


def test_pins_of_the_project_are_the_locked_ones() -> None:
    pins = _pins(_declared())

    assert pins
    assert pins.items() <= _pins(_requirements()).items()


def test_locks_hold_every_declared_dependency() -> None:
    declared = {_name(re.split(r"[\[<>=!~;\s]", line)[0]) for line in _declared()}

    assert declared <= _pins(_requirements()).keys()


def test_each_server_dependency_says_why() -> None:
    text = read(Path("pyproject.toml"))
    block = text.partition("server = [")[2].partition("]\n")[0]
    bare = [line for line in block.splitlines() if "==" in line and "#" not in line]

    assert not bare
