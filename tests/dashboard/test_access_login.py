"""A login by OpenID Connect, against a provider of our own: from the settings to the session that may review."""

import base64
import hashlib
import http.client
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.conftest import ROOT, free_port, serving

CLIENT, SECRET = "dashboard", "a-secret-of-the-client"


class Provider(BaseHTTPRequestHandler):
    """Gives a code to everybody and, for the code and the client's secret, a token that names whom the test says."""

    key = RSAKey.generate_key(2048, {"kid": "k", "use": "sig", "alg": "RS256"})
    claims: dict = {}
    asked: dict = {}

    def log_message(self, *_):
        pass

    def _say(self, content):
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        here = f"http://{self.headers['Host']}"
        if self.path.startswith("/.well-known"):
            self._say({"issuer": here, "authorization_endpoint": f"{here}/authorize", "token_endpoint": f"{here}/token", "jwks_uri": f"{here}/keys",
                       "code_challenge_methods_supported": ["S256"], "id_token_signing_alg_values_supported": ["RS256"]})
        elif self.path.startswith("/authorize"):  # whoever comes is let through at once
            Provider.asked = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
            self.send_response(302)
            self.send_header("Location", f"{self.asked['redirect_uri']}?{urlencode({'code': 'c0de', 'state': self.asked['state']})}")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._say({"keys": [self.key.as_dict(private=False)]})

    def do_POST(self):
        here = f"http://{self.headers['Host']}"
        form = {k: v[0] for k, v in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
        known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        assert self.headers.get("Authorization") == f"Basic {known}" or form.get("client_secret") == SECRET
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        assert proof == self.asked["code_challenge"] and form["code"] == "c0de"
        now = int(time.time())
        token = jwt.encode({"alg": "RS256", "kid": "k"}, {"iss": here, "sub": "1", "aud": CLIENT, "iat": now, "exp": now + 600, "nonce": self.asked["nonce"], **self.claims}, self.key)
        self._say({"access_token": "x", "token_type": "Bearer", "expires_in": 600, "id_token": token})


@pytest.fixture(scope="module")
def deployed(built, tmp_path_factory):
    """A server whose logins go to the provider, and its log."""
    provider = ThreadingHTTPServer(("127.0.0.1", free_port()), Provider)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    folder = tmp_path_factory.mktemp("login")
    port = free_port()
    with serving(ROOT, folder, STREAMLIT_SERVER_PORT=str(port), REVIEWERS="li@x.cn", OIDC_ISSUER=f"http://127.0.0.1:{provider.server_port}", OIDC_CLIENT_ID=CLIENT,
                 OIDC_CLIENT_SECRET=SECRET, OIDC_REDIRECT_URI=f"http://127.0.0.1:{port}/oauth2callback", COOKIE_SECRET="0123456789abcdef" * 4) as url:
        yield url, folder / "log"
    provider.shutdown()


def ask(url, path, cookies):
    """Status, address that follows, and the cookies set besides those that came."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    connection.request("GET", path, headers={"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())})
    answer = connection.getresponse()
    answer.read()
    set_ = answer.headers.get_all("Set-Cookie") or []
    connection.close()
    return answer.status, answer.headers.get("Location"), {**cookies, **dict(one.split(";")[0].split("=", 1) for one in set_)}, set_


def test_somebody_who_logs_in_with_a_listed_address_reviews_and_others_read(deployed, visit):
    url, log = deployed
    for claims, may in (({"email": "li@x.cn", "email_verified": True}, True), ({"email": "li@x.cn", "email_verified": False}, False)):
        Provider.claims = claims
        one = visit(url)
        page = one.open("/review?lang=EN")
        assert page.locator("[data-testid=stFileUploader]").count() == 0
        with page.expect_response(lambda answer: "/oauth2callback" in answer.url):
            page.get_by_role("button", name="Log in").click()
        page.wait_for_url(lambda address: address.startswith(url) and "review" not in address and "oauth2" not in address)
        page.wait_for_selector("footer.colophon")
        assert Provider.asked["client_id"] == CLIENT and Provider.asked["redirect_uri"] == f"{url}/oauth2callback"
        one.open("/review?lang=EN")
        where = page.locator("[data-testid=stFileUploader]").count()
        assert bool(where) == may, claims
        cookies = {c["name"]: c for c in one.context.cookies()}
        user = cookies["_streamlit_user"]
        assert user["httpOnly"] and user["sameSite"] == "Lax" and not user["secure"]
        assert all(c["sameSite"] in ("Lax", "Strict") and (c["httpOnly"] or c["name"] == "_streamlit_xsrf") for c in cookies.values())
    assert SECRET not in log.read_text("utf8") and "li@x.cn" not in log.read_text("utf8")


def test_an_answer_that_nobody_asked_for_logs_nobody_in(deployed):
    url, _ = deployed
    status, _, _, set_ = ask(url, "/oauth2callback?code=c0de&state=forged", {})
    assert status in (302, 400, 403) and not any(one.startswith("_streamlit_user=") and "Max-Age=0" not in one for one in set_)
