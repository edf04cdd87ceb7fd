"""HTTP in, rows out: the write API, recall and the status routes; it never imports the worker."""
