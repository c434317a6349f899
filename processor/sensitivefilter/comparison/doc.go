// Command comparison measures sensitive_filter beside the redaction processor of the Collector's contrib repository and the
// SensitiveDataFilter of Mastra: how much of a set of made-up secrets and personal data each removes, how many harmless texts it
// changes, and how long it takes. All three get the same texts, in the same place: the value of an attribute.
//
//	go run ./processor/sensitivefilter/comparison
//
// Mastra's filter runs under Node, from the npm package @mastra/observability, which is installed into a temporary directory. Without Node, or
// with -mastra=false, its row is left out. The speed of the Go ones is a benchmark:
//
//	go test -run xxx -bench . ./processor/sensitivefilter/comparison
package main
