"""The embedded engines' launcher: what a one-machine installation runs without a system administrator.

It starts PostgreSQL from the binaries of a wheel, keeps it for as long as any process uses it, and
chooses the data folder. It never touches the content of the database and never widens the
permissions of a folder that it did not create.
"""

from api.embedded.folder import default_data_folder
from api.embedded.postgres import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "default_data_folder"]
