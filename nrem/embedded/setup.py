"""Makes the virtual environment once, then becomes nrem or its test suite; `./run` starts it.

Standard library only, run by path with the machine's own Python. The environment lies in the
user's cache under a name that follows from the lock files and the interpreter, so an update makes
a new one; it counts only when its marker is there, so a half-made one is made again. Nothing is
written into the checkout.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import platform
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NoReturn

CHECKOUT: Final = Path(__file__).resolve().parents[2]
LAUNCHER: Final = CHECKOUT / "nrem" / "embedded" / "launch.py"
LOCK_FILE: Final = CHECKOUT / "requirements.lock"
# What asks for a newer Python than it needs; installed last, as it stands.
ZENO_LOCK_FILE: Final = CHECKOUT / "requirements-zeno.lock"
# Of whose packages any will do for this machine's Python.
_ZENO_PYTHON: Final = "3.12"
# A status of its own class: set-up failed, nothing of nrem ran. 2 is also a wrong usage.
_FAILED: Final = 2
_PROGRESS_EVERY: Final = 20
# What the tools of the test suite would otherwise write into the checkout.
_CACHES: Final = {
    "HYPOTHESIS_STORAGE_DIRECTORY": "hypothesis",
    "MYPY_CACHE_DIR": "mypy",
    "PYTHONPYCACHEPREFIX": "pycache",
    "RUFF_CACHE_DIR": "ruff",
}
_NOT_INHERITED: Final = ("PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")


def main(arguments: list[str]) -> NoReturn:
    """Set up if need be and become the program; signals then reach it, not us."""
    cache = cache_dir()
    python = environment_python(cache)
    variables = {k: v for k, v in os.environ.items() if k not in _NOT_INHERITED}
    variables |= {name: str(cache / folder) for name, folder in _CACHES.items()}
    variables["PYTHONPATH"] = str(CHECKOUT)
    if arguments[:1] == ["test"]:
        os.chdir(CHECKOUT)
        command = ["-P", "-m", "pytest", *arguments[1:]]
    else:
        command = ["-P", "-m", "nrem.cli", *arguments]
    sys.stderr.flush()
    os.execve(python, [str(python), *command], variables)  # noqa: S606 - by full path, no shell


def cache_dir() -> Path:
    """A folder of our own in the user's cache, else one in the folder for temporary files."""
    candidates = [Path(os.environ.get("XDG_CACHE_HOME", ""))]
    candidates += [Path(home) / ".cache" for home in (os.environ.get("HOME", ""), _known_home())]
    for base in candidates:
        if base.is_absolute() and _is_usable(base / "nrem"):
            return base / "nrem"
    fallback = Path(tempfile.gettempdir()) / f"nrem-cache-{os.geteuid()}"
    if not _is_usable(fallback):
        fail(f"no folder for the set-up can be written: set XDG_CACHE_HOME (last try: {fallback})")
    return fallback


def environment_python(cache: Path) -> Path:
    """The interpreter of the finished virtual environment; made now when missing."""
    folder = environment_dir(cache)
    if _is_complete(folder):
        return _python(folder)
    with _only_one(folder.with_suffix(".lock")) as lock:
        # Whoever waited finds that the other one has made it.
        if not _is_complete(folder):
            _make(folder, lock)
    return _python(folder)


def environment_dir(cache: Path) -> Path:
    """Where the environment of these lock files and interpreter lies, finished or not."""
    parts = (platform.python_version(), platform.machine(), sys.base_prefix)
    digest = hashlib.sha256(LOCK_FILE.read_bytes() + ZENO_LOCK_FILE.read_bytes())
    digest.update("\0".join(parts).encode())
    return cache / f"venv-{digest.hexdigest()[:16]}"


def fail(message: str) -> NoReturn:
    """End with one line that says what to do."""
    sys.stderr.write(f"nrem: {message}\n")
    raise SystemExit(_FAILED)


def say(message: str) -> None:
    """Show a line of progress."""
    sys.stderr.write(f"nrem: {message}\n")
    sys.stderr.flush()


def _known_home() -> str:
    """The home that the user database knows; HOME may be empty or missing."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_dir
    except KeyError:
        return ""


def _is_usable(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return False
    # Code is run from here: nobody else may be able to put some.
    is_ours = status.st_uid == os.geteuid() and not status.st_mode & 0o022
    return is_ours and not folder.is_symlink() and os.access(folder, os.W_OK | os.X_OK)


def _python(folder: Path) -> Path:
    return folder / "bin" / "python"


def _is_complete(folder: Path) -> bool:
    return (folder / "complete").exists() and os.access(_python(folder), os.X_OK)


@contextlib.contextmanager
def _only_one(path: Path) -> Iterator[int]:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another set-up to finish")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def _make(folder: Path, lock: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    lines = [line for file in (LOCK_FILE, ZENO_LOCK_FILE) for line in file.read_text().splitlines()]
    total = sum("==" in line for line in lines)
    say(f"first use: installing {total} packages into {folder}")
    if not _make_with_uv(folder, lock):
        shutil.rmtree(folder, ignore_errors=True)
        _make_with_pip(folder, lock, total)
    (folder / "complete").touch()
    say("set-up is complete")


def _make_with_uv(folder: Path, lock: int) -> bool:
    uv = shutil.which("uv")
    if uv is None:
        return False
    install = ["pip", "install", "--python", str(_python(folder)), "--require-hashes"]
    steps = [
        [uv, "venv", "--quiet", "--python", sys.executable, str(folder)],
        [uv, *install, "--requirement", str(LOCK_FILE)],
        [uv, *install, *_without_dependencies("--python-version", _ZENO_PYTHON)],
    ]
    if all(_run(step, folder.parent, lock) == 0 for step in steps):
        return True
    say("uv could not do it; trying pip")
    return False


def _make_with_pip(folder: Path, lock: int, total: int) -> None:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        fail(
            f"this Python ({sys.executable}) lacks venv or ensurepip: install the package "
            f"{version}-venv (Debian, Ubuntu: apt install {version}-venv), or install uv"
        )
    if _run([sys.executable, "-I", "-m", "venv", str(folder)], folder.parent, lock) != 0:
        fail(f"the virtual environment could not be made in {folder}; see above")
    # Not compiled here: compiled files go to a folder of their own, for what is imported only.
    options = ["--require-hashes", "--no-compile", "--progress-bar", "off", "--no-input"]
    options += ["--disable-pip-version-check"]
    install = [str(_python(folder)), "-I", "-m", "pip", "install", *options]
    shown = _Progress(total).show
    for files in (
        ["--requirement", str(LOCK_FILE)],
        _without_dependencies("--ignore-requires-python"),
    ):
        if _run([*install, *files], folder.parent, lock, shown=shown) != 0:
            fail("the packages could not be installed; see above. The same command tries again")


def _without_dependencies(*options: str) -> list[str]:
    return ["--no-deps", *options, "--requirement", str(ZENO_LOCK_FILE)]


class _Progress:
    """Turns pip's many lines into a few."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._collected = 0

    def show(self, line: str) -> None:
        if line.startswith("Collecting "):
            self._collected += 1
            if self._collected % _PROGRESS_EVERY == 0:
                say(f"{self._collected} of {self._total} packages")
        elif line.startswith("Installing collected"):
            say("unpacking")


def _run(argv: list[str], folder: Path, lock: int, *, shown: Callable[[str], None] = say) -> int:
    """Run a tool to its end; it dies with us, and holds the lock as long as it lives.

    It runs in the cache, so that a project in the caller's directory does not configure it.
    """
    launcher = [sys.executable, "-I", "-S", "-B", str(LAUNCHER), str(int(signal.SIGKILL))]
    with subprocess.Popen(
        [*launcher, str(os.getpid()), "same", *argv],
        cwd=folder,
        pass_fds=(lock,),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as tool:
        try:
            for line in tool.stdout or ():
                shown(line.rstrip())
        except KeyboardInterrupt:
            tool.kill()
            raise
    return tool.returncode


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        fail("the set-up was stopped; the same command starts it again")
