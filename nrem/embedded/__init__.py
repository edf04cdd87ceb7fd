"""Postgres and Valkey from wheels, and the supervisor that runs every process of the system."""
