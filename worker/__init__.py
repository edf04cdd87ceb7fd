"""Background work: the passes, the one runner that drives them, and the two ways it is woken."""
