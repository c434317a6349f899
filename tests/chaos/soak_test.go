//go:build linux

package chaos

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sample is what a collector needs at a moment.
type sample struct {
	memory      int // resident, bytes
	descriptors int
	goroutines  int
	queue       int // bytes on disk
	wal         int
}

// usages are what may not grow, and by how much it may differ from the beginning of a
// collector's life to its end.
var usages = []struct {
	name  string
	of    func(sample) int
	slack func(early int) int
}{
	{"resident memory", func(s sample) int { return s.memory }, func(early int) int { return early/2 + 48<<20 }},
	{"descriptors", func(s sample) int { return s.descriptors }, func(int) int { return 24 }},
	{"goroutines", func(s sample) int { return s.goroutines }, func(int) int { return 60 }},
	{"queues on disk", func(s sample) int { return s.queue }, func(early int) int { return early + 16<<20 }},
	{"write-ahead log", func(s sample) int { return s.wal }, func(early int) int { return early + 32<<20 }},
}

// lives are how often the collector is started anew within a soak.
const lives = 4

// TestSoak has a steady load for SOAK (12s) on a collector whose destinations come
// and go, which is killed or stopped three times, and whose store somebody reads all
// the while. Nothing is lost, and within each life memory, descriptors, goroutines
// and disk do not grow.
func TestSoak(t *testing.T) {
	const clients = 4
	length := 12 * time.Second
	if text := os.Getenv("SOAK"); text != "" {
		var err error
		length, err = time.ParseDuration(text)
		require.NoError(t, err)
	}
	// No span is deleted, so that each can be counted at the end.
	x := newTrial(t, 200, "exporters::libsql::retention: {max_age: 0s, max_size: 0}")
	x.start()
	x.begin(clients, float64(number(t, "SOAK_RATE", 25)))
	x.await(10)
	reading, stopReading := context.WithCancel(t.Context())
	db := openStore(t, x.c.TracesDB())
	defer db.Close()
	read := make(chan int)
	go func() { read <- readOn(reading, t, db) }()
	for life := range lives {
		samples := x.live(length / lives)
		x.compare(life, samples)
		x.calm()
		if life == lives-1 {
			break
		}
		if life%2 == 0 {
			x.kill()
		} else {
			x.stop()
		}
		x.start()
	}
	stopReading()
	t.Logf("%d reading transactions", <-read)
	x.finish(bounds{duplicates: x.inFlight(clients)})
}

// live lets a collector live for so long, with destinations that come and go for two
// thirds of the time, and samples it.
func (x *trial) live(length time.Duration) (samples []sample) {
	x.t.Helper()
	every := min(10*time.Second, length/20)
	for end, n := time.Now().Add(length), 0; time.Now().Before(end); n++ {
		<-time.After(every)
		for _, w := range x.wires {
			state := fine
			if n%3 != 2 {
				state = trouble(x.random.IntN(int(troubles)))
			}
			w.set(x.t, state)
		}
		x.scanner.scanURL("metrics", x.c.Metrics)
		samples = append(samples, x.sample())
	}
	return samples
}

var (
	residentLine  = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)
	goroutineLine = regexp.MustCompile(`goroutine profile: total (\d+)`)
)

func (x *trial) sample() (s sample) {
	x.t.Helper()
	s.descriptors = descriptors(x.t, x.c.Pid())
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(x.c.Pid()), "status"))
	require.NoError(x.t, err)
	s.memory = first(x.t, residentLine, string(status)) << 10
	if response, err := http.Get(x.c.PProf + "/debug/pprof/goroutine?debug=1"); err == nil {
		text, _ := io.ReadAll(response.Body)
		response.Body.Close()
		s.goroutines = first(x.t, goroutineLine, string(text))
	}
	require.NoError(x.t, filepath.WalkDir(filepath.Join(x.dir, "data"), func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		switch {
		case os.IsNotExist(err):
			return nil
		case err != nil:
			return err
		case strings.HasSuffix(file, "-wal"):
			s.wal += int(info.Size())
		case filepath.Base(filepath.Dir(file)) == "queue":
			s.queue += int(info.Size())
		}
		return nil
	}))
	return s
}

func first(t testing.TB, line *regexp.Regexp, text string) int {
	t.Helper()
	found := line.FindStringSubmatch(text)
	require.NotNil(t, found, "%v", line)
	n, err := strconv.Atoi(found[1])
	require.NoError(t, err)
	return n
}

// compare holds the last quarter of a life to its second: the first is the start.
func (x *trial) compare(life int, samples []sample) {
	x.t.Helper()
	require.GreaterOrEqual(x.t, len(samples), 4)
	quarter := len(samples) / 4
	var report []string
	for _, usage := range usages {
		early, late := median(samples[quarter:2*quarter], usage.of), median(samples[len(samples)-quarter:], usage.of)
		report = append(report, fmt.Sprintf("%s %d to %d", usage.name, early, late))
		assert.LessOrEqual(x.t, late, early+usage.slack(early), "life %d: %s grow", life, usage.name)
	}
	text := fmt.Sprintf("%s: life %d, from its second quarter to its last: %s", x.t.Name(), life+1, strings.Join(report, ", "))
	x.t.Log(text)
	x.record(text + "\n")
}

func median(samples []sample, of func(sample) int) int {
	values := make([]int, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// readOn reads a store in transactions of some seconds, one after the other, as a
// program that shows it does, and returns how many it had.
func readOn(ctx context.Context, t testing.TB, db *sql.DB) (n int) {
	t.Helper()
	for ctx.Err() == nil {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			continue // the context has ended
		}
		var spans int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM otel_spans").Scan(&spans); err != nil && ctx.Err() == nil {
			t.Errorf("a reader of the store: %v", err)
		}
		sleep(ctx, 3*time.Second)
		_ = tx.Rollback()
		n++
		sleep(ctx, time.Second)
	}
	return n
}
