"""nrem consolidates the memory of AI agents in the background, as sleep does for people."""

__version__ = "0.1.0"
