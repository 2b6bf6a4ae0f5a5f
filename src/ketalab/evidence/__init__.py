"""Published facts: load, validate and cite them."""

from ketalab.evidence.bibliography import cite, references
from ketalab.evidence.ledger import claim
from ketalab.evidence.tables import table

__all__ = ["cite", "claim", "references", "table"]
