//go:build !linux

package trial

// HeldBy takes every port to be held by the process: the start finds out.
func HeldBy(int) func(network, address string) bool {
	return func(string, string) bool { return true }
}
