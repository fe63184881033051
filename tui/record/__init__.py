"""A record of a host in files that survive, written by one process and read by many."""
