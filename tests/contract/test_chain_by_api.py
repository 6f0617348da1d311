"""The whole chain by API alone, strictly by what `interface.md` promises."""

from __future__ import annotations

from tests.contract.chain import Chain


def test_from_the_empty_form_to_signed_minutes_and_promises_kept(world, drain, app):
    app.config["WTF_CSRF_ENABLED"] = True  # a script has no form token
    Chain(world, drain).play()
