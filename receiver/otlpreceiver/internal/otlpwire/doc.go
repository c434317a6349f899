// Package otlpwire looks at the body of an OTLP request before it is decoded: what it
// would take in memory, how deep it is nested, and, for OTLP/JSON, its protobuf form.
//
// It knows OTLP from the descriptors of its protobuf packages,
// https://github.com/open-telemetry/opentelemetry-proto, so that a field which OTLP adds
// needs no line here.
package otlpwire
