"""The workspace: an MCP server that reads, writes, checks and publishes files inside one folder."""
