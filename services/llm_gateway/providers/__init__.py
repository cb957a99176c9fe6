"""Providers: one adapter file each, all behind `base`."""
