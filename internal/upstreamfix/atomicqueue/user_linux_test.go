package atomicqueue

import (
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// asOrdinaryUser takes the rights of root away from the test's own thread, for files:
// root may write everywhere.
func asOrdinaryUser(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	runtime.LockOSThread()
	require.NoError(t, unix.Setfsuid(65534))
	t.Cleanup(func() {
		require.NoError(t, unix.Setfsuid(0))
		runtime.UnlockOSThread()
	})
}
