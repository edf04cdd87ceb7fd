"""The only home of SQL: one noun a module, one statement a file in `sql/`.

Functions are synchronous, take a Connection whose transaction `engine.begin` opened, and never
commit. The org comes from that transaction; every statement names it once more.
"""
