"""Records that cannot count: each is counted by its reason and listed; none goes silently."""

from __future__ import annotations

from collections.abc import Iterator

#: Of records with one key and one content, those after the first.
AGAIN = "duplicate"
#: Records with one key and different contents; all are left out, as nobody can tell which is right.
CONTRADICTORY = "contradicts another record of its key"
#: Records listed of each reason.
LISTED = 10


def reasons(checked) -> object:
    """Expression: how many records there are of each ``problem``, the good ones under null."""
    return checked.group_by("problem").aggregate(records=checked.count())


def keyed(good, key: tuple[str, ...], content: tuple[str, ...]):
    """Expression: good records by their key: ``copies``, whether they are the ``same``, and their content."""
    import ibis

    least, most = {c: good[c].min() for c in content}, {f"most_{c}": good[c].max() for c in content}
    grouped = good.group_by(*key).aggregate(copies=good.count(), **least, **most)
    same = ibis.literal(True)
    for c in content:
        same &= grouped[c] == grouped[f"most_{c}"]
    return grouped.mutate(same=same)


def copies(grouped):
    """Expression: one row of what is left out because it stands more than once."""
    import ibis

    again, different = ibis.ifelse(grouped.same, grouped.copies - 1, 0), ibis.ifelse(grouped.same, 0, grouped.copies)
    return grouped.aggregate(again=again.sum(), different=different.sum())


def bad_records(checked):
    """Expression: bad records with their reason, their cells as they came, and their ``place`` among those of the reason."""
    import ibis

    from indicators.records.tables import raw_columns

    bad = checked.filter(checked.problem.notnull())
    chosen = bad.select(reason=bad.problem, **{name.removeprefix("raw_"): bad[name].cast("string") for name in raw_columns(bad)})
    cells = list(chosen.columns)
    numbered = chosen.mutate(place=ibis.row_number().over(group_by="reason", order_by=cells[1:]))
    return numbered.order_by([*cells, "place"])


def first_bad_records(checked):
    """Expression: :data:`LISTED` of each reason."""
    bad = bad_records(checked)
    return bad.filter(bad.place < LISTED)


def repeated(grouped, key: tuple[str, ...]):
    """Expression: the keys of records that stand more than once."""
    more = grouped.filter(grouped.copies > 1)
    return more.select(*key, "copies", "same").order_by(list(key))


def listed(rows) -> Iterator[dict]:
    """Rows of :func:`bad_records` as they are kept: texts only."""
    for row in rows:
        reason, _ = row.pop("reason"), row.pop("place")
        yield {"reason": reason, "record": ", ".join(f"{k}={'' if v is None else v}" for k, v in row.items())}


def listed_copies(rows) -> Iterator[dict]:
    """Rows of :func:`repeated` as they are kept."""
    for row in rows:
        number, same = row.pop("copies"), row.pop("same")
        yield {"reason": AGAIN if same else CONTRADICTORY, "record": ", ".join(f"{k}={v}" for k, v in row.items()) + f" ({number} records)"}
