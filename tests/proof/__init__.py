"""The proof of an erasure: a whole system with canaries in every field, before and after."""
