"""Effect sizes and how they are pooled: numbers in, numbers out."""
