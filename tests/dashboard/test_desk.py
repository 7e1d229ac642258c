"""Orders for exports: so many at once, the rest in turn, each can be called off, none blocks the next."""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from dashboard.exports import desk as desks
from dashboard.exports.desk import Desk
from dashboard.exports.render import File
from dashboard.parameters import Refusal

pytestmark = pytest.mark.usefixtures("built")
ORDER = {"what": "view", "kind": "ranking", "query": [["indicator", "pm25"]], "lang": "zh", "format": "png", "options": {"dpi": 72}}


async def until(condition, seconds=20):
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen")


def at_desk(story, places=1):
    """Run a story in a thread of its own: where tests drive a browser, theirs has a loop that runs."""
    async def run():
        desk = Desk(places)
        try:
            return await story(desk)
        finally:
            await desk.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, run()).result()


def test_orders_beyond_the_places_wait_in_turn_and_say_how_many_are_ahead():
    async def story(desk):
        tasks = [asyncio.create_task(desk.carry_out(ORDER, f"order-{i}")) for i in range(3)]
        await until(lambda: desk.state("order-0")["state"] == "running")
        ahead = [desk.state(f"order-{i}") for i in (1, 2)]
        files = await asyncio.gather(*tasks)
        return ahead, files, desk.state("order-2"), len(desk.idle)

    ahead, files, last, workers = at_desk(story)
    assert [(a["state"], a["ahead"]) for a in ahead] == [("waiting", 0), ("waiting", 1)]
    assert all(isinstance(f, File) and Image.open(io.BytesIO(f.content)).width > 100 for f in files)
    assert last["state"] == "done" and workers == 1


def test_an_order_called_off_ends_its_worker_and_the_next_is_served():
    async def story(desk):
        task = asyncio.create_task(desk.carry_out(ORDER, "first-one"))
        await until(lambda: desk.state("first-one")["state"] == "running")
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert desk.idle == [] and desk.state("first-one")["state"] == "done"
        waiting = asyncio.create_task(desk.carry_out(ORDER))
        return await waiting

    assert isinstance(at_desk(story), File)


def test_an_order_called_off_while_it_waits_leaves_the_queue():
    async def story(desk):
        first, second = (asyncio.create_task(desk.carry_out(ORDER, name)) for name in ("first-one", "second-one"))
        await until(lambda: desk.state("first-one")["state"] == "running")
        second.cancel()
        await first
        return len(desk.waiting), desk.state("second-one")["state"]

    assert at_desk(story) == (0, "done")


def test_a_worker_that_dies_is_said_and_replaced():
    async def story(desk):
        await desk.carry_out(ORDER)
        worker = desk.idle[0]
        task = asyncio.create_task(desk.carry_out(ORDER, "unlucky-one"))
        await until(lambda: not desk.idle)
        worker.end()
        with pytest.raises(Refusal) as refused:
            await task
        assert refused.value.status == 500
        return await desk.carry_out(ORDER)

    assert isinstance(at_desk(story), File)


def test_wrong_orders_come_back_as_sentences_and_the_worker_lives_on():
    async def story(desk):
        wrong = await desk.carry_out({**ORDER, "query": [["year", "1066"]]})
        return wrong, await desk.carry_out({**ORDER, "format": "gpkg", "kind": "trends", "query": []}), len(desk.idle)

    (status, sentence), (other, _), workers = at_desk(story)
    assert status == 400 and "1066" in sentence and other == 404 and workers == 1


def test_too_many_waiting_orders_are_sent_away(monkeypatch):
    monkeypatch.setattr(desks, "MOST_WAITING", 0)

    async def story(desk):
        with pytest.raises(Refusal) as refused:
            await desk.carry_out(ORDER)
        return refused.value.status

    assert at_desk(story) == 503


def test_an_order_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(desks, "LONGEST", 0.05)

    async def story(desk):
        with pytest.raises(Refusal) as refused:
            await desk.carry_out(ORDER)
        return refused.value.status, desk.idle

    assert at_desk(story) == (504, [])


@pytest.mark.parametrize(("given", "places"), [("3", 3), (" 1 ", 1)])
def test_places_are_set_by_the_environment(monkeypatch, given, places):
    monkeypatch.setenv("EXPORTS_AT_ONCE", given)
    assert desks.at_once() == places


@pytest.mark.parametrize("given", ["0", "33", "many", "-1"])
def test_a_wrong_number_of_places_is_refused(monkeypatch, given):
    monkeypatch.setenv("EXPORTS_AT_ONCE", given)
    with pytest.raises(ValueError, match="EXPORTS_AT_ONCE"):
        desks.at_once()
