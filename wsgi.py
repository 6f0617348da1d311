"""The application as a WSGI server and `flask --app wsgi` find it."""

from randal import create_app

app = create_app()
