"""The internal routes: what runs and scopes have spent, closing a run, breakers and alerts."""
