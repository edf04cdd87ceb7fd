"""Routes by resource; `api.app` lists them."""
