"""The start script and its set-up, with a program of our own where the environment would be."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from nrem.embedded import setup
from nrem.embedded.children import CHECKOUT

_TOOLS = ("dirname", "readlink", "sh")
_SHOWS = '#!/bin/sh\nprintf "%s\\n" "$PWD" "$*" "$PYTHONPATH" "$PYTHONPYCACHEPREFIX"\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A PATH folder with this Python as python3 and the few tools that the script may use."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "python3").symlink_to(Path(sys.executable).resolve())
    for tool in _TOOLS:
        (folder / tool).symlink_to(Path("/bin") / tool)
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A user's cache whose finished environment holds a program that shows how it was started."""
    python = setup.environment_dir(tmp_path / "cache" / "nrem") / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(_SHOWS)
    python.chmod(0o755)
    (python.parent.parent / "complete").touch()
    return tmp_path / "cache"


def _run(
    script: Path | str, *arguments: str, cwd: Path, **environment: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(script), *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_command_keeps_the_callers_directory_through_any_path(
    path: Path, cache: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.symlink_to(CHECKOUT / "run")
    second.symlink_to("first")

    done = _run("./second", "load", "a b", cwd=tmp_path, PATH=str(path), XDG_CACHE_HOME=str(cache))

    assert done.stdout.splitlines() == [
        str(tmp_path),
        "-P -m nrem.cli load a b",
        str(CHECKOUT),
        str(cache / "nrem" / "pycache"),
    ]
    assert done.returncode == 0


def test_test_runs_the_suite_in_the_checkout(path: Path, cache: Path, tmp_path: Path) -> None:
    done = _run(
        CHECKOUT / "run", "test", "-k", "x", cwd=tmp_path, PATH=str(path), XDG_CACHE_HOME=str(cache)
    )

    assert done.stdout.splitlines()[:2] == [str(CHECKOUT), "-P -m pytest -k x"]


def test_continuous_integration_runs_what_a_developer_runs(
    path: Path, cache: Path, tmp_path: Path
) -> None:
    done = _run(CHECKOUT / ".ci" / "run", cwd=tmp_path, PATH=str(path), XDG_CACHE_HOME=str(cache))

    assert done.stdout.splitlines()[:2] == [str(CHECKOUT), "-P -m pytest"]


@pytest.mark.parametrize("home", ["", None])
def test_home_may_be_empty_or_missing(
    home: str | None, path: Path, cache: Path, tmp_path: Path
) -> None:
    environment = {"PATH": str(path), "XDG_CACHE_HOME": str(cache)}
    if home is not None:
        environment["HOME"] = home

    done = _run(CHECKOUT / "run", cwd=tmp_path, **environment)

    assert done.returncode == 0


def test_old_python_is_refused_with_what_to_install(path: Path, tmp_path: Path) -> None:
    (path / "python3").unlink()
    (path / "python3").write_text('#!/bin/sh\necho "Python 3.9.2"\nexit 1\n')
    (path / "python3").chmod(0o755)

    done = _run(CHECKOUT / "run", cwd=tmp_path, PATH=str(path))

    assert done.returncode == 2
    assert "needs Python 3.11" in done.stderr
    assert "Python 3.9.2" in done.stderr
    assert "apt install python3" in done.stderr


def test_python_without_ensurepip_is_refused_with_the_package_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "ensurepip", None)  # means: not there

    with pytest.raises(SystemExit) as ended:
        setup.environment_python(tmp_path)

    assert ended.value.code == 2
    assert f"python3.{sys.version_info.minor}-venv" in capsys.readouterr().err


def test_environment_counts_only_with_its_marker(
    cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = setup.environment_dir(cache / "nrem")
    assert setup.environment_python(cache / "nrem") == folder / "bin" / "python"
    (folder / "complete").unlink()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "ensurepip", None)  # means: not there

    with pytest.raises(SystemExit):
        setup.environment_python(cache / "nrem")

    assert not folder.exists()


def test_cache_is_our_own_and_closed_to_writers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/ignored")
    monkeypatch.setenv("HOME", str(tmp_path))

    found = setup.cache_dir()

    assert found == tmp_path / ".cache" / "nrem"
    assert stat.S_IMODE(found.stat().st_mode) == 0o700
    assert found.stat().st_uid == os.geteuid()


def test_cache_that_others_may_write_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared" / "nrem"
    shared.mkdir(parents=True)
    shared.chmod(0o777)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "shared"))
    monkeypatch.setenv("HOME", str(tmp_path))

    assert setup.cache_dir() == tmp_path / ".cache" / "nrem"


def test_what_asks_for_a_newer_python_is_installed_last_and_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    uv = tmp_path / "uv"
    make = "for last; do :; done; [ $1 = venv ] && /bin/mkdir -p $last; true"
    uv.write_text(f'#!/bin/sh\necho "$@" >> {told}\n{make}\n')
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    setup.environment_python(tmp_path)

    steps = [line.split() for line in told.read_text().splitlines()]
    assert [step[-1] for step in steps[1:]] == [str(setup.LOCK_FILE), str(setup.ZENO_LOCK_FILE)]
    assert all("--require-hashes" in step for step in steps[1:])
    assert ["--no-deps" in step for step in steps] == [False, False, True]
