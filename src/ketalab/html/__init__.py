"""Strings for pages: claims to open, sort, filter and grade."""
