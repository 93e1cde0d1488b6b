"""The catalogues, *.toml, one file a language.

A text is a string; one whose form goes by a number is a table of its forms, named as the CLDR has
them. What stands in braces is filled in.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from aggregator.core.directions import Direction, direction_of
from aggregator.notify.locales import LocaleData, locale_data

_MOST_NAMES = 4


class Words:
    """Of one language."""

    def __init__(self, language: str) -> None:
        """`language`: one of `LANGUAGES`."""
        self.language = language
        self.locale: LocaleData = locale_data(language)
        self._texts = _texts(language)

    @property
    def dir(self) -> Direction:
        return direction_of(self.language)

    def say(self, key: str, /, **values: str) -> str:
        """Raises KeyError for a key that the catalogue has not."""
        text = self._texts[key]
        if not isinstance(text, str):
            raise KeyError(key)
        return text.format(**values)

    def count(self, key: str, number: int, /, **values: str) -> str:
        """The text in the form that goes with the number, which stands for `{n}`."""
        forms = self._texts[key]
        if isinstance(forms, str):
            raise KeyError(key)
        form = forms.get(self.locale.form(number), forms["other"])
        return form.format(n=self.locale.number(number), **values)

    def names(self, names: Sequence[str]) -> str:
        """As in "A, B and C"; of more than four the first three, and how many there are besides."""
        if len(names) <= _MOST_NAMES:
            return self.locale.enumerate(names)
        shown = self.say("comma").join(names[: _MOST_NAMES - 1])
        return self.count("more_names", len(names) - _MOST_NAMES + 1, names=shown)


@cache
def _texts(language: str) -> Mapping[str, str | Mapping[str, str]]:
    file = resources.files("aggregator.notify.words").joinpath(f"{language}.toml")
    return tomllib.loads(file.read_text("utf-8"))
