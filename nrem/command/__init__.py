"""What each command of `nrem` does, over HTTP wherever a caller could do the same."""
