"""tantivy, as a rival of our search."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from aggregator.core.query_tree import And, Field, Node, Not, Or, Phrase, Query, Word
from aggregator.storage.protocol import Order
from benchmarks.search_engines import (
    AT_ONCE,
    CHARACTERS,
    Article,
    Found,
    Unasked,
    module,
    word_of,
    words_of,
)


class Tantivy:
    """All fields in the index, which keeps the texts too: for its snippets. They mark no words that
    are found by their beginnings."""

    name = "tantivy"
    at_once = AT_ONCE

    def __init__(self, directory: Path) -> None:
        self._library = tantivy = module("tantivy")
        self.version = version("tantivy")
        self._directory = directory
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("id", stored=True)
        for field in ("title", "text"):
            builder.add_text_field(field, stored=True)
        builder.add_text_field("source")
        builder.add_text_field("language", tokenizer_name="raw", index_option="basic")
        builder.add_integer_field("at", fast=True)
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, path=str(directory))
        self._writer = self._index.writer(num_threads=1)
        self._searcher = self._index.searcher()

    def add(self, articles: Sequence[Article]) -> None:
        for article in articles:
            self._writer.add_document(self._library.Document(**article._asdict()))
        self._writer.commit()

    def finish(self) -> int:
        self._writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()
        return sum(
            file.stat().st_size for file in self._directory.iterdir() if file.suffix != ".store"
        )

    def ask(self, query: Query, order: Order, limit: int) -> Sequence[Found]:
        asked = self._query(query.root)
        hits = self._searcher.search(
            asked, limit, count=False, order_by_field="at" if order == "newest" else None
        ).hits
        snippets = self._library.SnippetGenerator.create(
            self._searcher, asked, self._schema, "text"
        )
        snippets.set_max_num_chars(CHARACTERS)
        return [self._found(snippets, address) for _, address in hits]

    def _found(self, snippets: Any, address: Any) -> Found:
        document = self._searcher.doc(address)
        snippet = snippets.snippet_from_doc(document)
        return Found(
            document.get_first("id"),
            document.get_first("title"),
            snippet.to_html() or document.get_first("text")[:CHARACTERS],
        )

    def _query(self, node: Node) -> Any:
        query, occur = self._library.Query, self._library.Occur
        match node:
            case Word() | Phrase():
                return query.boolean_query(
                    [(occur.Should, self._in(field, node)) for field in ("title", "text")]
                )
            case Field(name="title"):
                return self._in("title", node.match)
            case Field(name="source" | "lang"):
                field = "source" if node.name == "source" else "language"
                return query.const_score_query(
                    query.term_query(self._schema, field, word_of(node.match)), 0.0
                )
            case And():
                return query.boolean_query(
                    [
                        (occur.MustNot, self._query(item.item))
                        if isinstance(item, Not)
                        else (occur.Must, self._query(item))
                        for item in node.items
                    ]
                )
            case Or():
                return query.boolean_query(
                    [(occur.Should, self._query(item)) for item in node.items]
                )
        raise Unasked

    def _in(self, field: str, node: Word | Phrase) -> Any:
        query = self._library.Query
        words = list(words_of(node))
        if isinstance(node, Word) and node.prefix:
            return query.regex_query(self._schema, field, f"{words[0]}.*")
        if len(words) == 1:
            return query.term_query(self._schema, field, words[0])
        return query.phrase_query(self._schema, field, words)

    def close(self) -> None:
        """Nothing of it is open."""
