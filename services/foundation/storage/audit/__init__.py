"""The audit: what was done, by whom and from where; chained, so that what is changed later is found."""
