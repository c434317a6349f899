// Package jaeger answers Jaeger's query API from the trace store, so that jaeger-ui and
// Grafana's Jaeger data source read it: the routes of Jaeger 1 with its own JSON, and
// those of version 3 with OTLP JSON. Beside the attributes that an instrumentation has
// written, spans have the names of the OpenTelemetry conventions for GenAI.
//
// https://www.jaegertracing.io/docs/latest/architecture/apis/ describes the API.
package jaeger
