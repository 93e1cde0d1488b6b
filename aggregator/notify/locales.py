"""What the Unicode CLDR knows of a language: dates, lists, forms by number. The only importer of
babel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal

from aggregator.core.language_tags import primary_subtag

_TERRITORIES = {"en": "en_GB"}
"""By default the CLDR's English is that of the United States, with its month before its day."""
_DIGITS = {"arabext": "۰۱۲۳۴۵۶۷۸۹", "arab": "٠١٢٣٤٥٦٧٨٩"}
_MARK = "\u200f"
"""Persian lists have it behind their commas, where it changes nothing."""


class LocaleData:
    """Of one language, by its BCP 47 primary subtag."""

    def __init__(self, language: str) -> None:
        self._locale = Locale.parse(_TERRITORIES.get(language, language))
        digits = _DIGITS.get(self._locale.default_numbering_system, "")
        self._digits = str.maketrans("0123456789", digits) if digits else {}

    def form(self, number: int) -> str:
        """Which form a noun has with it: "zero", "one", "two", "few", "many" or "other"."""
        return str(self._locale.plural_form(number))

    def number(self, number: int) -> str:
        return self.digits(format_decimal(number, locale=self._locale, numbering_system="default"))

    def digits(self, text: str) -> str:
        """The text with the language's digits."""
        return text.translate(self._digits)

    def long_date(self, day: date) -> str:
        """As in "Monday, 30 March 2026"."""
        return self.digits(format_date(day, "full", locale=self._locale))

    def short_date(self, day: date, *, weekday: bool = False, year: bool = False) -> str:
        """As in "30 Mar", "Mon 30 Mar", "30 Mar 2026"."""
        skeleton = f"{'y' if year else ''}MMM{'E' if weekday else ''}d"
        return self.digits(format_skeleton(skeleton, day, locale=self._locale))

    def weekday(self, day: date) -> str:
        """As in "Mon"."""
        return format_date(day, "EEE", locale=self._locale)

    def enumerate(self, names: Sequence[str]) -> str:
        """As in "A, B and C"."""
        return format_list(list(names), locale=self._locale).replace(_MARK, "")

    def language(self, code: str | None) -> str | None:
        """Its name, as in "Spanish"; None: it is not known."""
        return None if code is None else self._locale.languages.get(primary_subtag(code))


@cache
def locale_data(language: str) -> LocaleData:
    """Raises ValueError for what is no language of the CLDR."""
    return LocaleData(language)
