// Package traceviewer is the extension trace_viewer: a page to look at stored traces,
// and its API. It only reads, and listens on this machine only, unless clients have to
// authenticate.
package traceviewer

//go:generate go tool -modfile ../../internal/tools/go.mod mdatagen metadata.yaml
