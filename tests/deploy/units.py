"""The files in dashboard/deploy as those read them who use them: units, environment, Containerfile."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.conftest import ROOT

DEPLOY = ROOT / "dashboard" / "deploy"
#: Where the shipped files say that the program and its data are.
PLACE, STATE = "/opt/jjj-dashboard", "/var/lib/jjj-dashboard"


def unit(name: str) -> dict[str, list[str]]:
    """Setting of a unit -> its values, in order."""
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / "systemd" / name).read_text("utf8").splitlines():
        if line and not line.startswith(("#", "[")):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def command(line: str, place: Path | str = PLACE, state: Path | str = STATE, instance: str = "") -> list[str]:
    """A command line of a unit as systemd runs it, for a program and data that lie elsewhere."""
    line = line.replace("%i", instance).replace("%%", "%").replace("$$", "$").replace(PLACE, str(place)).replace(STATE, str(state))
    return shlex.split(line)


def settings(text: str) -> dict[str, str]:
    """What an environment file sets."""
    lines = (line.strip() for line in text.splitlines())
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def described(text: str) -> set[str]:
    """All settings that an environment file sets or shows."""
    return set(re.findall(r"^#?([A-Z][A-Z0-9_]*)=", text, re.M))


def with_settings(text: str, **given: str) -> str:
    """An environment file with other values, each in the line that the file has for it."""
    for name, value in given.items():
        text, n = re.subn(rf"^#?{name}=.*$", lambda _, line=f"{name}={value}": line, text, flags=re.M)
        assert n == 1, f"{name} has {n} lines in the environment file"
    return text


def steps() -> list[tuple[str, str]]:
    """Instruction and argument of each line of the Containerfile."""
    lines = (DEPLOY / "Containerfile").read_text("utf8").splitlines()
    return [tuple(line.split(" ", 1)) for line in lines if line and not line.startswith("#")]
