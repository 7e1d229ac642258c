"""What the program is made of may be used, and what is known against it is told."""

import pytest

from tests.supply import ROOT, advisories, is_accepted, licence, needed, required


def test_every_package_that_is_needed_has_an_accepted_licence_and_is_listed():
    listed = {line.split("|")[1].strip() for line in (ROOT / ".docs" / "LICENSES.md").read_text("utf8").splitlines() if line.startswith("| ")}
    for file in ("requirements.txt", "requirements-dev.txt"):
        packages = needed(required(file))
        assert set(packages) >= set(required(file)) <= listed
        assert {name: licence(package) for name, package in packages.items() if not is_accepted(licence(package))} == {}


@pytest.mark.parametrize(("said", "good"), [
    ("MIT", True), ("LGPL-3.0-only", True), ("GNU Lesser General Public License v3 (LGPLv3)", True), ("Mozilla Public License 2.0 (MPL 2.0)", True),
    ("MPL-2.0 AND (Apache-2.0 OR MIT)", True), ("GPL-3.0-only OR MIT", True), ("GPL-3.0-only", False), ("GNU General Public License v3 (GPLv3)", False),
    ("AGPL-3.0", False), ("MIT AND GPL-2.0", False), ("GPL-3.0 AND (MIT OR BSD-3-Clause)", False), ("", False), ("Proprietary", False)])
def test_a_licence_that_binds_the_whole_program_is_not_accepted(said, good):
    assert is_accepted(said) == good


def test_known_vulnerabilities_fail_and_a_service_out_of_reach_says_so():
    sound = {"name": "a", "version": "1", "vulns": []}
    broken = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
    unasked = {"name": "c", "skip_reason": "not found"}
    for found, code, word in ((None, 0, "nothing was checked"), ({"dependencies": [unasked]}, 0, "nothing was checked"),
                              ({"dependencies": [sound, unasked]}, 0, "1 packages, none"), ({"dependencies": [sound, broken]}, 1, "b 2: PYSEC-1 (fixed in 3)")):
        assert advisories(found)[0] == code and word in advisories(found)[1]
