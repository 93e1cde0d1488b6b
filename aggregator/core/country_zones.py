"""The time zones of the countries that have one, without summer time, by their top-level domains.

Countries whose domain is mostly used for other purposes are left out.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

_ZONES = {
    domain: timedelta(hours=hours)
    for hours, domains in {
        -6: "cr gt hn ni sv",
        -5: "pa pe",
        -4: "bo do ve",
        -3: "ar uy",
        0: "ci gh is sn",
        1: "ao cm dz ng tn",
        2: "bw mz mw za zm zw",
        3: "bh by et iq ke kw qa sa sy tr tz ug ye",
        4: "ae am az ge mu om",
        4.5: "af",
        5: "pk tj uz",
        5.5: "in lk",
        5.75: "np",
        6: "bd bt",
        6.5: "mm",
        7: "kh th vn",
        8: "bn cn hk mo my ph sg tw",
        9: "jp kr",
    }.items()
    for domain in domains.split()
}


def zone_of_country(url: str) -> timedelta | None:
    """Offset from UTC in the country of an address; None: not known, or not always the same."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return None
    return _ZONES.get(host.rpartition(".")[2])
