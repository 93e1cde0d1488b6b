"""How the mail server of feeds.yaml is used."""

from __future__ import annotations

from aggregator.config import Config
from aggregator.notify.smtp import SmtpSettings


def smtp_settings(config: Config) -> SmtpSettings | None:
    """None: there is none."""
    if config.smtp is None:
        return None
    return SmtpSettings(
        host=config.smtp.host,
        port=config.smtp.port,
        security=config.smtp.security.value,
        username=config.smtp.username,
        password=config.smtp.password,
        ca_file=str(config.ca_file) if config.ca_file else None,
    )
