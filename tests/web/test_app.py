"""The application as a whole."""

from __future__ import annotations

from webhouse import House


def test_what_does_not_exist_is_not_found(web: House) -> None:
    assert web.client.get("/nowhere").status_code == 404
