"""Who may review."""

import pytest

from dashboard.access import allowed

LOCAL = {"login": None, "header": None, "address": None, "proxies": [], "forwarded": False, "local_user": "me"}


@pytest.mark.parametrize(("reviewers", "request_", "who"), [
    ([], {}, "me"),
    ([], {"address": "127.0.0.1"}, "me"),
    ([], {"address": "10.0.0.7"}, None),
    ([], {"forwarded": True}, None),  # somebody behind a proxy on this machine is not the local user
    (["a@x.cn"], {}, None),
    (["a@x.cn"], {"login": "a@x.cn", "address": "10.0.0.7"}, "a@x.cn"),
    (["a@x.cn"], {"login": "b@x.cn"}, None),
    (["li"], {"header": "li", "address": "10.0.0.7"}, None),
    (["li"], {"header": "li", "address": "10.0.0.7", "proxies": ["10.0.0.0/24"]}, "li"),
    (["li"], {"header": "wang", "address": "10.0.0.7", "proxies": ["10.0.0.7"]}, None),
    (["li"], {"header": "li", "address": "10.0.1.7", "proxies": ["10.0.0.0/24"]}, None),
])
def test_only_named_reviewers_and_the_local_user_may_write(reviewers, request_, who):
    assert allowed(reviewers, **{**LOCAL, **request_}) == who
