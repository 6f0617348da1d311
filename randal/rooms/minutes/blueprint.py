"""The one blueprint of this room; its pages stand in three files."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from randal.documents.richtext import marked, rich
from randal.signatures.provider import read_provider

bp = Blueprint("minutes", __name__)
PAGES = (
    "authority_pages",
    "changes_pages",
    "minutes_pages",
    "offline_pages",
    "preview",
    "public_pages",
    "signing_pages",
)
bp.add_app_template_filter(rich, "rich")
bp.add_app_template_filter(marked, "marked")


@bp.record_once
def settings_are_right(state: BlueprintSetupState) -> None:
    """A provider's settings file that is wrong stops the start, not the first who signs."""
    read_provider(state.app.config["RANDAL"].provider_file)
