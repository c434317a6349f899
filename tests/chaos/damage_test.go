//go:build linux

package chaos

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// damages are what becomes of files: by a disk that fails, a restored backup, an
// operator's mistake.
var damages = []struct {
	name string
	do   func(r *rand.Rand, content []byte) []byte
}{
	{"is cut", func(r *rand.Rand, content []byte) []byte { return content[:r.IntN(len(content)+1)] }},
	{"is empty", func(_ *rand.Rand, _ []byte) []byte { return nil }},
	{"has a page of zeros", func(r *rand.Rand, content []byte) []byte {
		clear(page(r, content))
		return content
	}},
	{"has a page of noise", func(r *rand.Rand, content []byte) []byte {
		noise(r, page(r, content))
		return content
	}},
	{"begins with a page of noise", func(r *rand.Rand, content []byte) []byte {
		noise(r, content[:min(4096, len(content))])
		return content
	}},
	{"is all zeros", func(_ *rand.Rand, content []byte) []byte {
		clear(content)
		return content
	}},
	{"has a few bits flipped", func(r *rand.Rand, content []byte) []byte {
		for range 8 {
			content[r.IntN(len(content))] ^= 1 << r.IntN(8)
		}
		return content
	}},
	{"goes on with noise", func(r *rand.Rand, content []byte) []byte {
		more := make([]byte, 1+r.IntN(9000))
		noise(r, more)
		return append(content, more...)
	}},
}

// page is one of a file's pages of 4 KiB.
func page(r *rand.Rand, content []byte) []byte {
	at := r.IntN((len(content)+4095)/4096) * 4096
	return content[at:min(at+4096, len(content))]
}

func noise(r *rand.Rand, into []byte) {
	for i := range into {
		into[i] = byte(r.Uint32())
	}
}

// kept are the files with what was acknowledged, and how a line of the log names them.
// One request of a queue that is damaged is named by its exporter and signal.
var kept = []struct {
	file string
	line *regexp.Regexp
}{
	{"traces.db", regexp.MustCompile(`traces\.db`)},
	{"traces.db-wal", regexp.MustCompile(`traces\.db`)},
	{"queue/exporter_otlp_http__traces", regexp.MustCompile(`exporter_otlp_http__traces|queue.*"exporter": "otlp_http", "signal": "traces"`)},
	{"queue/exporter_langfuse__traces", regexp.MustCompile(`exporter_langfuse__traces|queue.*"exporter": "langfuse", "signal": "traces"`)},
}

var panicLine = regexp.MustCompile(`(?m)^(panic|fatal error|goroutine \d)`)

// TestDamagedFiles damages a file of a collector that was killed or stopped: of the
// store, its write-ahead log, a queue. The next one goes on, or ends and names the
// file. Nothing is lost without a line that names it, and once the file is out of the
// way the collector runs.
func TestDamagedFiles(t *testing.T) {
	first := rand.IntN(1000) // so that short runs do not all see the same
	for round := range rounds(t, 5) {
		n := first + round
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			of := kept[n%len(kept)]
			damaged(t, of.file, of.line, n/len(kept), n/len(kept)/len(damages)%2 == 0)
		})
	}
}

func damaged(t *testing.T, name string, line *regexp.Regexp, kind int, quarantine bool) {
	t.Helper()
	onCorruption := map[bool]string{true: "quarantine", false: "fail"}[quarantine]
	x := newTrial(t, 500, "exporters::libsql::file: {on_corruption: "+onCorruption+"}")
	x.quiet = 4 * time.Second // something is lost in most rounds
	x.start()
	x.begin(3, 100)
	if strings.HasPrefix(name, "queue/") {
		for _, w := range x.wires {
			w.set(t, unavailable) // so that there is something in it
		}
	}
	x.await(40)
	x.endLoad()
	if strings.HasSuffix(name, "-wal") || x.random.IntN(2) == 0 {
		x.kill()
	} else {
		x.stop() // a store that was closed in order has no write-ahead log
	}
	file := filepath.Join(x.dir, "data", name)
	damage := damages[kind%len(damages)]
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NotEmpty(t, content, name)
	require.NoError(t, os.WriteFile(file, damage.do(x.random, content), 0o600))
	t.Logf("%s %s (on_corruption: %s)", name, damage.name, onCorruption)
	x.launch()
	if err := x.c.WaitHealthy(); err != nil {
		t.Log("the collector does not start with it")
		assert.True(t, line.MatchString(x.c.Log()), "no line names the file: %s", tail(x.c.Log()))
		assert.NotRegexp(t, panicLine, tail(x.c.Log()))
		x.ended()
		x.aside(file)
		x.start()
	}
	x.begin(3, 100)
	x.await(20)
	x.endLoad()
	x.calm()
	x.settle()
	x.stop()
	x.scanner.scanFolder(t, x.dir)
	store := filepath.Join(x.dir, "data", "traces.db")
	db := openStore(t, store)
	defer db.Close()
	err = countItems(t, db, x.store)
	lost := 0
	for _, c := range x.judge(bounds{duplicates: x.inFlight(3) + 1000, lossNamed: true}) {
		lost += c.lost
	}
	if lost > 0 || err != nil {
		assert.True(t, line.MatchString(x.logs()), "%d items are lost (%v) without a line", lost, err)
	}
}

// aside moves a file out of the way, as the line of a collector that does not start
// tells its operator to; of the store also what belongs to it.
func (x *trial) aside(file string) {
	x.t.Helper()
	base := strings.TrimSuffix(file, "-wal")
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(base+suffix, base+suffix+".aside-"+time.Now().Format("150405")); !os.IsNotExist(err) {
			require.NoError(x.t, err)
		}
	}
}
