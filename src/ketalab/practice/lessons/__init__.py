"""Practice material, one module per lesson."""
