// Package genai reads what GenAI instrumentations write on spans into one
// typed view: the kind of operation, provider and models, token usage in
// disjoint buckets, content, session, user, agent, tool and cost.
//
// It is the only package of this repository that knows foreign attribute
// names. All of them stand in tables, in vocabulary*.go, each with the
// instrumentation that writes it: attributes of their own, places inside
// objects that are the value of an attribute (vocabulary_detail.go), and names
// without a namespace, which are read on one program's telemetry only (bare.go).
// What an instrumentation means by its numbers, where the numbers themselves do
// not tell, stands in the table of profile.go.
//
// The census (testdata/census, TestCensus) holds the tables to the names that
// instrumentations are known to write: each is read, or is on a list with the reason
// why it is not.
//
// Adding an instrumentation is adding rows, its names in the census, and a fixture. Fixtures of what
// packages really send are written by tests/clients/capture into testdata;
// testdata/written.json has spans of instrumentations that cannot be run here,
// written after their documentation and sources.
package genai
