"""The sync half of the client, made from the async one; do not edit."""
