"""An export by several processes, of which some are killed."""

import subprocess
import sys
import time

import psutil
import pytest
from lxml import etree

from tests.conftest import ROOT
from tests.faults.cuts import parts

pytestmark = pytest.mark.usefixtures("built")


def _until(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def test_a_drawing_process_that_is_killed_is_replaced_and_none_outlives_the_command(tmp_path):
    folder, addresses = tmp_path / "out", [f"map?indicator={i}&year={year}" for i in ("pm25", "gdp") for year in range(2014, 2022)]
    words = [word for address in addresses for word in ("--view", address)]
    command = [sys.executable, "-m", "dashboard", "export", *words, "-o", str(folder), "--processes", "2"]

    def drawing(run):
        return [c for child in psutil.Process(run.pid).children() for c in child.children()]

    def files():
        return sorted(folder.glob("*.svg"))

    run = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    _until(lambda: len(files()) > 2)
    first = drawing(run)
    first[0].kill()
    there = len(files())
    _until(lambda: len(files()) > there + 2 or run.poll() is not None)
    assert run.poll() is None, run.stderr.read()
    second = drawing(run)
    assert second and not set(first) & set(second)
    run.kill()
    run.wait()
    run.stderr.close()
    psutil.wait_procs(second, 20)
    assert not [p for p in second if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0 and not parts(folder), done.stderr
    assert len(files()) == len(addresses) and all(etree.parse(f).getroot().tag.endswith("svg") for f in files())
