//go:build !linux

package atomicqueue

import "testing"

// asOrdinaryUser does nothing: tests are not run as root here.
func asOrdinaryUser(*testing.T) {}
