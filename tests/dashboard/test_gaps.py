"""Gaps: the numbers that are said are those of the API's rows, areas on other bases are left out and named."""

import re
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from dashboard import circles, dispersion, gaps, neighbours
from dashboard.api import series_frame
from dashboard.exports import STANDARD
from dashboard.exports.render import formats_of, of_view
from dashboard.headlines import headline
from dashboard.i18n import t
from dashboard.kinds import address, open_view, parse, permanent_link
from dashboard.parameters import Refusal
from geodata import areas, distance_km, load
from indicators.analysis.convergence import SEED

LANGS = ("zh", "en")
PREFECTURES = {a.code for a in areas("prefecture")}
KINDS = ("dispersion", "convergence", "contributions", "circles", "moran")


def opened(text, lang="zh"):
    return open_view(*parse(text), lang)


def rows(indicator, measure="level", level=PREFECTURES):
    """(area, year) -> (value, basis), as the API gives it."""
    frame = series_frame({"id": indicator, "measure": measure})
    return {(r.area, int(r.year)): (r.value, r.basis) for r in frame.itertuples() if r.area in level}


def test_what_is_said_of_the_highest_and_the_lowest_is_in_the_rows_of_the_api():
    have = rows("gdp", "per_capita")
    for stretch in dispersion.stretches("gdp", "per_capita", "prefecture"):
        for year, found in stretch.years.items():
            values = np.array([have[c, year][0] for c in stretch.panel.areas])
            assert {have[c, year][1] for c in stretch.panel.areas} == {stretch.panel.basis}
            assert found["max_min"].value == pytest.approx(values.max() / values.min())
            assert found["cv"].value == pytest.approx(values.std() / values.mean())
    whole = [s for s in dispersion.stretches("gdp", "per_capita", "prefecture") if len(s.panel.areas) == 13][-1]
    first, last = ([have[c, y][0] for c in PREFECTURES] for y in (whole.panel.years[0], whole.panel.years[-1]))
    for lang in LANGS:
        said = headline(opened("dispersion", lang))
        assert f"{max(first) / min(first):.1f}" in said and f"{max(last) / min(last):.1f}" in said and "13" in said and str(whole.panel.years[-1]) in said


def test_a_stretch_has_one_basis_of_the_population_in_each_area_and_names_who_is_missing():
    people = rows("resident_population")
    view = opened("dispersion?statistics=cv")
    for stretch in dispersion.stretches("gdp", "per_capita", "prefecture"):
        for code in stretch.panel.areas:
            assert len({people[code, y][1] for y in stretch.panel.years}) == 1
        for code in PREFECTURES - set(stretch.panel.areas):
            assert gaps.views.area_name(code, "zh", True) in view.figures[0].figure.layout.title.subtitle.text
    assert len(dispersion.stretches("gdp", "per_capita", "prefecture")) > 1 and t("zh", "gaps.apart") in view.figures[0].figure.layout.title.subtitle.text
    line = view.figures[0].figure.data[-1]
    assert list(line.y).count(None) >= len(dispersion.stretches("gdp", "per_capita", "prefecture")) - 1


def test_rows_of_dispersion_carry_bounds_sources_and_the_statistic():
    frame = opened("dispersion?indicator=pm25").frame
    assert set(frame["measure"]) <= set(gaps.STATISTICS) and frame["computed"].all() and (frame["source"] != "").all()
    assert ((frame["lower"] <= frame["value"] + 1e-9) & (frame["value"] <= frame["upper"] + 1e-9)).all() and (frame["upper"] > frame["lower"]).any()


def test_the_fitted_line_is_least_squares_of_the_rows():
    view = opened("convergence?measure=density&from=2013&to=2023")
    have = rows("gdp", "density")
    own = [c for c in sorted(PREFECTURES) if {have[c, 2013][1], have[c, 2023][1]} == {"census4"}]
    x, y = np.log([have[c, 2013][0] for c in own]), np.log([have[c, 2023][0] / have[c, 2013][0] for c in own]) / 10
    slope, constant = np.polyfit(x, y, 1)
    beta = view.frame[view.frame["measure"] == "beta"].iloc[0]
    assert beta["value"] == pytest.approx(slope) and beta["n"] == len(own) >= 8 and beta["lower"] < slope < beta["upper"]
    line = next(d for d in view.figures[0].figure.data if d.mode == "lines" and not d.fill)
    assert np.array(line.y) == pytest.approx(100 * (constant + slope * np.array(line.x)))
    for lang in LANGS:
        subtitle = opened("convergence?measure=density&from=2013&to=2023", lang).figures[0].figure.layout.title.subtitle.text
        assert f"{abs(slope):.4f}" in subtitle and f"n={len(own)}" in subtitle.replace(" ", "")


def test_contributions_add_up_to_the_growth_of_the_rows():
    view = opened("contributions?from=2018&to=2023")
    have = rows("gdp")
    base = sum(have[c, 2018][0] for c in PREFECTURES)
    own = view.frame[view.frame["measure"] == "growth_contribution"].set_index("area")["value"]
    assert set(own.index) == PREFECTURES
    assert own.to_dict() == pytest.approx({c: 100 * (have[c, 2023][0] - have[c, 2018][0]) / base for c in PREFECTURES})
    growth = view.frame[view.frame["measure"] == "growth"].iloc[0]
    assert growth["value"] == pytest.approx(own.sum()) and growth["lower"] <= own.sum() <= growth["upper"]
    for lang in LANGS:
        assert f"{own.sum():.1f}%" in headline(opened("contributions?from=2018&to=2023", lang)) and f"{own['110000']:.1f}" in view.alt


def test_circles_are_shares_of_the_sum_of_all_prefectures():
    view = opened("circles")
    have = rows("gdp")
    sums = view.frame.groupby(["key", "year"])["value"].sum()
    ring = {"120000", "131000", "130600", "130700", "130800"}
    for year in sorted(set(view.frame["year"])):
        total = sum(have[c, year][0] for c in PREFECTURES)
        assert {have[c, year][1] for c in PREFECTURES} == {"census4"}
        assert sums["ring", year] == pytest.approx(100 * sum(have[c, year][0] for c in ring) / total)
        assert sums["centre", year] == pytest.approx(100 * have["110000", year][0] / total)
        assert sums[:, year].sum() == pytest.approx(100)
    ranks = [np.argsort(np.argsort(v)) for v in zip(*[(distance_km(c, "110000"), rows("gdp", "per_capita")[c, 2023][0]) for c in sorted(PREFECTURES - {"110000"})])]
    rho = np.corrcoef(*ranks)[0, 1]
    assert f"{rho:.2f}".replace("-", "−") in circles.distance_sentence("gdp", "zh") and "n=12" in circles.distance_sentence("gdp", "zh")


def test_moran_colours_only_what_is_significant_and_warns_of_few_areas():
    view = opened("moran?indicator=pm25&year=2021")
    rows_ = view.frame[view.frame["measure"] == "moran"].iloc[0]
    assert rows_["n"] == 12 and f"{rows_['value']:.2f}" in headline(view)
    polygons = {d.meta["area"]: d for d in view.figures[0].figure.data if d.meta and d.meta.get("ground")}
    assert set(polygons) == PREFECTURES and polygons["110000"].fillpattern.shape == "/"  # on another basis: a gap
    for lang in LANGS:
        assert t(lang, "gaps.moran.few") in opened("moran", lang).figures[0].figure.layout.title.subtitle.text
    assert opened("moran?weights=distance").frame.iloc[-14]["value"] != opened("moran").frame.iloc[-14]["value"]


@pytest.mark.parametrize(("text", "status"), [
    ("convergence?from=2021&to=2023", 404), ("convergence?from=2014&to=2023", 404), ("convergence?level=province", 404), ("convergence?from=2019&to=2013", 400),
    ("convergence?from=1999", 400), ("dispersion?measure=level", 400), ("dispersion?indicator=tech_contract_value", 400), ("dispersion?level=county", 400),
    ("dispersion?statistics=variance", 400), ("contributions?indicator=pm25", 400), ("circles?indicator=pm25", 400), ("circles?indicator=rail_km&level=prefecture", 400), ("moran?year=2001", 400),
    ("moran?weights=rook", 400), ("moran?indicator=rail_km", 400)])
def test_what_cannot_be_computed_is_refused_in_one_sentence(text, status):
    with pytest.raises(Refusal) as refused:
        opened(text)
    assert refused.value.status == status
    for lang in LANGS:
        assert refused.value.sentence(lang).rstrip().endswith(("。", "."))


@pytest.mark.parametrize("kind", KINDS)
def test_the_address_of_a_view_opens_the_same_and_leads_to_its_page(kind):
    view = opened(kind)
    again = opened(address(view))
    assert address(again) == address(view) and again.frame.equals(view.frame)
    assert permanent_link(view).startswith("/gaps") and (kind == "dispersion" or f"form={kind}" in permanent_link(view))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_view_is_taken_away_in_every_light_format(kind, lang):
    view = opened(kind, lang)
    assert headline(view) and view.alt and all(part.alt for part in view.figures)
    assert len({len(r) for r in view.table["rows"]} | {len(view.table["columns"])}) == 1
    for name in formats_of(kind):
        if name in ("csv", "json", "sdmx", "xlsx", "svg"):
            assert of_view(view, name, STANDARD)


@pytest.mark.parametrize("indicator", gaps.comparable())
def test_every_indicator_has_a_sentence(indicator):
    for measure in gaps.measures_of(indicator):
        for lang in LANGS:
            assert dispersion.sentence(indicator, measure, gaps.levels_of(indicator)[0], lang)


# --- every number of a sentence, by another route ------------------------------------------


def numbers(text):
    """All numbers of a sentence, in their order; the sign of a minus as it is printed."""
    return [n.replace("−", "-") for n in re.findall(r"(?<![\d.])−?\d+(?:\.\d+)?", text)]


def plain(year, codes, have):
    return np.array([have[c, year][0] for c in codes])


def of_dispersion(have):
    """Both ends of the stretch with most areas and years, and of the newest, each on one basis of people in each area."""
    people = rows("resident_population")
    told = []
    for first, last in ((2014, 2019), (2021, 2023)):
        span = range(first, last + 1)
        own = [c for c in sorted(PREFECTURES) if all((c, y) in have for y in span) and len({people[c, y][1] for y in span}) == 1]
        usual = max({have[c, first][1] for c in own}, key=[have[c, first][1] for c in own].count)
        own = [c for c in own if all(have[c, y][1] == usual for y in span)]
        a, b = (plain(y, own, have) for y in (first, last))
        told.append([str(first), str(len(own)), f"{a.max() / a.min():.1f}", str(last), f"{b.max() / b.min():.1f}", f"{a.std() / a.mean():.3f}", f"{b.std() / b.mean():.3f}"])
    return told


def test_every_number_of_dispersion_is_recomputed():
    (f1, n1, a1, l1, b1, *cv1), (f2, n2, a2, l2, b2, *cv2) = of_dispersion(rows("gdp", "per_capita"))
    assert numbers(headline(opened("dispersion", "zh"))) == [f1, n1, a1, l1, b1, *cv1, f2, n2, a2, l2, b2, *cv2]
    assert numbers(headline(opened("dispersion", "en"))) == [f1, n1, a1, l1, b1, *cv1, f2, n2, a2, l2, b2, *cv2]


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_of_convergence_contributions_and_circles_is_recomputed(lang):
    have = rows("gdp", "density")
    own = [c for c in sorted(PREFECTURES) if {have[c, 2013][1], have[c, 2023][1]} == {"census4"}]
    x, y = (np.log(plain(year, own, have)) for year in (2013, 2023))
    fit = stats.linregress(x, (y - x) / 10)
    assert numbers(headline(opened("convergence?measure=density&from=2013&to=2023", lang))) == ["2013", "2023", str(len(own)), f"{fit.pvalue:.3f}"]
    have, order = rows("gdp"), sorted(PREFECTURES)
    a, b = (plain(year, order, have) for year in (2018, 2023))
    most = np.sort(100 * (b - a) / a.sum())[:-4:-1]
    said = headline(opened("contributions?from=2018&to=2023", lang))
    assert numbers(said) == ["2018", "2023", "13", f"{100 * (b.sum() / a.sum() - 1):.1f}", *(f"{m:.1f}" for m in most)]
    ring = [c in {"120000", "131000", "130600", "130700", "130800"} for c in order]
    beijing = [c == "110000" for c in order]
    rest = [not (r or c) for r, c in zip(ring, beijing)]
    shares = [f"{100 * v[part].sum() / v.sum():.1f}" for part in (beijing, ring, rest) for v in (a, b)]
    assert numbers(headline(opened("circles", lang))) == ["2018", "2023", *shares]


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_of_neighbours_is_recomputed(lang):
    have, order = rows("gdp", "per_capita"), sorted(PREFECTURES)
    z = plain(2023, order, have)
    z = z - z.mean()
    outlines = load("prefecture").loc[order].geometry
    near = np.array([[i != j and a.intersects(b) for j, b in enumerate(outlines)] for i, a in enumerate(outlines)], dtype=float)
    near /= near.sum(axis=1, keepdims=True)
    drawn = np.random.default_rng(1).permuted(np.tile(z, (4000, 1)), axis=1)
    simulated, found = np.einsum("ki,ij,kj->k", drawn, near, drawn), z @ near @ z
    p = 2 * min((simulated >= found).mean(), (simulated <= found).mean())
    *known, said = numbers(headline(opened("moran?year=2023", lang)))
    assert sorted(known) == sorted(["2023", "13", f"{found / (z @ z):.2f}"]) and float(said) == pytest.approx(p, abs=0.05)


def test_the_method_says_how_p_values_are_drawn():
    for lang in LANGS:
        told = t(lang, "gaps.explain.moran", **neighbours.DRAWN)
        assert "9999" in told and str(SEED) in told and "{" not in told
        assert "9999" in opened("moran", lang).figures[0].figure.layout.title.subtitle.text.replace(",", "")


def test_nothing_is_warned_of_that_means_nothing_on_a_small_map():
    """Fewer classes than asked for, and a compiler that a dozen areas do not need."""
    code = "from dashboard.charts.choropleth import classify as c; print(len(c([1, 1, 2, 2, 3], 3)[0]), len(c(range(9), 4, 'natural')[0]), len(c([1] * 8 + [2, 3], 3)[0]))"
    done = subprocess.run([sys.executable, "-W", "always::UserWarning", "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["3", "4", "2"] and done.stderr == ""
