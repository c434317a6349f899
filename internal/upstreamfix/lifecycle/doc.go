// Package lifecycle runs the Collector: its start, its reloads, its stop.
//
// It mends three things of otelcol.Collector
// (https://github.com/open-telemetry/opentelemetry-collector/blob/v0.155.0/otelcol/collector.go):
//
//   - On SIGHUP it stops every component before it reads the configuration, and ends
//     where that does not start: https://github.com/open-telemetry/opentelemetry-collector/issues/11817.
//     Here the new configuration is tried first, in a process of its own, while the old
//     one serves. A refused one changes nothing. Where a start fails all the same, the
//     last configuration that ran is started again.
//   - A stop waits for each component, without a bound: one destination that hangs holds
//     up all others. Here it ends after a limit; a reload that is held up so puts the
//     process in its own place.
//   - Signals are lost where it does not listen: before it runs, during a reload.
//
// A collector runs one configuration. Reloading is stopping it and running another, by
// its public methods alone. Of signals it must not hear SIGHUP, for which it always
// listens once it runs: see deafen.
//
// Delete when upstream tries a configuration before it stops the old one, bounds the
// stop, and can be told not to listen for SIGHUP.
package lifecycle
