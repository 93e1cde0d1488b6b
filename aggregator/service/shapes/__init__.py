"""What programs are told, by the command line as JSON and by the API: one frozen type for each.

Names of fields are the names in the JSON. Each module has the types and the functions that make
them; `codec.to_json` writes them.

stories, articles, hits   what is stored; hits: what a search finds
sources, found            what is followed; found: what could be
watches, digests          what is sent
workers                   who does it
"""
