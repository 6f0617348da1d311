"""The application as a WSGI server and `flask --app wsgi` find it."""

from randal import create_app
from randal.database.base import learn_the_time

app = create_app()
learn_the_time(app)
