"""What should happen to memories, as pure functions of values: no clock, no I/O, no randomness.

Every function takes what it needs (`now` included) and gives the same answer for the same
arguments, so a pass that runs twice, late or in another process decides the same.
"""
