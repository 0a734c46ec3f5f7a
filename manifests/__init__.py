"""The capability manifest and the risk policy that ship with the product, and their schemas."""
