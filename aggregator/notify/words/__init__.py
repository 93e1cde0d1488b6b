"""What a digest itself says, in each of its languages: a catalogue each, beside this module."""

from __future__ import annotations

LANGUAGES = frozenset(
    {"en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "tr", "ar", "fa", "he", "zh"}
)
"""BCP 47 primary subtags of the languages that there is a catalogue of."""
