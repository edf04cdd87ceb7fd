"""What the migrations have made, for drift checks and catalogue tests; the SQL files do the work."""

from typing import Final

from sqlalchemy import MetaData

SCHEMA_VERSION: Final = "0001"

metadata: Final = MetaData()
