"""Texts of reports: where a figure stands in them."""
