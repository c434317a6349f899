// Package mapping turns a span of any instrumentation into one that says the
// same in Langfuse's own attributes (langfuse.*), which mean the same on every
// version of the server. The rules are those of the langfuse reference,
// sections 2 and 3; Rules returns them as a table.
//
// What internal/genai reads is not read again here. The package adds the names
// of trace fields (user, session, tags, …), which an operator can change.
package mapping
