package tracestore

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// press is a small disk to which applications write as fast as they can.
type press struct {
	t      *testing.T
	how    writing
	filler string
	child  *exec.Cmd
	input  io.Closer
	log    *bytes.Buffer
	read   chan struct{} // closed once all that the process has said is read

	mu      sync.Mutex
	acked   map[rune]map[int]int64 // when each was sent first
	taken   int
	refused int
	last    int
}

// start starts the process that writes.
func (p *press) start() {
	p.t.Helper()
	p.how.From = p.number() + 2*p.how.Clients // what was under way may be stored
	how, err := json.Marshal(p.how)
	require.NoError(p.t, err)
	p.child, p.log, p.read = exec.Command(os.Args[0]), new(bytes.Buffer), make(chan struct{})
	p.child.Env, p.child.Stderr = append(os.Environ(), writeFile+"="+string(how)), p.log
	p.input, err = p.child.StdinPipe()
	require.NoError(p.t, err)
	out, err := p.child.StdoutPipe()
	require.NoError(p.t, err)
	require.NoError(p.t, p.child.Start())
	go p.listen(out, p.read)
}

func (p *press) listen(out io.Reader, done chan struct{}) {
	defer close(done)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var kind rune
		var n int
		var us int64
		if _, err := fmt.Sscanf(lines.Text(), "%c %d %d", &kind, &n, &us); err != nil {
			continue // cut off by a kill
		}
		p.mu.Lock()
		if kind == refusal {
			p.refused++
		} else {
			p.acked[kind][n] = us
			p.taken++
			p.last = max(p.last, n)
		}
		p.mu.Unlock()
	}
}

func (p *press) number() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}

func (p *press) counts() (taken, refused int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.taken, p.refused
}

// end ends the process, by a kill or in an orderly way.
func (p *press) end(kill bool) error {
	if kill {
		_ = p.child.Process.Kill()
	} else {
		_ = p.input.Close()
	}
	<-p.read
	return p.child.Wait()
}

// await waits until so many more are taken. However long that lasts in all, one is
// taken within the patience.
func (p *press) await(more int) {
	p.t.Helper()
	const patience = time.Minute
	begin, _ := p.counts()
	last, since := begin, time.Now()
	for last < begin+more {
		select {
		case <-p.read:
			p.t.Fatalf("the process has ended: %v\n%s", p.child.Wait(), p.log)
		case <-time.After(5 * time.Millisecond):
		}
		if n, _ := p.counts(); n > last {
			last, since = n, time.Now()
		} else if time.Since(since) > patience {
			room := measureRoom(p.how.Path)
			_ = p.end(true)
			p.t.Fatalf("the store is stuck: %d of %d more are taken, with %+v\n%s", last-begin, more, room, p.log)
		}
	}
}

// full fills the disk until that is noticed, or room within the file takes what comes.
func (p *press) full() {
	p.t.Helper()
	fillDisk(p.t, p.filler)
	taken, refused := p.counts()
	require.Eventually(p.t, func() bool {
		t, r := p.counts()
		return t > taken+200 || r > refused+p.how.Clients
	}, time.Minute, 5*time.Millisecond)
}

func (p *press) room() { require.NoError(p.t, os.Remove(p.filler)) }

// presses are what others do to the disk meanwhile, and to the process.
var presses = map[string]func(p *press){
	"alone": func(*press) {},
	"killed": func(p *press) {
		_ = p.end(true)
		p.start()
	},
	"filled by others": func(p *press) {
		p.full()
		p.room()
	},
	"filled by others, again and again": func(p *press) {
		for range 5 {
			p.full()
			p.room()
			p.await(1)
		}
	},
	"filled by others, stopped": func(p *press) {
		p.full()
		if err := p.end(false); err != nil {
			assert.Contains(p.t, p.log.String(), "no room")
		}
		p.room()
		p.start()
	},
	"filled by others, killed": func(p *press) {
		p.full()
		_ = p.end(true)
		p.room()
		p.start()
	},
	"filled by others, started while it is full": func(p *press) {
		p.full()
		_ = p.end(true)
		p.start()
		select { // it works, or ends with the reason
		case <-p.read:
			_ = p.child.Wait()
			assert.Contains(p.t, p.log.String(), "no room")
			p.room()
			p.start()
			return
		case <-time.After(50 * time.Millisecond): // a kill comes at any moment
		}
		p.room()
		_ = p.end(true)
		p.start()
	},
}

// moreRounds has TestADiskThatIsFullComesBack take all disks, each for so many times as long.
const moreRounds = "TRACESTORE_MORE_ROUNDS"

// TestADiskThatIsFullComesBack writes to small disks, several times what they have room
// for. Whatever happens meanwhile, the store comes to take what is sent again as soon as
// it alone has the disk, and what was taken goes from the oldest on only.
func TestADiskThatIsFullComesBack(t *testing.T) {
	times := 1
	disks := []struct{ mib, bytes, clients, rounds int }{
		{16, 80_000, 40, 2}, {96, 80_000, 40, 1}, {24, 400_000, 40, 2}, {16, 2_000_000, 24, 2}, {200, 1_000_000, 20, 1},
	}
	if long, err := strconv.Atoi(os.Getenv(moreRounds)); err == nil {
		times = long
	} else if underRace {
		disks = disks[:1]
	} else {
		disks = disks[:2]
	}
	for _, test := range disks {
		for name, meanwhile := range presses {
			t.Run(fmt.Sprintf("%d MiB, traces of %d bytes, %s", test.mib, test.bytes, name), func(t *testing.T) {
				onSmallDisk(t, test.mib, func(t *testing.T, dir string) {
					t.Helper()
					p := &press{
						t: t, how: writing{Path: filepath.Join(dir, "traces.db"), Bytes: test.bytes, Clients: test.clients},
						filler: filepath.Join(dir, "filler"), acked: map[rune]map[int]int64{tookTrace: {}, tookLog: {}},
					}
					p.start()
					defer func() { _ = p.child.Process.Kill() }()
					part := min(2*test.mib<<20/test.bytes, 4000) // a trace and a log record for each
					for range test.rounds * times {
						p.await(part)
						meanwhile(p)
						p.await(20)
					}
					p.await(part)
					require.NoError(t, p.end(false), p.log)
					p.assertStored()
				})
			})
		}
	}
}

// assertStored asserts that nothing is missing that came after the oldest that is
// stored.
func (p *press) assertStored() {
	p.t.Helper()
	s := openTestStoreAt(p.t, p.how.Path)
	assert.Equal(p.t, "ok", s.value(`PRAGMA integrity_check`))
	s.assertWhole(1)
	for kind, query := range map[rune][2]string{
		tookTrace: {`SELECT trace_id FROM otel_traces`, `SELECT min(last_seen_us) FROM otel_traces`},
		tookLog:   {`SELECT key FROM otel_logs`, `SELECT min(inserted_us) FROM otel_logs`},
	} {
		stored := map[string]bool{}
		for _, row := range s.rows(query[0]) {
			stored[row[0].(string)] = true
		}
		require.NotEmpty(p.t, stored)
		oldest := s.value(query[1]).(int64)
		lost := 0
		for n, sent := range p.acked[kind] {
			id := traceID(n)
			if kind == tookLog {
				id = testLog(n).Key
			}
			if !stored[id] && sent > oldest {
				lost++
			}
		}
		p.t.Logf("%d acknowledged %q, %d stored, %d attempts refused", len(p.acked[kind]), kind, len(stored), p.refused)
		assert.Zero(p.t, lost, "of %d acknowledged %q, %d stored", len(p.acked[kind]), kind, len(stored))
	}
	require.NoError(p.t, s.Close(context.Background()))
}
