"""Time: which pass is due when, and the process that turns instants into ticks and nudges."""
