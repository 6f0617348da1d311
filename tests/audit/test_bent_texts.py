"""The words beside the events: changed, taken away or put back behind the application, each is named by its event."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from tests.audit.story import History, named

CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("UPDATE event_texts SET text = :value WHERE event_id = :id", {"value": "Contoh: lain sama sekali"}),
    ("UPDATE event_texts SET text = :value WHERE event_id = :id", {"value": ""}),
    ("UPDATE event_texts SET salt = :value WHERE event_id = :id", {"value": "0" * 32}),
    ("UPDATE event_texts SET salt = NULL WHERE event_id = :id", {}),
    ("UPDATE event_texts SET text = NULL, salt = NULL WHERE event_id = :id", {}),
    ("UPDATE event_texts SET name = 'note' WHERE event_id = :id", {}),
    ("DELETE FROM event_texts WHERE event_id = :id", {}),
    ("INSERT INTO event_texts (id, event_id, name, text, salt) VALUES (9000, :id, 'note', 'x', 'y')", {}),
)


def test_each_change_names_the_event(history: History) -> None:
    item = history.finding
    for event in (history.events(item)[1], history.events(item)[4]):
        for statement, values in CHANGES:
            with history.bending() as bender:
                bender.run(statement, id=event.id, **values)
                found = bender.judge()
            assert named(found) == {("text", "finding", item.id, event.seq)}, statement
            assert {b.event_id for b in found.bends} == {event.id}


def test_exchanged_between_two_events(history: History) -> None:
    events = history.events(history.finding)
    with history.bending() as bender:
        for to, of in ((-1, events[2].id), (events[2].id, events[4].id), (events[4].id, -1)):
            bender.run("UPDATE event_texts SET event_id = :to WHERE event_id = :of", to=to, of=of)
        found = named(bender.judge())
    assert found == {("text", "finding", history.finding.id, seq) for seq in (3, 5)}


def test_erased_words_put_back(history: History) -> None:
    event = history.events(history.finding)[2]
    with history.bending() as bender:
        known = bender.connection.execute(
            text("SELECT text, salt FROM event_texts WHERE event_id = :id"), {"id": event.id}
        ).one()
    history.erase(history.finding, history.world.person("admin"), 3)
    with history.bending() as bender:
        assert bender.judge().bends == []
        bender.run(
            "UPDATE event_texts SET text = :text, salt = :salt WHERE event_id = :id",
            id=event.id, text=known.text, salt=known.salt,
        )  # fmt: skip
        assert named(bender.judge()) == {("text", "finding", history.finding.id, 3)}
