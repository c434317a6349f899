// Package pricing knows what a call to a language model costs. It holds a catalogue of list prices, finds the entry
// for a provider and a model as they are written on a span, and multiplies disjoint usage buckets by the prices that
// applied at the span's own time.
//
// Three rules decide every doubt. An unknown model has no price: the answer is a [Reason], never a zero and never a
// guess. A name only matches as a whole, or as a whole followed by a date or a version: "gpt-4o-mini-2024-07-18" is
// gpt-4o-mini, "gpt-4o-supermax" is nothing. A free or a local model is a known zero.
//
// The catalogue is built from layers, the last one wins: the embedded list (generated from genai-prices, see gen/),
// the embedded overlay with corrections of our own, and what an operator adds. A [Catalog] never changes after it is
// built; replacing one means building the next and swapping the pointer.
//
// The package imports nothing of the OpenTelemetry Collector.
package pricing

//go:generate npm --prefix gen run --silent generate
