// Package mcpserver answers an agent's questions about traces over the Model Context
// Protocol (https://modelcontextprotocol.io): a read-only door to the query room.
package mcpserver
