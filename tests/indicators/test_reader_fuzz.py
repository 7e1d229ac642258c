"""Any text is read without an error, in time that grows with its length."""

from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.reports.reader import read_text

WORDS = st.sampled_from([
    "2023年", "2013年的", "截至", "6月末", "去年", "同比", "增长", "下降", "由", "至", "到", "分别", "为", "达", "近", "超", "约", "余", "多", "以上", "5", "3.2", "1,234", "%", "％", "亿元",
    "万", "家", "个", "百分点", "倍", "成", "翻两番", "三分之一", "北京", "天津市", "津冀", "三地", "全市", "园区", "、", "，", "。", "；", "“", "”", "（", "）", "\n", "\n\n", " ", "\t", "GDP",
    "PM2.5", ":", "—", "-", "文 / 张三", "■", "(作者系北京市局长)", "以下简称", "up 5 percent", "billion yuan", "<p>", "第", "十四五", "占全国", "位居", "第一", "首位", "每", "平方公里",
])


def check(text):
    figures = read_text(text, "2024-02-15")
    for figure in figures:
        assert 0 <= figure.start < figure.end <= len(text)
        assert text[figure.start:figure.end] == figure.value_text
        assert 0 <= figure.confidence <= 1
    assert all(a.end <= b.start for a, b in zip(figures, figures[1:]))


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, max_size=60).map("".join))
def test_words_of_reports_in_any_order(text):
    check(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text(text):
    check(text)


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="0123456789.,:-—至年月日%万亿千百一二三两半第余多家个", max_size=200))
def test_any_digits(text):
    check(text)
