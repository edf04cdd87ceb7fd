"""Proving an erasure: words that occur nowhere else, the fields they go into, and bytes on disk."""
