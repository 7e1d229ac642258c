"""Playlists: good ones play, bad ones are refused in one sentence that names the slide."""

import pytest

from dashboard import __main__ as command_line
from dashboard import briefing

ONE = '[[slide]]\nview = "map?indicator=pm25"\n'


def read(text, lang="zh"):
    return briefing.read_playlist(text.encode() if isinstance(text, str) else text, lang)


def test_the_shipped_playlist_opens_in_both_languages(built):
    for lang in ("zh", "en"):
        playlist = briefing.read_playlist("default", lang)
        views = briefing.open_all(playlist, lang)
        assert 9 <= len(views) <= 12 and playlist.title
        shown = {i for view in views for i in view.frame["indicator"]}
        assert {"gdp", "pm25", "rail_km", "tech_contract_value", "enterprises_withdrawn"} <= shown
        assert {"map", "trends", "flow", "number", "ranking"} <= {view.kind for view in views}


@pytest.mark.parametrize(("text", "key", "names"), [
    ("[[slide]\n", "damaged", ""), ("title = [", "damaged", ""), (b"\xff\xfe", "encoding", ""), ("", "no_slides", ""), ("slide = 3", "no_slides", ""),
    ("slide = []", "no_slides", ""), ('color = 1\n' + ONE, "unknown_top", "color"), (ONE + "title = 3\n", "title_value", "第 1 张"),
    (ONE + 'title.fr = "x"\n', "title_value", ""), (ONE + 'title.zh = "a\\nb"\n', "title_value", ""), (ONE + f'title.zh = "{"长" * 121}"\n', "title_value", "120"),
    ('title.zh = 5\n' + ONE, "title_value", "播放清单"), (ONE + "seconds = 2\n", "seconds", "3"), (ONE + "seconds = 601\n", "seconds", "600"),
    (ONE + "seconds = true\n", "seconds", ""), (ONE + "seconds = 7.5\n", "seconds", "7.5"), (ONE + 'play = "yes"\n', "play_value", ""),
    (ONE + "loop = true\n", "unknown_key", "loop"), ("[[slide]]\nseconds = 9\n", "no_view", "第 1 张"), (ONE + "[[slide]]\nview = 7\n", "no_view", "第 2 张"),
    (ONE + '[[slide]]\nview = "mapp?indicator=pm25"\n', "slide", "第 2 张"), ('[[slide]]\nview = "map?indicator=pm2.5"\n', "slide", "pm2.5"),
    ('[[slide]]\nview = "map?indicator=pm25&colour=red"\n', "slide", "colour"), ('[[slide]]\nview = "map?year=20"\n', "slide", "20"),
    (ONE * 61, "too_many", "60"), (ONE + "#" * 70_000, "too_large", "65536"),
])
def test_a_bad_playlist_is_refused_in_one_sentence(text, key, names):
    with pytest.raises(briefing.Faulty) as refused:
        read(text)
    assert refused.value.key == key and refused.value.status == 400
    for lang in ("zh", "en"):
        sentence = refused.value.sentence(lang)
        assert "\n" not in sentence and "{" not in sentence and sentence.endswith("。" if lang == "zh" else ".")
    assert names in refused.value.sentence("zh")


@pytest.mark.parametrize("name", ["nothing", "../default", "..%2fdefault", "/etc/passwd", "default.toml", "", "a" * 300, "Default", "x\0y", "con fig"])
def test_only_names_of_playlists_that_are_there_are_read(name):
    with pytest.raises(briefing.Faulty) as refused:
        briefing.read_playlist(name, "zh")
    assert refused.value.status == 404 and "default" in refused.value.sentence("zh")


def test_a_slide_with_nothing_to_draw_is_named(built):
    with pytest.raises(briefing.Faulty) as refused:
        briefing.open_all(read(ONE + '[[slide]]\nview = "map?indicator=pm25&year=1950"\n'), "zh")
    assert "第 2 张" in refused.value.sentence("zh") and "1950" in refused.value.sentence("zh")


def test_a_deployment_adds_and_replaces_playlists(monkeypatch, tmp_path):
    monkeypatch.setenv("PLAYLISTS_DIR", str(tmp_path))
    (tmp_path / "default.toml").write_text('title.zh = "本部门"\n' + ONE, "utf8")
    (tmp_path / "own.toml").write_bytes(b"\xef\xbb\xbf" + ONE.encode())
    assert briefing.read_playlist("default", "zh").title == briefing.read_playlist("default", "en").title == "本部门"
    assert briefing.read_playlist("own", "zh").slides == (briefing.Slide("map?indicator=pm25", 12, False, ""),)
    assert briefing.playlists() == ("default", "own")


def test_what_is_written_is_read_again():
    items = [{"address": "map?indicator=pm25&year=2021", "title": 'A "quoted" \\ \u4e2d\u6587 \U0001f600', "seconds": 20}, {"address": "trends?indicators=gdp"}]
    playlist = read(briefing.playlist_toml(items, "en"), "en")
    assert [(s.address, s.title, s.seconds) for s in playlist.slides] == [
        ("map?indicator=pm25&year=2021", items[0]["title"], 20), ("trends?indicators=gdp", "", 12)]


@pytest.mark.parametrize("arguments", [["--playlist", "../x", "-o", "b.html"], ["-o", "no/such/folder/b.html"], ["-o", "."]])
def test_a_freeze_that_cannot_be_done_writes_nothing(built, tmp_path, monkeypatch, capsys, arguments):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["dashboard", "freeze", *arguments])
    with pytest.raises(SystemExit) as left:
        command_line.main()
    assert left.value.code == 2 and list(tmp_path.iterdir()) == []
    [sentence] = capsys.readouterr().err.splitlines()
    assert sentence.endswith("。")


def test_a_disk_that_is_full_leaves_the_old_file(built, tmp_path, monkeypatch, capsys):
    target = tmp_path / "b.html"
    target.write_text("old")
    monkeypatch.setenv("PLAYLISTS_DIR", str(tmp_path))
    (tmp_path / "one.toml").write_text(ONE)
    monkeypatch.setattr("sys.argv", ["dashboard", "freeze", "--playlist", "one", "--lang", "en", "-o", str(target)])
    monkeypatch.setattr("indicators.whole.os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(SystemExit) as left:
        command_line.main()
    assert left.value.code == 2 and "No space left" in capsys.readouterr().err
    assert target.read_text() == "old" and sorted(p.name for p in tmp_path.iterdir()) == ["b.html", "one.toml"]
