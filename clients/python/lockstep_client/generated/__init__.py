"""Written by `make client` from the API's document: change the document or the templates, not what stands here."""
