"""Screens on a web page."""
