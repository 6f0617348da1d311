"""Spreadsheets of other people: units, persons, posts and invitees, checked cell by cell before anything is written."""
