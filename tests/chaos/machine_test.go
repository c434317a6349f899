//go:build linux

package chaos

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/clocktest"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// jumps of a clock, from the right time: a machine that woke up, a battery that is
// empty, a typing error of an administrator.
var jumps = []time.Duration{
	31 * 24 * time.Hour, -31 * 24 * time.Hour, time.Hour, -time.Hour, 400 * 24 * time.Hour, -20 * 365 * 24 * time.Hour, 0,
}

// TestClockJumps moves the collector's wall clock ahead and back, at a start and
// under load, with a retention of a week that looks every second. Nothing is
// deleted, and a jump of a month stands in the log.
func TestClockJumps(t *testing.T) {
	const clients = 3
	x := newTrial(t, 200, "exporters::libsql::retention: {max_age: 168h, interval: 1s}")
	x.launch()
	clock := x.attach()
	require.NoError(t, clock.Shift(-30*24*time.Hour))
	require.NoError(t, x.c.WaitHealthy(), "the collector's log:\n%s", x.c.Log())
	x.begin(clients, 60)
	x.await(20)
	require.NoError(t, clock.Shift(0)) // corrected
	x.await(100)
	for round := range longRounds(t, 1) {
		for _, by := range jumps {
			require.NoError(t, clock.Shift(by))
			x.await(60)
			if round%2 == 0 && by != 0 {
				continue
			}
			x.stop() // and starts at the wrong time
			x.launch()
			clock = x.attach()
			require.NoError(t, clock.Shift(by))
			require.NoError(t, x.c.WaitHealthy(), "the collector's log:\n%s", x.c.Log())
			x.await(60)
		}
	}
	require.NoError(t, clock.Shift(0))
	x.await(20)
	assert.True(t, regexp.MustCompile(`(?i)\twarn\t.*\bclock\b`).MatchString(x.logs()), "no line says that the clock has jumped")
	x.finish(bounds{duplicates: x.inFlight(clients)})
}

// attach takes over the clock of the collector that was just launched.
func (x *trial) attach() *clocktest.Clock {
	x.t.Helper()
	clock, err := clocktest.Attach(x.c.Pid())
	if err != nil {
		require.NoError(x.t, x.c.WaitHealthy(), "%v; the collector's log:\n%s", err, x.c.Log())
		x.t.Skipf("the clock of one process cannot be moved here: %v", err)
	}
	return clock
}

// TestDescriptors takes the collector's file descriptors away while it runs, and has
// clients connect anew. It takes requests again when it has some.
func TestDescriptors(t *testing.T) {
	const clients = 4
	x := newTrial(t, 200)
	x.load.timeout = 2 * time.Second
	x.start()
	x.begin(clients, 80)
	for round := range rounds(t, 3) {
		x.await(20)
		open := descriptors(t, x.c.Pid())
		limit(t, x.c.Pid(), uint64(max(3, open-x.random.IntN(6)+3)))
		conns := crowd(x.c.HTTP, 20)
		if round%3 == 1 {
			x.wires[0].set(t, cuts) // so that each attempt needs a connection
			x.wires[1].set(t, cuts)
		}
		x.pause(2 * time.Second)
		for _, conn := range conns {
			_ = syscall.Close(conn)
		}
		limit(t, x.c.Pid(), 4096)
		x.calm()
		if round%3 == 2 { // starts with few
			x.stop()
			x.launch()
			limit(t, x.c.Pid(), 40)
			if x.c.WaitHealthy() != nil {
				assert.Contains(t, x.c.Log(), "too many open files")
				x.ended()
				x.start()
			} else {
				limit(t, x.c.Pid(), 4096)
			}
		}
	}
	x.await(20)
	x.finish(bounds{duplicates: x.inFlight(clients)})
}

// descriptors are how many a process has open.
func descriptors(t testing.TB, pid int) int {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join("/proc", strconv.Itoa(pid), "fd"))
	require.NoError(t, err)
	return len(entries)
}

// limit sets how many descriptors a process may have.
func limit(t testing.TB, pid int, n uint64) {
	t.Helper()
	var before unix.Rlimit
	require.NoError(t, unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &before))
	require.NoError(t, unix.Prlimit(pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: min(n, before.Max), Max: before.Max}, nil))
}

// crowd opens connections that say nothing.
func crowd(url string, n int) (sockets []int) {
	port, _ := strconv.Atoi(url[strings.LastIndex(url, ":")+1:])
	for range n {
		socket, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return sockets
		}
		_ = unix.Connect(socket, &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}})
		sockets = append(sockets, socket)
	}
	return sockets
}

// TestFrozen stops the collector's process with SIGSTOP, as a debugger, a hypervisor
// or a laptop's lid does, for longer than its clients wait.
func TestFrozen(t *testing.T) {
	const clients = 4
	x := newTrial(t, 200)
	x.load.timeout = 300 * time.Millisecond
	x.start()
	x.begin(clients, 80)
	for range rounds(t, 4) {
		x.await(1 + x.random.IntN(20))
		require.NoError(t, x.c.Signal(syscall.SIGSTOP))
		x.pause(1500 * time.Millisecond)
		require.NoError(t, x.c.Signal(syscall.SIGCONT))
	}
	x.load.timeout = 10 * time.Second
	x.await(20)
	x.finish(bounds{duplicates: x.inFlight(clients)})
}

// TestTwoCollectorsOnOneFile: each takes load of its own into one store, and either
// is killed now and then.
func TestTwoCollectorsOnOneFile(t *testing.T) {
	const clients = 3
	x := newTrial(t, 200)
	x.start()
	other := x.beside(t, []string{"OTELCOL_TRACES_DB=file:" + x.c.TracesDB()})
	other.start()
	x.begin(clients, 50)
	other.begin(clients, 50)
	for round := range rounds(t, 2) {
		x.await(60)
		victim := []*trial{x, other}[round%2]
		victim.kill()
		victim.start()
	}
	other.endLoad()
	x.endLoad()
	other.stop()
	allowed := x.inFlight(clients) + other.kills*(10*perRequest+clients*6)
	x.finish(bounds{duplicates: allowed})
	x.scanner.scanFolder(t, other.dir)
	assert.Empty(t, x.scanner.findings(), "secrets are out")
}

// beside is another collector with the same destinations, ledger and files but a
// folder of its own.
func (x *trial) beside(t testing.TB, env []string) *trial {
	t.Helper()
	other := *x
	other.dir, other.kills, other.stops, other.log = t.TempDir(), 0, 0, strings.Builder{}
	other.random = rand.New(rand.NewPCG(x.ledger.seed, 2))
	other.load = &load{ledger: x.ledger, author: x.load.author, timeout: x.load.timeout, pause: x.load.pause}
	other.env = append(append([]string(nil), x.env...), env...)
	return &other
}

// TestTwoCollectorsOnOneQueue: the second on a folder of queues that is in use says
// so and harms nothing.
func TestTwoCollectorsOnOneQueue(t *testing.T) {
	const clients = 3
	x := newTrial(t, 200)
	x.start()
	x.begin(clients, 50)
	for range rounds(t, 1) {
		x.await(30)
		queue := filepath.Join(x.dir, "data", "queue")
		second := e2e.Launch(t, t.TempDir(), append(append([]string(nil), x.env...), "OTELCOL_QUEUE_DIR="+queue), x.args...)
		require.Error(t, second.WaitHealthy(), "two collectors share a queue")
		assert.Contains(t, second.Log(), queue, "the line names the queue's file")
		x.scanner.scan("the log", []byte(second.Log()))
	}
	x.await(30)
	x.finish(bounds{duplicates: x.inFlight(clients)})
}
