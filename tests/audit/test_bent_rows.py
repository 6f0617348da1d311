"""Rows bent behind the application, on both databases: each bend is found, and the row it was done to is named."""

from __future__ import annotations

from typing import Any

from randal.audit import exporting
from randal.history.chain import FACTS, NOTHING, link
from tests.audit.story import Bender, History, named, table_of

# What every column of an event is changed to.
ODD: dict[str, Any] = {
    "item_type": "kendala",
    "item_id": 991,
    "seq": 77,
    "move": "withdraw",
    "from_state": "closed",
    "to_state": "closed",
    "actor_id": 1,
    "hat": "admin",
    "acting_for_id": 2,
    "at": "2026-03-02 02:00:09.000001",
    "unit_id": 2,
    "meeting_id": 9,
    "data": '{"x": 1}',
    "seals": '{"reason": "00"}',
    "prev": "a" * 64,
    "hash": "b" * 64,
}


def test_every_fact_is_among_the_columns_changed() -> None:
    assert set(ODD) == {*FACTS, "prev", "hash"}


def test_any_column_of_any_event(history: History) -> None:
    events = history.events(history.finding)
    for event in (events[0], events[2], events[-1]):
        for column, value in ODD.items():
            with history.bending() as bender:
                sqlite = bender.connection.dialect.name == "sqlite"
                kinds = {"at": "timestamptz", "data": "json", "seals": "json"}
                odd = ":value" if sqlite or column not in kinds else f"CAST(:value AS {kinds[column]})"
                bender.run(f"UPDATE events SET {column} = {odd} WHERE id = :id", value=value, id=event.id)
                found = bender.judge().bends
            said = {(b.item_type, b.item_id, b.seq) for b in found}
            assert ("finding", history.finding.id, event.seq) in said, (column, found)
            assert event.id in {b.event_id for b in found}, (column, found)
            if column not in (
                "item_type",
                "item_id",
                "seq",
                "seals",
            ):  # these move it, or bend its texts as well
                assert said == {("finding", history.finding.id, event.seq)}, (column, found)
                assert {(b.event_id, b.kind) for b in found} == {(event.id, "changed")}, (column, found)


def test_removed(history: History) -> None:
    item = history.finding
    where = "item_type = 'finding' AND item_id = :id AND seq = :seq"
    for gone in ([1], [3], [5], [2, 3], [4, 5], [1, 2, 3, 4, 5]):
        with history.bending() as bender:
            for seq in gone:
                bender.run(f"DELETE FROM events WHERE {where}", id=item.id, seq=seq)
            found = named(bender.judge())
        assert found == {("removed", "finding", item.id, seq) for seq in gone}


def test_a_removed_end_that_the_item_was_made_to_forget(history: History) -> None:
    """What the second checkpoint covers is missed; what came after it (the fifth) is not."""
    item, events = history.finding, history.events(history.finding)
    with history.bending() as bender:
        bender.run("DELETE FROM events WHERE item_type = 'finding' AND item_id = :id AND seq > 2", id=item.id)
        bender.run(
            "UPDATE findings SET seq = 2, head = :head, state = :state WHERE id = :id",
            head=events[1].hash,
            state=events[1].to_state,
            id=item.id,
        )
        found = bender.judge().bends
    assert {(b.kind, b.seq, b.checkpoint) for b in found} == {("removed", 3, 2), ("removed", 4, 2)}


def test_an_item_gone_with_its_whole_history(history: History) -> None:
    with history.bending() as bender:
        bender.run("DELETE FROM events WHERE item_type = 'follow_up'")
        bender.run("DELETE FROM follow_ups")
        assert {b.seq for b in bender.judge().bends if b.kind == "removed"} == {1, 2, 3, 4}
    with history.bending() as bender:
        bender.run("DELETE FROM follow_ups")
        assert named(bender.judge()) == {("item", "follow_up", history.follow_up.id, None)}


def test_all_of_it(history: History) -> None:
    with history.bending() as bender:
        bender.run("DELETE FROM event_texts")
        bender.run("DELETE FROM events")
        report = bender.judge()
    assert report.count >= 10 and {b.kind for b in report.bends} == {"removed"}


def insert(bender: Bender, event: Any, seq: int, **other: Any) -> int:
    """Put a copy of this event into the table under another number."""
    columns = ["seq", *other]
    kept = [name for name in (*FACTS, "prev", "hash") if name not in columns]
    values = {"seq": seq} | other
    bender.run(
        f"INSERT INTO events ({', '.join(('id', *kept, *columns))}) "
        f"SELECT 9000, {', '.join(kept)}, {', '.join(f':{c}' for c in columns)} FROM events WHERE id = :id",
        id=event.id,
        **values,
    )
    return 9000


def test_inserted_at_the_end(history: History) -> None:
    last = history.events(history.finding)[-1]
    with history.bending() as bender:
        insert(bender, last, last.seq + 1, prev=last.hash)
        found = bender.judge().bends
    assert {(b.seq, b.event_id) for b in found} == {(last.seq + 1, 9000)}, found
    with history.bending() as bender:  # and whole in itself
        insert(bender, last, last.seq + 1, prev=last.hash)
        rehash_one(bender, 9000)
        found = bender.judge().bends
    assert ("inserted", last.seq + 1, 9000) in {(b.kind, b.seq, b.event_id) for b in found}
    assert {(b.seq, b.event_id) for b in found} == {(last.seq + 1, 9000)}, found


def rehash_one(bender: Bender, event_id: int, kind: str = "finding") -> None:
    """Give one row the hash that its facts and its `prev` make."""
    for record in list(exporting._events(bender.connection, kind, False)):
        if record["id"] == event_id:
            made = link(record["prev"], record)
            bender.run("UPDATE events SET hash = :hash WHERE id = :id", hash=made, id=event_id)


def push_up(bender: Bender, item: Any, since: int, by: int) -> None:
    """Renumber the events of this item from `since` on; two steps, for the numbers are unique."""
    where = "item_type = :kind AND item_id = :id"
    one = {"kind": item.__lifecycle__, "id": item.id}
    bender.run(f"UPDATE events SET seq = seq + 1000 WHERE {where} AND seq >= :since", since=since, **one)
    bender.run(f"UPDATE events SET seq = seq - :back WHERE {where} AND seq >= 1000", back=1000 - by, **one)


def test_inserted_in_the_middle(history: History) -> None:
    """With the later rows renumbered, and the new one whole in itself: the new row is named, and where the old moved."""
    item, events = history.finding, history.events(history.finding)
    with history.bending() as bender:
        push_up(bender, item, 3, 1)
        insert(bender, events[1], 3, prev=events[1].hash)
        rehash_one(bender, 9000)
        found = bender.judge().bends
    assert ("inserted", 3, 9000) in {(b.kind, b.seq, b.event_id) for b in found}
    assert {b.event_id for b in found if b.kind == "moved"} == {events[2].id}
    assert {b.kind for b in found} == {"inserted", "moved", "text"}, (
        found
    )  # it has seals, and no texts to them


def test_removed_and_the_rest_renumbered(history: History) -> None:
    item, events = history.finding, history.events(history.finding)
    with history.bending() as bender:
        bender.run("DELETE FROM events WHERE id = :id", id=events[1].id)
        push_up(bender, item, 3, -1)
        found = bender.judge().bends
    assert ("removed", 2) in {(b.kind, b.seq) for b in found}
    assert {b.event_id for b in found if b.kind == "moved"} == {events[2].id}
    assert {b.kind for b in found} == {"removed", "moved"}, found


def test_two_rows_swapped(history: History) -> None:
    item, events = history.finding, history.events(history.finding)
    a, b = events[1], events[3]
    want = {("swapped", "finding", item.id, 2), ("swapped", "finding", item.id, 4)}
    with history.bending() as bender:  # their numbers
        for event, seq in ((a, 1004), (b, 1002)):
            bender.run("UPDATE events SET seq = :seq WHERE id = :id", seq=seq, id=event.id)
        bender.run("UPDATE events SET seq = seq - 1000 WHERE seq > 1000")
        assert named(bender.judge()) == want
    with history.bending() as bender:  # their contents
        facts = [name for name in FACTS if name not in ("item_type", "item_id", "seq")]
        columns = ", ".join(facts)
        bender.run(
            f"CREATE TEMP TABLE kept AS SELECT id, {columns} FROM events WHERE id IN (:a, :b)", a=a.id, b=b.id
        )
        for to, of in ((a, b), (b, a)):
            taken = ", ".join(f"{name} = (SELECT {name} FROM kept WHERE id = :of)" for name in facts)
            bender.run(f"UPDATE events SET {taken} WHERE id = :to", to=to.id, of=of.id)
        found = bender.judge().bends
        assert {("swapped", 2), ("swapped", 4)} <= {(x.kind, x.seq) for x in found}
        assert {x.seq for x in found} == {2, 4}
    with history.bending() as bender:  # their row numbers
        for event, to in ((a, -1), (b, a.id)):
            bender.run("UPDATE events SET id = :to WHERE id = :id", to=to, id=event.id)
        bender.run("UPDATE events SET id = :to WHERE id = -1", to=b.id)
        found = bender.judge().bends
        assert {2, 4} <= {x.seq for x in found}


def test_the_items_own_row(history: History) -> None:
    item, table = history.finding, table_of(history.finding)
    for column, value, kind in (("state", "open", "state"), ("seq", 9, "item"), ("seq", 3, "item")):
        with history.bending() as bender:
            bender.run(f"UPDATE {table} SET {column} = :value WHERE id = :id", value=value, id=item.id)
            assert named(bender.judge()) == {(kind, "finding", item.id, None)}
    with history.bending() as bender:  # the last event or what is noted of it: nobody can say
        bender.run(f"UPDATE {table} SET head = :value WHERE id = :id", value="c" * 64, id=item.id)
        assert named(bender.judge()) == {("replaced", "finding", item.id, 5)}
    with history.bending() as bender:  # here the checkpoint can
        bender.run("UPDATE follow_ups SET head = :value", value="c" * 64)
        assert named(bender.judge()) == {("item", "follow_up", history.follow_up.id, None)}
    with history.bending() as bender:
        bender.run(f"UPDATE {table} SET seq = 0, head = :value WHERE id = :id", value=NOTHING, id=item.id)
        assert {b.kind for b in bender.judge().bends} == {"inserted"}


def test_several_at_once_are_all_named(history: History) -> None:
    first, second = history.events(history.finding), history.events(history.follow_up)
    with history.bending() as bender:
        bender.run("UPDATE events SET hat = 'x' WHERE id IN (:a, :b)", a=first[0].id, b=second[2].id)
        bender.run("DELETE FROM events WHERE id = :id", id=first[2].id)
        found = {(b.kind, b.item_type, b.seq) for b in bender.judge().bends}
    assert found == {("changed", "finding", 1), ("removed", "finding", 3), ("changed", "follow_up", 3)}
