"""Published facts: load, validate and cite them."""

from ketalab.data.bibliography import cite, references
from ketalab.data.claims import claim
from ketalab.data.tables import table

__all__ = ["cite", "claim", "references", "table"]
