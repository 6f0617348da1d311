"""One schema per form serves the page and the API."""
