"""Review: a report's figures are accepted, corrected or rejected, one key each."""

from functools import partial

import streamlit as st

from dashboard import deciding, reviewing, views
from dashboard.access import can_log_in, person
from dashboard.chrome import title
from dashboard.i18n import t
from dashboard.intake import accepted_rows, claims_of_text, take_in
from dashboard.state import choose, language
from indicators import catalogue
from indicators.model import OBS_STATUS, PERIOD_KINDS
from indicators.names import name
from indicators.reports import store
from indicators.reports.reviewed import StoreError, exists
from indicators.sentences import in_language

lang = language()
who = person()
title(lang, t(lang, "page.review"), t(lang, "review.lead"))


def say(error) -> None:
    st.session_state["review_said"] = in_language(str(error), lang)


def refusal() -> None:
    """What was refused, beside what was pressed: on a phone the top of the page is screens away."""
    if said := st.session_state.pop("review_said", None):
        st.html(f'<p class="note" role="alert">{reviewing.escape(said)}</p>')


def upload() -> None:
    given = st.file_uploader(t(lang, "review.upload"), type=["txt", "md", "html", "htm", "docx", "pdf", "xlsx", "csv"], max_upload_size=20)
    if given is not None and st.session_state.get("taken") != given.file_id:
        st.session_state["taken"] = given.file_id
        try:
            st.query_params["report"] = str(take_in(given.name, given.getvalue(), lang))
            st.rerun()
        except (ValueError, StoreError) as error:
            say(error)
    refusal()


def decide(action: str, proposal: dict, following: int | None, row: dict | None = None) -> None:
    try:
        if action == "undo":
            last = st.session_state.get("review_log", [])
            if not last:
                return
            deciding.take_back(last.pop())
        elif action == "take_back":
            deciding.take_back(proposal["id"])
        else:
            deciding.decide(proposal, action, row)
            st.session_state.setdefault("review_log", []).append(proposal["id"])
            if following is not None:
                st.session_state["review_at"] = following
    except (ValueError, StoreError) as error:
        say(error)


def accept_certain(certain: list[dict]) -> None:
    try:
        deciding.accept_all(certain)
    except (ValueError, StoreError) as error:
        say(error)


def go(to: int | None) -> None:
    if to is not None:
        st.session_state["review_at"] = to


@st.fragment
def desk(report_id: int) -> None:
    proposals = store.proposals(report_id)
    if not proposals:
        st.html(f'<p class="empty">{t(lang, "review.nothing")}</p>')
        return
    text = store.text_of(report_id)
    ids = [p["id"] for p in proposals]
    open_ids = [p["id"] for p in proposals if p["state"] == "proposed"]
    at = st.session_state.get("review_at")
    current = proposals[ids.index(at)] if at in ids else proposals[ids.index((open_ids or ids)[0])]
    place = ids.index(current["id"])
    following = next((i for i in open_ids if ids.index(i) > place), next((i for i in open_ids if i != current["id"]), None))
    left, right = st.columns([1.15, 1])
    with left:
        st.html(f'<p class="when ready">{t(lang, "review.progress", at=place + 1, n=len(ids), open=len(open_ids))}</p>'
                + reviewing.text_around(text, proposals, current))
    with right:
        last = current["last"]
        state = t(lang, f"review.{current['state']}") + (f" · {last['by']} {last['at'][:16].replace('T', ' ')}" if last else "")
        st.html(f'<p class="when">{reviewing.escape(state)}</p>' + reviewing.row_table(current, lang)
                + reviewing.claims_of(current, claims_of_text(report_id), lang) + reviewing.known_table(current, lang))
        if who:
            refusal()
            with st.container(horizontal=True, key="keys"):
                st.button(t(lang, "review.accept"), type="primary", shortcut="A", on_click=decide, args=("accept", current, following),
                          disabled=not current["row"] or current["state"] != "proposed")
                st.button(t(lang, "review.reject"), shortcut="X", on_click=decide, args=("reject", current, following),
                          disabled=current["state"] != "proposed")
                st.button(t(lang, "review.undo"), shortcut="U", on_click=decide, args=("undo", current, None),
                          disabled=not st.session_state.get("review_log"))
                st.button(t(lang, "review.back"), shortcut="K", on_click=go, args=(ids[place - 1] if place else None,))
                st.button(t(lang, "review.next"), shortcut="J", on_click=go, args=(ids[place + 1] if place + 1 < len(ids) else None,))
            if current["last"] and current["state"] != "proposed" and who.may("administrator"):
                st.button(t(lang, "access.take_back"), on_click=decide, args=("take_back", current, None))
            correct(current, following)
            certain = [p for p in proposals if reviewing.is_certain(p)]
            if certain:
                st.button(t(lang, "review.accept_certain", n=len(certain)), on_click=accept_certain, args=(certain,))
        else:
            st.html(f'<p class="empty">{t(lang, "review.read_only")}</p>')


def correct(current: dict, following: int | None) -> None:
    """A form with the proposed row's columns, to be sent with Enter."""
    row = current["row"] or {}
    with st.expander(t(lang, "review.correct"), expanded=not current["row"]), st.form(f"correct_{current['id']}", border=False):
        ids = [i.id for i in catalogue()]
        codes = reviewing.area_options()
        pick = lambda options, value: options.index(value) if value in options else None  # noqa: E731
        fields = {
            "indicator": st.selectbox(t(lang, "column.indicator"), ids, pick(ids, row.get("indicator") or current["figure"]["indicator"]),
                                      format_func=lambda i: views.indicator_name(i, lang), placeholder=t(lang, "control.choose")),
            "area": st.selectbox(t(lang, "column.area"), codes, pick(codes, row.get("area")), format_func=lambda c: views.area_choice(c, lang),
                                 placeholder=t(lang, "control.choose")),
            "counterpart_area": st.selectbox(t(lang, "column.counterpart_area"), ["", *codes], pick(["", *codes], row.get("counterpart_area", "")),
                                             format_func=lambda c: views.area_choice(c, lang) if c else "–"),
            "period": st.text_input(t(lang, "column.period"), row.get("period") or current["figure"]["period"] or "", max_chars=30),
            "period_kind": st.selectbox(t(lang, "control.kind"), PERIOD_KINDS, pick(list(PERIOD_KINDS), row.get("period_kind") or "end"),
                                        format_func=lambda k: name("period_kind", k, lang)),
            "value_text": st.text_input(t(lang, "column.value_text"), row.get("value_text") or current["figure"]["value_text"], max_chars=60),
            "obs_status": st.selectbox(t(lang, "column.obs_status"), OBS_STATUS, pick(list(OBS_STATUS), row.get("obs_status") or "A"),
                                       format_func=lambda s: f"{s} {name('obs_status', s, lang)}"),
            "note": st.text_input(t(lang, "column.note"), row.get("note", ""), max_chars=300),
        }
        if st.form_submit_button(t(lang, "review.save")):
            decide("correct", current, following, {k: v or "" for k, v in fields.items()})
            st.rerun(scope="fragment")


try:
    known = store.reports() if exists() else []
    if who:
        upload()
    elif can_log_in():
        st.button(t(lang, "review.log_in"), on_click=st.login)
    if not known:
        st.html(f'<p class="empty ready">{t(lang, "review.none" if who else "review.none_read_only")}</p>')
    else:
        titles = {str(r["id"]): f"{r['title'] or r['source']} ({sum(r['counts'].values())})" for r in known}
        chosen = choose(st.selectbox, "report", list(titles), next(iter(titles)), lang, t(lang, "control.report"), titles.get)
        desk(int(chosen))
        if who:
            st.download_button(t(lang, "review.take_away"), partial(accepted_rows, who.name), "accepted.zip", "application/zip", on_click="ignore")
    if who and who.may("administrator") and exists():
        with st.expander(t(lang, "access.trail")):
            st.html(reviewing.trail(store.audit_trail(), lang))
except StoreError as error:
    st.html(f'<p class="note ready" role="alert">{reviewing.escape(in_language(str(error), lang))}</p>')
