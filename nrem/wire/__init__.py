"""What goes over HTTP: fields and their limits, requests, answers."""
