"""The figures of a host for other programs: Prometheus, CSV, lines of JSON."""
