"""What needs a person: rules as data, judged over a view of the host and what came before."""
