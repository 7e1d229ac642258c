"""The briefing screen: a page of its own that shows one message a slide and runs by itself, and charts in other sites' pages.

``/briefing`` plays a list of views, ``/embed/{kind}`` shows one in an iframe. Both get what
they draw from ``/api/view/{kind}.json``, one slide at a time, so that the first shows at once and
a browser that runs for days keeps no more than the list.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from dashboard import api
from dashboard.big_number import number_of
from dashboard.chart import payload
from dashboard.exports.about import about, plain
from dashboard.headlines import headline, number_change
from dashboard.i18n import LANGUAGES, t, text
from dashboard.kinds import KINDS, open_view, parse
from dashboard.kinds import address as address_of
from dashboard.parameters import Accepted, Refusal, read_parameters
from dashboard.paths import HERE, ROOT
from dashboard.state import LANGUAGE_LABELS, link
from dashboard.static_files import asset_url
from dashboard.views import View
from indicators.reports.reviewed import cached

log = logging.getLogger(__name__)

#: Slides of a list, seconds of a slide, characters of a title, bytes of a list.
MOST_SLIDES, LEAST_SECONDS, MOST_SECONDS, MOST_TITLE, MOST_BYTES = 60, 3, 600, 120, 65_536
SECONDS = 12
THEMES = ("light", "dark")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_SHIPPED = HERE / "playlists"


# --- playlists ---------------------------------------------------------------------------


class Faulty(Refusal):
    """A playlist that cannot be played; its sentences stand in the text files under ``briefing``."""

    def sentence(self, lang: str) -> str:
        """What is wrong and where, in the language `lang`."""
        values = {k: v.sentence(lang) if isinstance(v, Refusal) else v.text(lang) if isinstance(v, Accepted) else v for k, v in self.values.items()}
        if "where" in values:
            values["where"] = t(lang, "briefing.where_slide", at=values["where"]) if values["where"] else t(lang, "briefing.where_list")
        return t(lang, f"briefing.{self.key}", **values)


@dataclass(frozen=True)
class Slide:
    """A view by its address, for so many seconds, its years playing or not, under a heading of its own or none."""

    address: str
    seconds: int
    play: bool
    title: str


@dataclass(frozen=True)
class Playlist:
    """Slides in order; `name` is empty for one that is not kept here."""

    name: str
    title: str
    slides: tuple[Slide, ...]


def _folders() -> tuple[Path, ...]:
    """Where playlists are; a deployment's own go before those that are shipped."""
    return Path(os.environ.get("PLAYLISTS_DIR") or ROOT / "playlists"), _SHIPPED


def playlists() -> tuple[str, ...]:
    """Names of all playlists that can be played."""
    return tuple(sorted({path.stem for folder in _folders() if folder.is_dir() for path in folder.glob("*.toml") if _NAME.fullmatch(path.stem)}))


def read_playlist(source: str | bytes, lang: str) -> Playlist:
    """A playlist, checked.

    Parameters
    ----------
    source : str or bytes
        Name of a playlist that is kept here, or the TOML of one: ``title.zh``, ``title.en``, and a
        ``[[slide]]`` each with ``view`` (an address as :func:`dashboard.kinds.open_view` takes it) and where
        wanted ``seconds``, ``play`` (the years of a map one after another) and ``title.zh``, ``title.en``.
    lang : {"zh", "en"}
        Language of the titles.

    Returns
    -------
    Playlist
        Whose addresses have kinds and parameters that exist; whether there is something to
        draw for them :func:`open_all` finds out.

    Raises
    ------
    Faulty
        404 for a name that does not exist, 400 for TOML that cannot be played; the sentence
        names the slide.
    """
    if isinstance(source, str):
        path = next((p for folder in _folders() if _NAME.fullmatch(source) and (p := folder / f"{source}.toml").is_file()), None)
        if path is None:
            raise Faulty(404, "name_unknown", value=source[:64], accepted=Accepted(playlists()))
        return _checked(path.read_bytes(), source, lang)
    return _checked(source, "", lang)


def _checked(data: bytes, name: str, lang: str) -> Playlist:
    if len(data) > MOST_BYTES:
        raise Faulty(400, "too_large", n=len(data), limit=MOST_BYTES)
    try:
        content = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Faulty(400, "encoding") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Faulty(400, "damaged", reason=str(error).rstrip(".")) from None
    for key in content:
        if key not in ("title", "slide"):
            raise Faulty(400, "unknown_top", value=key[:64], accepted=Accepted(("title", "slide")))
    slides = content.get("slide")
    if not isinstance(slides, list) or not slides or not all(isinstance(s, dict) for s in slides):
        raise Faulty(400, "no_slides")
    if len(slides) > MOST_SLIDES:
        raise Faulty(400, "too_many", n=len(slides), limit=MOST_SLIDES)
    return Playlist(name, _title(content, 0, lang), tuple(_slide(s, at, lang) for at, s in enumerate(slides, 1)))


def _slide(slide: dict, at: int, lang: str) -> Slide:
    known = ("view", "seconds", "play", "title")
    for key in slide:
        if key not in known:
            raise Faulty(400, "unknown_key", at=at, value=key[:64], accepted=Accepted(known))
    view, seconds, play = slide.get("view"), slide.get("seconds", SECONDS), slide.get("play", False)
    if not isinstance(view, str) or not view.strip():
        raise Faulty(400, "no_view", at=at)
    if type(seconds) is not int or not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        raise Faulty(400, "seconds", at=at, value=str(seconds)[:64], least=LEAST_SECONDS, most=MOST_SECONDS)
    if type(play) is not bool:
        raise Faulty(400, "play_value", at=at, value=str(play)[:64])
    kind, query = parse(view)
    try:
        if kind not in KINDS:
            raise Refusal(400, "not_accepted", parameter="view", value=kind[:64], accepted=Accepted(tuple(KINDS)))
        read_parameters(KINDS[kind].parameters, {}, query)
    except Refusal as refusal:
        raise Faulty(400, "slide", at=at, view=view[:80], why=refusal) from None
    return Slide(view, seconds, play, _title(slide, at, lang))


def _title(table: dict, at: int, lang: str) -> str:
    title = table.get("title", {})
    fits = isinstance(title, dict) and set(title) <= set(LANGUAGES) and all(
        isinstance(v, str) and len(v) <= MOST_TITLE and v.isprintable() for v in title.values())
    if not fits:
        raise Faulty(400, "title_value", where=at, limit=MOST_TITLE)
    return title.get(lang) or next(iter(title.values()), "")


def open_all(playlist: Playlist, lang: str) -> list[View]:
    """The views of a playlist.

    Raises
    ------
    Faulty
        For the first slide that has nothing to draw.
    """
    views = []
    for at, slide in enumerate(playlist.slides, 1):
        try:
            views.append(open_view(*parse(slide.address), lang))
        except Refusal as refusal:
            raise Faulty(400, "slide", at=at, view=slide.address[:80], why=refusal) from None
    return views


def playlist_toml(items: Iterable[Mapping], lang: str) -> bytes:
    """The TOML of a playlist.

    Parameters
    ----------
    items : iterable of mapping
        Each with ``address``, and ``title`` and ``seconds`` where there are any.
    lang : {"zh", "en"}
        Language of the titles.
    """
    lines = []
    for item in items:
        lines += ["[[slide]]", f"view = {_quoted(item['address'])}", f"seconds = {item.get('seconds') or SECONDS}"]
        if item.get("title"):
            lines.append(f"title.{lang} = {_quoted(item['title'])}")
        lines.append("")
    return "\n".join(lines).encode()


def _quoted(words: str) -> str:
    """A TOML string; JSON writes all of them but for one character in the same way."""
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")


# --- what a slide gets ---------------------------------------------------------------------


def slide_content(view: View, origin: str | None = ".") -> dict:
    """All that a slide shows of a view.

    Parameters
    ----------
    view : dashboard.views.View
        From :func:`dashboard.kinds.open_view`.
    origin : str, optional
        Before the links to pages; None for no links.

    Returns
    -------
    dict
        ``address``, ``kind``, ``title``, ``headline``, ``unit``, ``subtitle``, ``year``, ``source_line``, ``credit``, ``notes``,
        ``sources`` (``citation``, ``figures``, ``href``), ``link``, ``number`` (``value``, ``where``, ``when``, ``change``; null for
        other kinds) and ``chart``, what the chart component draws (null where there is no figure).
    """
    said = about(view, origin or "")
    places = {}
    for row in view.frame.itertuples():
        if "|" not in row.source and row.locator:
            places.setdefault(row.source, row.locator)
    chart = None
    if view.figures:
        chart = orjson.loads(payload(view, view.lang, view.shown or None, None, False))
        chart["panel"] = chart["table"] = None  # nothing is saved from a slide
    layout = view.figures[0].figure.layout if view.figures else None
    number = None
    if view.kind == "number":
        number = {**vars(number_of(view)), "change": number_change(view)}
    return {
        "address": address_of(view), "kind": view.kind, "title": said.title, "headline": headline(view), "unit": said.unit, "year": said.year,
        "subtitle": plain(layout.title.subtitle.text) if layout is not None and len(view.figures) < 3 else "",
        "source_line": said.source_line, "credit": said.credit, "notes": said.notes,
        "sources": [{"citation": s.citation, "figures": s.figures,
                     "href": None if origin is None else origin + link("sources", view.lang, source=s.id, at=places.get(s.id)).removeprefix(".")}
                    for s in said.sources],
        "link": None if origin is None else said.link, "number": number, "chart": chart,
    }


@cached(maxsize=256)
def _view_body(kind: str, query: tuple, lang: str) -> api.Body:
    return api.packed(orjson.dumps(slide_content(open_view(kind, query, lang))))


def list_content(playlist: Playlist, lang: str) -> dict:
    """A playlist as the screen reads it: title, version of the page, and of each slide its address, seconds, heading and ``href``."""
    return {"title": playlist.title, "version": version(), "slides": [
        {"address": s.address, "seconds": s.seconds, "play": s.play, "title": s.title, "href": view_address(s.address, lang)} for s in playlist.slides]}


def view_address(view: str, lang: str) -> str:
    """Where the content of a slide is, relative to the program."""
    kind, query = parse(view)
    return f"./api/view/{kind}.json?{urlencode([*query, ('lang', lang)], safe=',')}"


def words() -> dict[str, dict]:
    """The screen's words in both languages, with the name of the other one."""
    other = dict(zip(LANGUAGES, reversed(LANGUAGES)))
    return {lang: {**text(lang)["briefing"], "tag": text(lang)["lang_tag"], "language": LANGUAGE_LABELS[other[lang]]} for lang in LANGUAGES}


def version() -> str:
    """Changes with the scripts, styles and words of the screen, which then loads itself anew."""
    parts = [asset_url(name) for name in ("player.js", "player.css", "chart.js", "plotly-basic.min.js")] + [json.dumps(words(), ensure_ascii=False)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


# --- pages -----------------------------------------------------------------------------------


def in_script(content: dict) -> str:
    """JSON that can stand inside a script element."""
    return orjson.dumps(content).decode().replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def page(content: dict, *, title: str, head: str, script: str, theme: str = "light", classes: str = "") -> str:
    """The HTML page around the player.

    Parameters
    ----------
    content : dict
        What the player reads, see ``component/player.js``.
    title : str
    head, script : str
        Markup that brings styles and plotly.js, and markup that starts the player.
    theme : {"light", "dark"}
    classes : str
        Of the document.
    """
    lang = content["lang"]
    return (f'<!doctype html><html lang="{text(lang)["lang_tag"]}" data-theme="{theme}" class="{classes}"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>{head}</head><body>'
            f'<noscript><p>{text(lang)["shell"]["noscript"]}</p></noscript>'
            f'<script type="application/json" id="data">{in_script(content)}</script>{script}</body></html>')


def served(content: dict, title: str, theme: str, base: str, first: str = "", classes: str = "") -> str:
    """The page as the server sends it; see :func:`page`. Its scripts run by their hashes, so they hold nothing of the request."""
    plotly, chart = asset_url("plotly-basic.min.js"), asset_url("chart.js")
    ahead = f'<link rel="preload" as="fetch" crossorigin href="{escape(first)}">' if first else ""
    head = (f'<base href="{base}"><link rel="icon" href="{asset_url("favicon.svg")}" type="image/svg+xml">'
            f'<link rel="stylesheet" href="{asset_url("player.css")}">{ahead}<link rel="modulepreload" href="{chart}">'
            # a screen that lost the server while it loaded tries again by itself
            f"<script>window.JJJ={orjson.dumps({'plotly': plotly, 'chart': chart}).decode()};addEventListener('error',({{target}})=>{{"
            "if(target.id==='plotly')target.remove();else if(target.id==='player')setTimeout(()=>location.reload(),5000)},true)</script>"
            f'<script async id="plotly" src="{plotly}"></script>')
    script = f'<script type="module" id="player" src="{asset_url("player.js")}"></script>'
    return page(content, title=title, head=head, script=script, theme=theme, classes=classes)


def _asked(request: Request) -> tuple[str, str, list[tuple[str, str]]]:
    """Language, theme, and the rest of the query."""
    query = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    given = dict(query)
    lang = "en" if given.get("lang", "").lower() == "en" else "zh"
    theme = given.get("theme") if given.get("theme") in THEMES else THEMES[0]
    return lang, theme, [(k, v) for k, v in query if k not in ("lang", "theme")]


def _html(body: str, status: int = 200) -> Response:
    return HTMLResponse(body, status, {"Cache-Control": "no-cache"})


def _refused(refusal: Refusal, lang: str, theme: str, base: str) -> Response:
    body = (f'<!doctype html><html lang="{text(lang)["lang_tag"]}" data-theme="{theme}" class="refused"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><base href="{base}"><title>{escape(t(lang, "briefing.title"))}</title>'
            f'<link rel="stylesheet" href="{asset_url("player.css")}"></head><body><p role="alert">{escape(refusal.sentence(lang))}</p></body></html>')
    return _html(body, refusal.status)


def screen(request: Request) -> Response:
    """The briefing screen of a playlist, or of the basket that the browser holds."""
    lang, theme, query = _asked(request)
    given = dict(query)
    try:
        content = {"mode": "run", "lang": lang, "words": words(), "version": version(), "app": {x: t(x, "app.title") for x in LANGUAGES}}
        title, first = t(lang, "briefing.title"), ""
        if "basket" in given:
            content["basket"] = True
        else:
            name = given.get("playlist", "default")
            lists = {x: list_content(read_playlist(name, x), x) for x in LANGUAGES}
            content |= {"playlist": name, "lists": lists}
            title, first = lists[lang]["title"] or title, lists[lang]["slides"][0]["href"]
        return _html(served(content, title, theme, "./", first, "run"))
    except Refusal as refusal:
        return _refused(refusal, lang, theme, "./")
    except Exception:
        log.exception("the briefing failed")
        return _refused(Refusal(500, "failed"), lang, theme, "./")


def embed(request: Request) -> Response:
    """One chart alone, for other sites' pages."""
    lang, theme, query = _asked(request)
    try:
        api.query_of(request)
        view = open_view(request.path_params["kind"], query, lang)
        content = {"mode": "embed", "lang": lang, "words": words(), "view": slide_content(view)}
        return _html(served(content, view.title, theme, "../", classes="embed"))
    except Refusal as refusal:
        return _refused(refusal, lang, theme, "../")
    except Exception:
        log.exception("%r failed", request.scope["path"])
        return _refused(Refusal(500, "failed"), lang, theme, "../")


# --- API -------------------------------------------------------------------------------------


def _answering(body_of: Callable[[Request], api.Body]) -> Callable[[Request], Response]:
    """A route that answers with a body of JSON or with one sentence."""
    def endpoint(request: Request) -> Response:
        try:
            api.query_of(request)
            body = body_of(request)
        except Refusal as refusal:
            return _sentence(request, refusal)
        except Exception:
            log.exception("%r failed", request.scope["path"])
            return _sentence(request, Refusal(500, "failed"))
        encoding = api.chosen_encoding(request.headers.get("accept-encoding", ""), body.encoded)
        headers = {"ETag": body.etag(encoding), "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if api.matches(request.headers.get("if-none-match", ""), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        if encoding:
            headers["Content-Encoding"] = encoding
        return api.answer(request, body.content(encoding), 200, api.JSON, headers)

    return endpoint


def _sentence(request: Request, refusal: Refusal) -> Response:
    lang, _, _ = _asked(request)
    return api.said(request, refusal.sentence(lang), refusal.status)


def _list_of(request: Request) -> api.Body:
    lang, _, _ = _asked(request)
    return api.packed(orjson.dumps(list_content(read_playlist(request.path_params["playlist"], lang), lang)))


def _view_of(request: Request) -> api.Body:
    lang, _, query = _asked(request)
    return _view_body(request.path_params["kind"], tuple(query), lang)


async def check(request: Request) -> Response:
    """Whether the TOML that was sent can be played: how many slides and seconds it has, or a sentence."""
    lang, _, _ = _asked(request)
    data = b""
    async for part in request.stream():
        data += part
        if len(data) > MOST_BYTES:
            return _sentence(request, Faulty(413, "too_large", n=int(request.headers.get("content-length") or len(data)), limit=MOST_BYTES))
    try:
        playlist = await run_in_threadpool(read_playlist, data, lang)
        await run_in_threadpool(open_all, playlist, lang)
    except Refusal as refusal:
        return _sentence(request, refusal)
    except Exception:
        log.exception("a playlist could not be checked")
        return _sentence(request, Refusal(500, "failed"))
    found = {"ok": True, "slides": len(playlist.slides), "seconds": sum(s.seconds for s in playlist.slides)}
    return api.answer(request, orjson.dumps(found), 200, api.JSON, {"Cache-Control": "no-store"})


#: To stand before those of :mod:`dashboard.api`, the last of which takes the rest of ``/api/``.
routes = [
    Route("/briefing", screen),
    Route("/embed/{kind}", embed),
    Route("/api/view/{kind}.json", _answering(_view_of)),
    Route("/api/briefing/check", check, methods=["POST"]),
    Route("/api/briefing/{playlist}.json", _answering(_list_of)),
]
