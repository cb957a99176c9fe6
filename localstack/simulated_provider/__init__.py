"""A model provider that answers from scripts, on the vendors' true wires, with an invoice of its own.

Any name can be asked for, and decides how the model behaves. If there is a script of that name, the model follows it.
Otherwise its answer is made from the request: it calls the tools that must be called, or returns an instance of the
JSON schema that is wanted, or else a text that quotes the prompt. The beginning of a name adds a behaviour:

`fault-…`       goes wrong as the rest of the name says (faults/clauses.py)
`cached-…`      reports that all before the last user turn came from a cache (OpenAI's wires; Anthropic's has marks)
`reasoning-…`   reasons before it answers (on Anthropic's wire when thinking is enabled)
`multibyte-…`   answers with characters of several bytes
`searching-…`   searches twice before it answers, on Responses, when it is offered `web_search`

Prices depend on the name too (billing/prices.py).
"""
