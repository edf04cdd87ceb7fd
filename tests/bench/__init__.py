"""Measurements, each a ratio within one run. Start: `nrem bench NAME`."""
