"""Routes as they are served: the configuration with providers, prices, breakers and translations in place."""
