"""Who may write: by login or by a listed proxy's header, checked at the moment of writing."""

import os
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest

from dashboard import access, deciding, intake
from dashboard.access import VARIABLES, Denied, Misconfigured, Person, Settings, allowed
from indicators.reports import store
from tests.conftest import ROOT, free_port

LOGIN = {"OIDC_ISSUER": "https://id.example.cn", "OIDC_CLIENT_ID": "dash", "OIDC_CLIENT_SECRET": "hidden-from-all",
         "OIDC_REDIRECT_URI": "https://x.cn/oauth2callback", "COOKIE_SECRET": "0123456789abcdef0123456789abcdef"}


@pytest.fixture
def configured(monkeypatch):
    """Set the settings of access, and no others."""
    def make(**given):
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        return access.settings()

    return make


LISTS = Settings(frozenset({"li", "a@x.cn"}), frozenset({"wang"}), "x-remote-user")


@pytest.mark.parametrize(("given", "session", "who"), [
    (Settings(), {"way": "local"}, Person("me", "administrator")),
    (Settings(), {"way": "remote"}, None),
    (Settings(), {"way": "proxy", "named": "me"}, None),  # somebody behind a proxy is not the local user
    (Settings(), {"way": None}, None),
    (Settings(), {"way": "remote", "login": "a@x.cn"}, None),
    (LISTS, {"way": "local"}, None),
    (LISTS, {"way": "remote", "login": "a@x.cn"}, Person("a@x.cn", "reviewer")),
    (LISTS, {"way": "remote", "login": "b@x.cn"}, None),
    (LISTS, {"way": "proxy", "named": "li"}, Person("li", "reviewer")),
    (LISTS, {"way": "proxy", "named": "wang"}, Person("wang", "administrator")),
    (LISTS, {"way": "proxy", "named": "zhao"}, None),
    (LISTS, {"way": "remote", "named": "li"}, None),
    (LISTS, {"way": "local", "named": "wang"}, None),
    (Settings(frozenset({"li"})), {"way": "proxy", "named": "li"}, None),  # no header is set up
])
def test_only_named_people_and_the_local_user_may_write(given, session, who):
    assert allowed(given, **{"login": None, "named": None, "local_user": "me", **session}) == who


def test_each_role_may_what_those_before_it_may():
    may = {role: [Person("x", role).may(other) for other in access.ROLES] for role in access.ROLES}
    assert may == {"viewer": [True, False, False], "reviewer": [True, True, False], "administrator": [True, True, True]}


def session(monkeypatch, headers, user=None):
    """Pretend to be in a session with those headers and that login."""
    import streamlit as st

    monkeypatch.setattr(st, "context", SimpleNamespace(headers=headers))
    monkeypatch.setattr(st, "user", SimpleNamespace(to_dict=lambda: user or {}))


def test_a_session_is_asked_for_its_login_and_its_header(configured, monkeypatch):
    configured(REVIEWERS="李雷, a@x.cn", REVIEWER_HEADER="X-Remote-User", TRUSTED_PROXIES="10.0.0.5")
    utf8 = "李雷".encode().decode("latin-1")
    for headers, user, name in (
            ({"X-Dashboard-Way": "proxy", "x-remote-user": utf8}, None, "李雷"),
            ({"X-Dashboard-Way": "remote", "x-remote-user": utf8}, None, None),
            ({"x-remote-user": utf8}, None, None),
            ({"X-Dashboard-Way": "remote"}, {"is_logged_in": True, "email": "a@x.cn"}, "a@x.cn"),
            ({"X-Dashboard-Way": "remote"}, {"is_logged_in": True, "email": "a@x.cn", "email_verified": False}, None),
            ({"X-Dashboard-Way": "remote"}, {"is_logged_in": False, "email": "a@x.cn"}, None)):
        session(monkeypatch, headers, user)
        found = access.person()
        assert (found and found.name) == name, (headers, user)


# --- settings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "said"), [
    ({"TRUSTED_PROXIES": "10.0.0.0/99"}, "TRUSTED_PROXIES"),
    ({"TRUSTED_PROXIES": "nginx"}, "TRUSTED_PROXIES"),
    ({"TRUSTED_PROXIES": "10.0.0.5, 0.0.0.0/0"}, "everybody"),
    ({"TRUSTED_PROXIES": "::/0"}, "everybody"),
    ({"REVIEWER_HEADER": "X-Remote-User", "REVIEWERS": "li"}, "TRUSTED_PROXIES"),
    ({"REVIEWER_HEADER": "X-Remote-User", "TRUSTED_PROXIES": "10.0.0.5"}, "REVIEWERS"),
    ({"REVIEWER_HEADER": "X Remote\r\nUser", "REVIEWERS": "li", "TRUSTED_PROXIES": "10.0.0.5"}, "REVIEWER_HEADER"),
    ({"REVIEWER_HEADER": "User-Agent", "REVIEWERS": "li", "TRUSTED_PROXIES": "10.0.0.5"}, "REVIEWER_HEADER"),
    ({"REVIEWER_HEADER": "X-Forwarded-For", "REVIEWERS": "li", "TRUSTED_PROXIES": "10.0.0.5"}, "REVIEWER_HEADER"),
    ({"ALLOWED_ORIGINS": "*"}, "ALLOWED_ORIGINS"),
    ({"ALLOWED_ORIGINS": "https://x.cn/path"}, "ALLOWED_ORIGINS"),
    ({"EMBED_ORIGINS": "https://x.cn; script-src *"}, "EMBED_ORIGINS"),
    ({"EMBED_ORIGINS": "*, https://x.cn"}, "EMBED_ORIGINS"),
    ({"PUBLIC_URL": "javascript:alert(1)"}, "PUBLIC_URL"),
    ({"COOKIE_SECRET": "short"}, "COOKIE_SECRET"),
    ({**LOGIN, "COOKIE_SECRET": ""}, "COOKIE_SECRET"),
    ({**LOGIN, "COOKIE_SECRET": "x" * 31}, "COOKIE_SECRET"),
    ({**LOGIN, "OIDC_CLIENT_ID": ""}, "OIDC_CLIENT_ID"),
    ({**LOGIN, "OIDC_ISSUER": "http://id.example.cn"}, "OIDC_ISSUER"),
    ({**LOGIN, "OIDC_REDIRECT_URI": "https://x.cn/"}, "oauth2callback"),
])
def test_a_wrong_setting_is_one_sentence_that_tells_no_secret(configured, given, said):
    with pytest.raises(Misconfigured) as refused:
        configured(**given)
    sentence = str(refused.value)
    assert said in sentence and sentence.endswith(".") and "\n" not in sentence
    assert not any(secret in sentence for secret in (LOGIN["OIDC_CLIENT_SECRET"], LOGIN["COOKIE_SECRET"], "x" * 31, "short"))


def test_right_settings_are_read(configured):
    found = configured(REVIEWERS=" li ,a@x.cn,", ADMINISTRATORS="wang", REVIEWER_HEADER="X-Remote-User", TRUSTED_PROXIES="10.0.0.7/24, 127.0.0.1, ::1",
                       ALLOWED_ORIGINS="https://Portal.cn:8443", PUBLIC_URL="https://x.cn/monitor/", EMBED_ORIGINS="self, https://*.gov.cn", **LOGIN)
    assert found.reviewers == {"li", "a@x.cn"} and found.administrators == {"wang"} and found.header == "x-remote-user"
    assert [found.trusts(a) for a in ("10.0.0.9", "::ffff:10.0.0.9", "127.0.0.1", "::1", "10.0.1.9", None, "nonsense")] == [True] * 4 + [False] * 3
    assert found.origins == ("https://portal.cn:8443", "https://x.cn") and found.embedders == "'self' https://*.gov.cn"
    assert found.secrets["auth"]["server_metadata_url"] == "https://id.example.cn/.well-known/openid-configuration"
    assert configured().embedders == "'self'" and configured(EMBED_ORIGINS="*").embedders == "*" and configured(EMBED_ORIGINS="none").embedders == "'none'"


def test_the_server_does_not_start_with_a_wrong_setting():
    env = {**os.environ, "REVIEWER_HEADER": "X-Remote-User", "REVIEWERS": "li", "STREAMLIT_SERVER_PORT": str(free_port())}
    done = subprocess.run([sys.executable, "-m", "streamlit", "run", "dashboard/app.py"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and done.stderr.strip().startswith("REVIEWER_HEADER needs TRUSTED_PROXIES") and "Traceback" not in done.stderr


def test_the_server_does_not_start_without_its_lock_against_other_sites(monkeypatch, capsys):
    from streamlit import config

    from dashboard.server.security import at_start

    real = config.get_option
    monkeypatch.setattr(config, "get_option", lambda name: name != "server.enableXsrfProtection" and real(name))
    with pytest.raises(SystemExit) as ended:
        at_start()
    assert ended.value.code == 2 and capsys.readouterr().err.startswith("server.enableXsrfProtection is off")


# --- writing -----------------------------------------------------------------------------------


@pytest.fixture
def report(tmp_path, monkeypatch):
    """Proposals of a report in a database of its own."""
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "review.sqlite"))
    monkeypatch.setattr(access, "person", lambda: Person("li", "reviewer"))
    number = intake.take_in("gazette.txt", "2024年，张家口市地区生产总值1999.5亿元。年末常住人口403.25万人。".encode(), "zh")
    return store.proposals(number)


def as_(monkeypatch, *who):
    monkeypatch.setattr(access, "person", lambda: Person(*who) if who else None)


def test_every_step_that_writes_asks_who_is_there_at_that_moment(report, monkeypatch):
    as_(monkeypatch)
    before = store.proposals(report[0]["report_id"])
    for step in (lambda: deciding.decide(report[0], "accept"), lambda: deciding.decide(report[0], "reject"), lambda: deciding.accept_all(report),
                 lambda: deciding.take_back(report[0]["id"]), lambda: intake.take_in("x.txt", "2024年，承德市PM2.5为20微克/立方米。".encode(), "zh")):
        noted = len(store.audit_trail())
        with pytest.raises(Denied, match="。"):
            step()
        assert [e["action"] for e in store.audit_trail()[:1]] == ["refused"] and len(store.audit_trail()) == noted + 1
    assert store.proposals(report[0]["report_id"]) == before and len(store.reports()) == 1 and store.decision_count() == 0


def test_a_reviewer_takes_back_own_decisions_and_an_administrator_anybodys(report, monkeypatch):
    deciding.decide(report[0], "reject")
    as_(monkeypatch, "zhao", "reviewer")
    with pytest.raises(Denied, match="li"):
        deciding.take_back(report[0]["id"])
    assert store.audit_trail()[0]["action"] == "refused" and store.audit_trail()[0]["by"] == "zhao"
    assert store.proposals(report[0]["report_id"])[0]["state"] == "rejected"
    as_(monkeypatch, "wang", "administrator")
    deciding.take_back(report[0]["id"])
    assert store.proposals(report[0]["report_id"])[0]["state"] == "proposed"
    as_(monkeypatch, "zhao", "reviewer")
    deciding.decide(store.proposals(report[0]["report_id"])[0], "reject")
    assert deciding.take_back(report[0]["id"]) == 4


def test_what_is_taken_away_is_in_the_trail(report):
    intake.accepted_rows("li")
    assert [(e["action"], e["by"]) for e in store.audit_trail()[:1]] == [("exported", "li")]


def test_nothing_in_the_dashboard_writes_past_the_check_or_edits_the_trail():
    writes = re.compile(r"store\.(decide|decide_many|undo|add_report|add_record_set)\b|database\.|sqlalchemy|audit\.(update|delete)")
    found = {path.relative_to(ROOT).as_posix() for path in (ROOT / "dashboard").rglob("*.py") if writes.search(path.read_text("utf8"))}
    assert {"dashboard/deciding.py", "dashboard/intake.py"} <= found
    for path in found - {"dashboard/deciding.py", "dashboard/intake.py"}:
        assert not re.search(r"store\.(decide|decide_many|undo|add_report|add_record_set)\b|\.(insert|update|delete)\(\)|transaction\(write", (ROOT / path).read_text("utf8")), path
    for path in ("dashboard/deciding.py", "dashboard/intake.py"):
        text = (ROOT / path).read_text("utf8")
        assert all("require(" in body for body in re.split(r"\n(?=def )", text) if re.search(r"store\.(decide|decide_many|undo|add_report)\(", body))


def test_the_trail_shows_markup_as_text():
    from dashboard.reviewing import trail

    html = trail([{"at": "2024-01-01T00:00:00", "by": "<script>1</script>", "action": "a", "subject": "<img src=x>", "detail": {"k": "<b>"}}], "en")
    assert "<script" not in html and "<img" not in html and "<b>" not in html and "&lt;script&gt;" in html
