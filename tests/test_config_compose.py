"""docker-compose.yml: what starts by itself, how it is confined, and that its database is one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from aggregator.cli.group import COMMANDS
from aggregator.config import database_named
from aggregator.config.web import listen
from aggregator.types import PostgresUrl

FILE = Path(__file__).parent.parent / "docker-compose.yml"
SERVICES: dict[str, dict[str, Any]] = YAML(typ="safe", pure=True).load(FILE)["services"]
SCALE = {"scheduler", "worker", "postgres"}


def test_one_service_starts_by_itself_and_the_others_in_their_profile() -> None:
    assert {name for name, service in SERVICES.items() if "profiles" not in service} == {
        "aggregator"
    }
    assert {name for name, service in SERVICES.items() if service.get("profiles") == ["scale"]} == (
        SCALE
    )


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_confined_and_watched(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["init"] is True
    assert "/tmp" in service["tmpfs"]
    assert service["healthcheck"]["test"]
    assert service["stop_grace_period"] in {"15s", "60s"}  # we take ten seconds at the most


@pytest.mark.parametrize("name", ["scheduler", "worker"])
def test_the_database_is_named_as_the_program_reads_it(name: str) -> None:
    environment = SERVICES[name]["environment"]
    database = database_named(environment["AGGREGATOR_STORAGE"], environ={})
    assert isinstance(database, PostgresUrl)
    assert "PGPASSWORD" in environment
    assert SERVICES[name]["command"][1] in COMMANDS


def test_nothing_asks_for_a_password_where_only_sqlite_is_used() -> None:
    # Compose fills in every variable of the file, whatever is started.
    lines = FILE.read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if ":?" in line and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("name", ["aggregator", "scheduler"])
def test_the_page_can_be_reached_from_this_machine_alone(name: str) -> None:
    assert SERVICES[name]["ports"] == ["127.0.0.1:8460:8460"]


def test_the_image_listens_where_its_port_is_published() -> None:
    text = (FILE.parent / "Dockerfile").read_text(encoding="utf-8")
    written = re.search(r"AGGREGATOR_LISTEN=(\S+)", text)
    assert written
    listening = listen(written[1])
    assert listening is not None
    assert (listening.port, listening.is_loopback) == (8460, False)
    assert "\nEXPOSE 8460\n" in text
