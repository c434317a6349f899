// Package check finds what a valid configuration does that its operator regrets
// later, and says which ways data takes out of the process. It reads configurations
// as the collector resolves them and starts nothing.
package check
