"""The program of the tool `search`: documents by an index of its own, the web by the operator's provider."""
