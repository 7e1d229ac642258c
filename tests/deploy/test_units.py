"""What dashboard/deploy ships for systemd, for containers and as settings, held to the program."""

import ast
import re
import shutil
import subprocess

import pytest

from tests.conftest import ROOT
from tests.deploy.units import DEPLOY, PLACE, STATE, command, described, settings, steps, unit, with_settings

README = (DEPLOY / "README.md").read_text("utf8")
UNITS = sorted(path.name for path in (DEPLOY / "systemd").iterdir())


def _asks(node):
    """What a piece of code asks the environment for: the expression of the name, or None."""
    if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("environ"):
        return node.slice
    if isinstance(node, ast.Call) and re.search(r"(^|\.)(environ\.(get|pop|setdefault)|getenv|networks)$", ast.unparse(node.func)):
        return node.args[0]
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn) and ast.unparse(node.comparators[0]).endswith("environ"):
        return node.left
    return None


def _settings_in_the_code():
    """Names of settings that the program asks the environment for; where a variable holds the name, all that the module's constants list."""
    for folder in ("dashboard", "geodata", "indicators"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(path.read_text("utf8"))
            for asked in filter(None, map(_asks, ast.walk(tree))):
                listed = [asked] if isinstance(asked, ast.Constant) else [n.value for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]).isupper()]
                names = [c.value for value in listed for c in ast.walk(value) if isinstance(c, ast.Constant) and isinstance(c.value, str)]
                yield from (name for name in names if re.fullmatch(r"[A-Z][A-Z_]{3,}", name))


def test_environment_file_describes_every_setting_that_the_code_asks_for_and_no_other():
    asked = set(_settings_in_the_code())
    assert {"DATABASE_URL", "TRUSTED_PROXIES", "METRICS_FROM", "API_PER_MINUTE", "BOUNDARY_SCOPE"} <= asked
    assert described((DEPLOY / "environment").read_text("utf8")) == asked


def test_environment_file_is_one_that_systemd_and_containers_read_alike():
    text = (DEPLOY / "environment").read_text("utf8")
    for line in filter(None, text.splitlines()):
        assert line.startswith("#") or re.fullmatch(r"[A-Z][A-Z0-9_]*=[^\s\"'\\#$]+", line), line
    assert len(described(text)) == len(re.findall(r"^#?[A-Z][A-Z0-9_]*=", text, re.M)), "a setting stands there twice"
    assert settings(with_settings(text, REVIEWERS="li", LOG_FORMAT="text")).items() >= {"REVIEWERS": "li", "LOG_FORMAT": "text"}.items()


def test_shipped_settings_are_accepted_by_the_program(monkeypatch):
    from dashboard.access import VARIABLES
    from dashboard.access import settings as access
    from dashboard.exports.desk import at_once
    from dashboard.server import limits, logs

    given = settings((DEPLOY / "environment").read_text("utf8"))
    for name in {*VARIABLES, *described((DEPLOY / "environment").read_text("utf8"))}:
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    found = access()
    assert found.trusts("127.0.0.1") and not found.trusts("10.0.0.1")
    assert found.origins == (given["PUBLIC_URL"],) and not found.reviewers
    assert at_once() == 1 and logs.settings()[0] == "json"
    shown = dict(re.findall(r"^#(\w+_PER_MINUTE)=(\d+)$", (DEPLOY / "environment").read_text("utf8"), re.M))
    assert {variable: int(shown[variable]) for variable, _ in limits.SETTINGS.values()} == dict(limits.SETTINGS.values())


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
def test_systemd_takes_the_units_without_a_word(tmp_path):
    for name in UNITS:
        text = (DEPLOY / "systemd" / name).read_text("utf8").replace(f"{PLACE}/.venv/bin/python", shutil.which("python3"))
        (tmp_path / name.replace("@.", "@8501.")).write_text(text)
    names = [str(path) for path in sorted(tmp_path.iterdir())]
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *names], capture_output=True, text=True, env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:"})
    ours = [line for line in done.stderr.splitlines() if "jjj-dashboard" in line or str(tmp_path) in line]
    assert ours == [], done.stderr
    for name in ("jjj-dashboard@8501.service", "jjj-dashboard-backup.service"):
        weighed = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--threshold=30", str(tmp_path / name)], capture_output=True, text=True)
        assert weighed.returncode == 0, weighed.stdout[-300:] + weighed.stderr  # below 3 of 10, which systemd calls OK


def test_units_name_only_programs_and_units_that_are_there_after_the_steps():
    for name in UNITS:
        for key, lines in unit(name).items():
            if not key.startswith("Exec"):
                continue
            for line in lines:
                program = command(line)[0]
                assert program == f"{PLACE}/.venv/bin/python" or re.fullmatch(r"/usr/bin/(curl|find|systemctl)|/bin/sh|/usr/sbin/nginx", program), line
    timers = {name.partition(".")[0] for name in UNITS if name.endswith((".timer", ".path"))}
    assert timers and all(f"{name}.service" in UNITS for name in timers)


def test_unit_and_image_start_the_server_that_make_serves():
    make = re.search(r"-m streamlit run dashboard/app\.py", (ROOT / "Makefile").read_text("utf8"))[0].split()
    started = command(unit("jjj-dashboard@.service")["ExecStart"][0], instance="8501")
    assert started == [f"{PLACE}/.venv/bin/python", *make, "--server.address=127.0.0.1", "--server.port=8501"]
    image = ast.literal_eval(dict(steps())["CMD"])
    assert image == [part.replace("127.0.0.1", "0.0.0.0") for part in started]


def test_containerfile_takes_the_steps_of_the_readme_and_checks_what_the_unit_waits_for():
    blocks = "\n".join(re.findall(r"```\n(.*?)```", README, re.S)).splitlines()
    for name, argument in steps():
        if name == "RUN" and argument != "make build":
            assert argument in blocks or any(argument == line.partition(" nginx postgresql")[0] for line in blocks), argument
    assert f"make -C {PLACE} build" in blocks
    probe = command(unit("jjj-dashboard@.service")["ExecStartPost"][0], instance="8501")
    check = dict(steps())["HEALTHCHECK"].partition("CMD ")[2].split()
    assert [part for part in probe if part not in ("--retry", "100", "--retry-delay", "1", "--retry-all-errors")] == ["/usr/bin/curl", *check[1:]]
    users = [argument for name, argument in steps() if name == "USER"]
    order = [name for name, _ in steps()]
    assert users == ["jjj-dashboard"] and order.index("USER") > max(i for i, name in enumerate(order) if name == "RUN")
    assert unit("jjj-dashboard@.service")["User"] == users and f"HOME={STATE}" in dict(steps())["ENV"]


def test_readme_copies_every_file_that_is_shipped():
    for path in sorted(DEPLOY.rglob("*")):
        if path.is_file() and path.name not in ("README.md",):
            inside = path.relative_to(DEPLOY).as_posix()
            folder = inside.rpartition("/")[0]
            assert f"deploy/{inside}" in README or folder and f"deploy/{folder}/*" in README, inside
