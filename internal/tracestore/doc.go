// Package tracestore keeps traces of LLM applications in a SQLite or libSQL
// database and reads them back. It is the only package of this repository that
// holds SQL.
//
// A span is stored once, in three rows that share its trace and span id:
//
//   - mastra_ai_spans holds the payload (input, output, attributes, metadata,
//     error, links) with exactly the columns that @mastra/libsql creates, so
//     that Mastra's server and Studio read it as their own;
//   - otel_spans holds what is asked for most (times, type, model, tokens,
//     cost, session, …) in narrow typed columns;
//   - otel_span_data holds the rest of the OTLP span, so that a trace can be
//     read back as it came in. A large value that already stands in a column of
//     mastra_ai_spans is referred to there, not stored again.
//
// otel_traces sums a trace up. Everything of one Write is one transaction, and
// Write returns after its COMMIT.
package tracestore
