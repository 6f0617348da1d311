"""Notices in the app, and the mails that follow them out."""
