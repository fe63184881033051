"""All that is known of an incident in one file."""
