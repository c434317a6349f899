// Package cumulative is the processor cumulative: it adds up the sums and
// histograms of single batches, such as signal_to_metrics makes, to running
// totals, and passes those on at an interval.
package cumulative

//go:generate go tool -modfile ../../internal/tools/go.mod mdatagen metadata.yaml
