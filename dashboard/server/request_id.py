"""The id of the request in hand, for its answer and for all that is logged meanwhile."""

from contextvars import ContextVar

current: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """Id of the request in hand, ``""`` outside of one."""
    return current.get()
