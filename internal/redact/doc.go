// Package redact finds and replaces sensitive text. It is plain Go and knows nothing of OpenTelemetry.
//
// One pass over a text classifies its bytes into four bit masks per 64 bytes (letters, digits, `_` and `-`, operators). Only
// a few positions in those masks start any work: operators (key and value notations), the beginnings of key words, runs
// of sixteen or more token characters (tokens with a public prefix), and the beginnings of digit groups (cards, phones, social
// security numbers). Every matcher that such a position starts looks a bounded distance back and ahead, so the time
// is linear in the length of the text, and a text without a finding allocates nothing.
//
// Findings are byte ranges with a rule. Overlapping ranges are united under the most specific rule, and one new string is
// built. A replacement never splits an escape sequence and never contains a quote or a backslash of its own accord, so
// that a JSON text stays a JSON text at any level of escaping.
package redact
