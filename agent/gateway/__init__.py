"""The door to MCP servers."""
