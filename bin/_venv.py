"""Keeps the virtual environment in step with requirements.lock, then becomes its Python.

Runs before anything is installed: Python 3.11 and its standard library only.
"""

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / os.environ.get("VOICEHUB_VENV", ".venv")
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed-from"
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def main(arguments: list[str]) -> NoReturn:
    supervised = arguments[:2] == ["manage.py", "up"]
    for number in STOP_SIGNALS:
        signal.signal(number, partial(leave, 0 if supervised else 128 + number))
    if not is_installed():
        install_once()
    if supervised:
        # A stop that arrives while Django loads waits until the supervisor can act on it.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), *arguments])  # noqa: S606


def leave(code: int, number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(code)


def is_installed() -> bool:
    return stamp() == f"{interpreter()} {lock_hash()}"


def stamp() -> str:
    """What the environment was last finished with; nothing while it is being made."""
    return STAMP.read_text() if STAMP.exists() else ""


def interpreter() -> str:
    """The Python behind the links, which may be another one than when the environment was made."""
    return str(PYTHON.resolve())


def lock_hash() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def install_once() -> None:
    """One at a time in this folder; other folders may be filled meanwhile."""
    VENV.mkdir(parents=True, exist_ok=True)
    folder = os.open(VENV, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    try:
        if not is_installed():
            install()
    finally:
        os.close(folder)


def install() -> None:
    if not stamp().startswith(f"{interpreter()} "):
        make_environment()
    STAMP.unlink(missing_ok=True)
    say(f"Installing the packages of {LOCK.name} ...")
    run(PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--requirement", LOCK)
    STAMP.write_text(f"{interpreter()} {lock_hash()}")
    say("Installed.")


def make_environment() -> None:
    refuse_a_folder_of_others()
    say(f"Making {VENV.name} (the first start takes about a minute) ...")
    run(sys.executable, "-m", "venv", "--clear", VENV)


def refuse_a_folder_of_others() -> None:
    """`venv --clear` empties the folder: it must be one that venv has made, be it half."""
    names = {entry.name for entry in VENV.iterdir()} if VENV.exists() else set()
    if "pyvenv.cfg" not in names and names - {"bin", "include", "lib", "lib64"}:
        raise SystemExit(f"{VENV} is not a virtual environment. Choose another folder in VOICEHUB_VENV.")


def run(*command: str | Path) -> None:
    with subprocess.Popen(command, start_new_session=True) as child:  # noqa: S603
        try:
            code = child.wait()
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            raise
    if code:
        raise SystemExit(f"Setting up failed: {' '.join(map(str, command))} ended with {code}.")


def say(words: str) -> None:
    sys.stderr.write(words + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
