// Package libsqlexporter is the exporter libsql: it stores traces in a SQLite
// or libSQL database, in the table that Mastra's server and Studio read and in
// typed tables for SQL.
package libsqlexporter

//go:generate go tool -modfile ../../internal/tools/go.mod mdatagen metadata.yaml
