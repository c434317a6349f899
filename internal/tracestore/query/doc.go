// Package query reads a trace store, a file or a libSQL server: the one reader behind
// the page, the APIs, MCP and the commands.
package query
