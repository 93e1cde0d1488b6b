"""The types that travel between the stages are where they are said to be."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import pytest

from aggregator import types


def test_every_type_is_to_be_had_from_the_package() -> None:
    missing = []
    for module in pkgutil.iter_modules(types.__path__, "aggregator.types."):
        for name, value in vars(import_module(module.name)).items():
            if getattr(value, "__module__", None) == module.name and not name.startswith("_"):
                assert getattr(types, name) is value
                missing += [name] if name not in types.__all__ else []
    assert missing == []


def test_what_the_package_names_is_there() -> None:
    assert all(getattr(types, name).__class__ for name in types.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Newspaper'"):
        _ = types.Newspaper
