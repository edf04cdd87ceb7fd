"""Versioned schema changes; each file says whether it expands, deploys or contracts."""
