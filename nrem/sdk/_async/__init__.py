"""The client, written by hand; the other half is made from it (python -m tests.sdk.halves)."""
