"""Style sheets put into the elements that they are for: many mail programs read no others. The only
importer of css_inline."""

from __future__ import annotations

from functools import cache

from css_inline import CSSInliner


def inlined(html: str, *, styles: str) -> str:
    """The document with this style sheet in `style` attributes; what it has of style sheets itself
    stays where it is. Nothing is loaded from anywhere."""
    return _inliner(styles).inline(html)


@cache
def _inliner(styles: str) -> CSSInliner:
    return CSSInliner(
        extra_css=styles,
        inline_style_tags=False,
        keep_style_tags=True,
        load_remote_stylesheets=False,
        minify_css=True,
    )
