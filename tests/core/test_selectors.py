"""Selectors of rules: CSS and XPath, and what of XPath is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.html import Element, parse_document
from aggregator.core.selectors import (
    MAX_LENGTH,
    MAX_NESTED,
    compile_element_rule,
    compile_rule,
    compile_selector,
)

PAGE = """
<html><head><meta name="date" content="2026-03-03"></head><body>
  <h1 class="headline">One <em>headline</em></h1>
  <div class="story" id="first"><p>First</p></div>
  <aside>Promo</aside>
  <div class="story"><p>Second</p><time datetime="2026-03-03T09:00Z">today</time></div>
</body></html>
"""


def found(rule: str) -> list[str]:
    """What a rule finds: the tags of elements, texts in quotes."""
    return [
        f"'{one}'" if isinstance(one, str) else str(one.tag)
        for one in compile_rule(rule).find(parse_document(PAGE))
    ]


class TestWhatIsFound:
    @pytest.mark.parametrize(
        ("rule", "expected"),
        [
            ("div.story > p", ["p", "p"]),
            ("aside, h1", ["h1", "aside"]),
            ("time::attr(datetime)", ["time"]),
            ("//div[@class='story']/p", ["p", "p"]),
            ("//aside | //h1", ["h1", "aside"]),
            ("(//div)[2]", ["div"]),
            ("./body/aside", ["aside"]),
            (".//time/@datetime", ["'2026-03-03T09:00Z'"]),
            ("//h1/text() | //h1/em", ["'One '", "em"]),
            ("(substring-after(//h1, 'One '))", ["'headline'"]),
            ("//div[starts-with(@id, 'f') and not(time) and position() = 1]", ["div"]),
            ("//div[contains(., 'a:b $c d()')]", []),
            ("//p/ancestor::div", ["div", "div"]),
            ("//p/namespace::*", []),
            ("../../..", []),
        ],
    )
    def test_in_the_order_of_the_page(self, rule: str, expected: list[str]) -> None:
        assert found(rule) == expected

    def test_elements_alone(self) -> None:
        selected = compile_rule("//h1/text() | //h1/em").select(parse_document(PAGE))
        assert [one.tag for one in selected] == ["em"]

    def test_text_of_the_page_keeps_no_page(self) -> None:
        (value,) = compile_rule("//time/@datetime").find(parse_document(PAGE))
        assert type(value) is str

    def test_the_attribute_of_css_is_told(self) -> None:
        assert compile_rule("time::attr( DateTime )").attribute == "datetime"


REFUSED = {
    "syntax": ("//div[", '"//div[" is no XPath 1.0: '),
    "css syntax": ("div[", '"div[" is no CSS selector'),
    "xpath without its beginning": ("string(//h1)", "XPath begins with /, ./, ../ or ("),
    "number": ("(count(//p))", "gives a number"),
    "truth": ("(//p = 'x')", "or yes or no"),
    "wrong arguments behind nothing": ("//absent[contains(@x)]", "Invalid number of arguments"),
    "wrong type behind nothing": ("//absent[count('x') > 1]", "Invalid type"),
    "nested call": ("//absent[not(contains(@x))]", "Invalid number of arguments"),
    "variable": ("//p[. = $name]", "has a variable"),
    "prefix": ("//p[re:test(., 'a')]", "has the namespace prefix re:"),
    "element with a prefix": ("//svg:path", "has the namespace prefix svg:"),
    "attribute of CSS": ("//time::attr(datetime)", "an attribute is written /@datetime"),
    "function of XPath 2": (
        "//a[ends-with(@href, 'x')]",
        "calls ends-with(), which is no function",
    ),
    "function behind nothing": ("//absent[matches(., 'x')]", "calls matches()"),
    "function with a space": ("//p[document ('x')]", "calls document()"),
    "length": ("//" + "a" * MAX_LENGTH, "is longer than 1,000 characters"),
    "length of CSS": ("a" * (MAX_LENGTH + 1), "is longer than 1,000 characters"),
    "namespace in CSS": ("svg|a", "is no CSS selector"),
    "control": ("//p[. = '\x01']", "is no XPath 1.0"),
    "surrogate": ("//p[. = '\udcff']", "is no XPath 1.0"),
}


class TestWhatIsRefused:
    @pytest.mark.parametrize("name", REFUSED)
    def test_with_a_sentence(self, name: str) -> None:
        rule, message = REFUSED[name]
        with pytest.raises(ValueError, match=r"\A[\"i].+") as caught:
            compile_rule(rule)
        assert message in str(caught.value)

    @pytest.mark.parametrize(
        "rule",
        [
            "div::attr(id)",
            "//div/@id",
            "//div/@*[2]",
            "(//div/attribute::id)[1]",
            "//p/text()",
            "//p/text()[contains(., 'x')]",
            "(string(//p))",
        ],
    )
    def test_texts_where_elements_are_wanted(self, rule: str) -> None:
        compile_rule(rule)
        with pytest.raises(ValueError, match="must name elements"):
            compile_element_rule(rule)

    @pytest.mark.parametrize("rule", ["div", "//div[@id]", "//div[text()]", "(//p[@a][@b])[1]"])
    def test_elements_with_a_condition_are_elements(self, rule: str) -> None:
        assert compile_element_rule(rule) is compile_rule(rule)

    def test_conditions_nested_without_end(self) -> None:
        def nested(depth: int) -> str:
            return "//*[" * depth + "a" + "]" * depth

        assert compile_rule(nested(MAX_NESTED)).xpaths == (nested(MAX_NESTED),)
        with pytest.raises(ValueError, match="more than 10 conditions within each other"):
            compile_rule(nested(MAX_NESTED + 1))

    def test_brackets_nested_without_end(self) -> None:
        assert found("(" * 50 + "//aside" + ")" * 50) == ["aside"]

    def test_selectors_of_watched_pages_stay_css(self) -> None:
        with pytest.raises(ValueError, match="is no CSS selector"):
            compile_selector("//li")


class TestNoFileIsRead:
    """What a path would have to call, run past the check, is unknown to the library itself."""

    @pytest.mark.parametrize("function", ["document", "doc", "unparsed-text", "collection"])
    @pytest.mark.parametrize("form", ["({})", "//p[{}]", "/html/body[contains({}, 's3cret')]"])
    def test_whatever_the_path_says(self, function: str, form: str, tmp_path: Path) -> None:
        secret = tmp_path / "secret.xml"
        secret.write_text("<a>s3cret</a>")
        path = form.format(f"{function}('{secret.as_uri()}')")
        with pytest.raises(ValueError, match=f"calls {function}"):
            compile_rule(path)
        root = parse_document(PAGE)
        assert raised_by(root, path) == "Unregistered function"

    @pytest.mark.parametrize("prefix", ["re", "str", "exsl", "func", "xi", "fn"])
    def test_no_prefix_is_bound(self, prefix: str) -> None:
        root = parse_document(PAGE)
        assert raised_by(root, f"//p[{prefix}:test(., 'a')]") == "Undefined namespace prefix"


def raised_by(root: Element, path: str) -> str:
    try:
        root.xpath(path)
    except Exception as error:  # noqa: BLE001 - lxml's own, which only core.html imports
        return str(error)
    return ""


class TestAnyText:
    @given(st.text("/.()[]@*$:'\"=|- ap1,", max_size=30).map(lambda text: "/" + text))
    def test_is_a_path_that_runs_or_a_value_error(self, rule: str) -> None:
        try:
            selector = compile_rule(rule)
        except ValueError:
            return
        assert isinstance(selector.find(parse_document(PAGE)), list)

    @given(
        st.lists(
            st.sampled_from(
                [
                    *("//p", "/", "[", "]", "(", ")", "@id", "text()", "node()", "contains(", ","),
                    *("'a'", "not(", "position()", "last()", "|", " and ", "=", "1", "ancestor::*"),
                ]
            ),
            max_size=8,
        ).map(lambda parts: "/" + "".join(parts))
    )
    def test_what_is_made_of_parts_of_paths_likewise(self, rule: str) -> None:
        try:
            selector = compile_rule(rule)
        except ValueError:
            return
        assert all(isinstance(one, str | Element) for one in selector.find(parse_document(PAGE)))
