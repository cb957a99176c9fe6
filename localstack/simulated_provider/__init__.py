"""A model provider that answers from scripts, on the vendors' true wires, with an invoice of its own.

Every name is a model, and says what that does. A script of that name is followed; without one the answer is made from
the request: the tools that must be called, an instance of the schema that is wanted, or else a text about the prompt.

`fault-…`       goes wrong as the rest of its name asks (faults.py)
`cached-…`      has read what stood before the last user turn from a cache (on OpenAI's wires; Anthropic's has marks)
`reasoning-…`   thinks before it speaks (on Anthropic's wire when thinking is enabled)
`multibyte-…`   says what is not ASCII
`searching-…`   searches twice before it answers, on Responses, when it is offered `web_search`

Prices go by name too (prices.py).
"""
