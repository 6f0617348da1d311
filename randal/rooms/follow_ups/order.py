"""The order of every list of follow-ups, and the indexes that keep it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Date, Index, String, func, literal_column

from randal.models.follow_ups import ENDED, FollowUp

FAR = date(9999, 12, 31)
#: The order of every list: by due date, the undated last; and what is still owed, which is little beside what was.
#: Written out, never bound: an index over an expression serves only a question in its own words.
BY_DUE: ColumnElement[date] = func.coalesce(FollowUp.due_on, literal_column(f"'{FAR}'", Date), type_=Date)
OWED = FollowUp.state.not_in([literal_column(f"'{state}'", String) for state in (*ENDED, "draft")])
Index("ix_follow_ups_due", BY_DUE, FollowUp.id)
Index("ix_follow_ups_unit_due", FollowUp.unit_id, BY_DUE, FollowUp.id)
Index("ix_follow_ups_state_due", FollowUp.state, BY_DUE, FollowUp.id)
Index("ix_follow_ups_owed_due", BY_DUE, FollowUp.id, sqlite_where=OWED, postgresql_where=OWED)
Index(
    "ix_follow_ups_unit_owed", FollowUp.unit_id, BY_DUE, FollowUp.id, sqlite_where=OWED, postgresql_where=OWED
)
