// Package langfusetest is a Langfuse server for tests: the public API that an
// exporter of traces talks to, with the checks, the answers and their order of
// the real one, and the view that the real one would store of what it accepts.
//
// It is as strict as Langfuse is unforgiving: text that arrives mangled, rows
// that one of its two storage paths would drop, buckets that do not add up and
// spans that come twice with different content are violations, which fail the
// test. The rules are those of the langfuse reference, sections 1 (API), 2
// (mapping), 3 (tokens and cost) and 8 (this server), for Langfuse 4.16; where
// versions differ Options.Version decides.
package langfusetest
