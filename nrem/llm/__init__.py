"""The model floor: sentence vectors and the seam behind which an LLM proposes.

Nothing here opens a transaction or writes a row; heavy libraries are imported inside the adapters.
"""
