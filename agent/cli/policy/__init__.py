"""The risk policy at the command line: tried on cases, explained, and held against the plans that are stored."""
