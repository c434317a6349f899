//go:build !linux

package tracestore

import (
	"os"
	"testing"
)

func asOrdinaryUser(t *testing.T) {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere: run this test as another user")
	}
}
