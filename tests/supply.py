"""What the program is made of: licences of all packages it needs, and what is known against their versions.

``python -m tests.supply licences`` prints the list that stands in ``.docs/LICENSES.md``;
``python -m tests.supply advisories`` asks pip-audit's service, and says so where that cannot be reached.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
#: Families of licences under which a package may be used beside this program and passed on with it. LGPL and MPL
#: ask that changes to the package itself be published; nothing here changes one.
ACCEPTED = ("0BSD", "Apache", "BSD", "BSL", "CC0", "HPND", "ISC", "LGPL", "MIT", "MPL", "PSF", "Python", "Unlicense", "Zlib")
#: Licence of packages whose metadata do not name it, as the file in the package says.
BY_HAND: dict[str, str] = {}


def required(file: str = "requirements.txt") -> dict[str, set[str]]:
    """Names of the packages in a requirements file, normalised, each with its extras."""
    lines = (line.partition("#")[0].strip() for line in (ROOT / file).read_text("utf8").splitlines())
    found = [Requirement(line) for line in lines if line and not line.startswith("-")]
    return {_plain(r.name): set(r.extras) for r in found}


def needed(start: dict[str, set[str]]) -> dict[str, metadata.Distribution]:
    """Those packages and all that they need, as installed, by name."""
    found, todo = {}, list(start.items())
    while todo:
        name, extras = todo.pop()
        if name in found and not extras:
            continue
        try:
            package = found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # for another system, or an extra that is not in use
        for line in package.requires or ():
            further = Requirement(line)
            if further.marker is None or any(further.marker.evaluate({"extra": extra}) for extra in extras or {""}):
                if _plain(further.name) not in found:
                    todo.append((_plain(further.name), set(further.extras)))
    return dict(sorted(found.items()))


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(package: metadata.Distribution) -> str:
    """The licence that a package's metadata name; empty where they name none."""
    about = package.metadata
    said = about.get("License-Expression") or ""
    classes = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier") or () if c.startswith("License ::") and c != "License :: OSI Approved"]
    text = (about.get("License") or "").strip()
    first = text.splitlines()[0].strip() if text else ""
    return said or BY_HAND.get(_plain(about["Name"]), "") or "; ".join(classes) or (first if len(first) < 60 else "")


def is_accepted(said: str) -> bool:
    """Whether one of the licences offered, or all that hold together, are of :data:`ACCEPTED`."""
    def fits(one: str) -> bool:
        lesser = re.search(r"LGPL|Lesser General Public", one)
        if re.search(r"GPL|General Public", one) and not lesser:
            return False
        words = one.replace("Mozilla Public License", "MPL").replace("Historical Permission Notice", "HPND").replace("Lesser General Public", "LGPL")
        return any(re.search(rf"(?<![A-Za-z]){family}", words) for family in ACCEPTED)

    while inner := re.search(r"\(([^()]*)\)", said):
        said = said[:inner.start()] + ("MIT" if is_accepted(inner[1]) else "GPL") + said[inner.end():]
    return bool(said) and any(all(fits(part) for part in re.split(r"\bAND\b", choice)) for choice in re.split(r"\bOR\b|;", said))


def licences() -> str:
    """The list in Markdown."""
    out = ["# Licences of what this program needs", "", "Written by `make licences` from what the packages say of themselves."]
    run = needed(required())
    tools = {k: v for k, v in needed(required("requirements-dev.txt")).items() if k not in run}
    for title, packages in (("To run", run), ("To test", tools)):
        out += ["", f"## {title}", "", "| package | licence |", "|---|---|"]
        out += [f"| {name} | {licence(package) or '?'} |" for name, package in packages.items()]
    out += ["", "## In the browser", "", "| package | licence |", "|---|---|", "| plotly.js | MIT |", ""]
    return "\n".join(out)


def advisories(found: dict | None) -> tuple[int, str]:
    """Exit code and sentence for what pip-audit found; None where it could not ask.

    A service that knows none of the packages was not the service: its silence says nothing.
    """
    asked = [d for d in (found or {}).get("dependencies", ()) if "skip_reason" not in d]
    if not asked:
        return 0, "pip-audit: the service of known vulnerabilities cannot be reached from here; nothing was checked."
    known = [f"{d['name']} {d['version']}: {v['id']} (fixed in {', '.join(v['fix_versions']) or 'no version yet'})" for d in asked for v in d["vulns"]]
    if known:
        return 1, "pip-audit: known vulnerabilities\n" + "\n".join(known)
    return 0, f"pip-audit: {len(asked)} packages, none with a known vulnerability."


def _ask() -> dict | None:
    command = [sys.executable, "-m", "pip_audit", "--progress-spinner", "off", "--timeout", "10", "-f", "json", "--skip-editable"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=180)
        return json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return None


if __name__ == "__main__":
    if sys.argv[1:] == ["licences"]:
        print(licences(), end="")
    elif sys.argv[1:] == ["advisories"]:
        code, said = advisories(_ask())
        print(said)
        sys.exit(code)
    else:
        sys.exit("Accepted are: licences, advisories.")
