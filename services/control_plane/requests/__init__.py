"""What every route reads of a request: bodies, queries, pages and versions."""
