// Package tokencount estimates how many tokens a text has for a model. It
// counts with OpenAI's own vocabularies, which are part of the binary, and
// scales the count for models of other families. It knows nothing of
// OpenTelemetry.
package tokencount
