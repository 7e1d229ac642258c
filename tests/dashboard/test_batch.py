"""Many views into a folder: written whole, resumed where the run was cut off, refused in a sentence."""

import os
import signal
import subprocess
import sys
import time

import pytest
from lxml import etree

from dashboard import __main__ as command_line
from dashboard.exports import batch
from dashboard.kinds import open_view, parse
from dashboard.views import with_figures
from tests.conftest import ROOT

pytestmark = pytest.mark.usefixtures("built")
VIEWS = ["ranking?indicator=pm25", "indicator?indicator=gdp", "trends?indicators=pm25&areas=110000"]


def command(*arguments, **options):
    return subprocess.run([sys.executable, "-m", "dashboard", "export", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=100, **options)


def views(*addresses):
    return [word for address in addresses for word in ("--view", address)]


def test_all_addresses_can_be_opened_and_cover_every_indicator(monkeypatch):
    few = with_figures()[:30]
    monkeypatch.setattr(batch.views, "with_figures", lambda: few)  # of all it would take a while
    addresses = batch.all_addresses()
    assert len(set(addresses)) == len(addresses) > 60
    assert {dict(parse(a)[1])["indicator"] for a in addresses} == set(few)
    for address in [a for a in addresses if a.startswith("map")][::20]:
        assert open_view(*parse(address), "zh").figures


def test_files_are_written_once_and_a_second_run_does_the_rest(tmp_path):
    folder = tmp_path / "out"
    first = command(*views(*VIEWS[:2]), "-o", folder, "--lang", "en")
    assert first.returncode == 0 and "2/2" in first.stderr and "2 written, 0 already there" in first.stderr
    files = sorted(folder.glob("*.svg"))
    assert len(files) == 2 and all(etree.parse(f).getroot().tag.endswith("svg") for f in files)
    stamps = {f: f.stat().st_mtime_ns for f in files}
    second = command(*views(*VIEWS), "-o", folder, "--lang", "en")
    assert "1 written, 2 already there" in second.stderr
    assert {f: f.stat().st_mtime_ns for f in files} == stamps and len(list(folder.glob("*.svg"))) == 3


def test_a_run_that_is_killed_leaves_no_half_file_and_goes_on(tmp_path):
    folder = tmp_path / "out"
    many = [f"indicator?indicator={i}" for i in with_figures()[:60]]
    run = subprocess.Popen([sys.executable, "-m", "dashboard", "export", *views(*many), "-o", folder, "--processes", "1"], cwd=ROOT, start_new_session=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while time.monotonic() < until and len(list(folder.glob("*.svg"))) < 4:
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    made = sorted(folder.glob("*.svg"))
    assert len(made) >= 4 and all(etree.parse(f).getroot().tag.endswith("svg") for f in made)
    recorded = [line.split(" ", 1)[1] for line in (folder / batch.LOG).read_text("utf8").splitlines()]
    assert set(recorded) <= {f.name for f in made} and len(made) - len(recorded) <= 1
    todo = batch.orders(many, "svg", "zh", {"size": "slide", "font": "normal", "theme": "light", "title": True, "origin": ""})
    done = [order for order in todo if batch._key(order) in {line.split()[0] for line in (folder / batch.LOG).read_text("utf8").splitlines()}]
    assert len(done) == len(recorded)  # the next run asks for the same and finds them


@pytest.mark.parametrize(("arguments", "word"), [
    (["--view", "nowhere"], "nowhere"), (["--view", "map", "--format", "docx"], "docx")])
def test_what_cannot_be_made_is_said_in_one_sentence(tmp_path, monkeypatch, capsys, arguments, word):
    monkeypatch.setattr(sys, "argv", ["dashboard", "export", *arguments, "-o", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as left:
        command_line.main()
    assert left.value.code == 2 and word in capsys.readouterr().err.splitlines()[-1]
    assert not list((tmp_path / "out").glob("*.svg"))


def test_views_that_are_not_there_and_folders_that_cannot_be_made_end_a_run_in_one_sentence(tmp_path):
    (tmp_path / "file").write_text("x")
    for out, address, word in (("out", "map?year=1066", "1066"), ("file/out", "map", "file")):
        done = command("--view", address, "-o", tmp_path / out)
        assert done.returncode == 2 and word in done.stderr.splitlines()[-1] and "Traceback" not in done.stderr
