"""Measurements against a plain baseline page, printed as ratios; nothing here passes or fails on a clock."""
