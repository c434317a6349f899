//go:build linux

package chaos

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestKills kills the collector at random moments: while it starts, under load, while
// destinations are away. What was acknowledged arrives everywhere; the store has it
// once, the others at least once.
func TestKills(t *testing.T) {
	const clients = 6
	x := newTrial(t, 200)
	x.start()
	x.begin(clients, 150)
	for range rounds(t, 6) {
		for _, w := range x.wires {
			w.set(t, trouble(x.random.IntN(int(proxyPage)))) // without a page of HTML, which TestFlapping has
		}
		switch x.random.IntN(4) {
		case 0: // while it starts, or soon after
			x.pause(400 * time.Millisecond)
		default:
			x.await(1 + x.random.IntN(60))
		}
		x.kill()
		x.launch()
	}
	require.NoError(t, x.c.WaitHealthy(), "the collector's log:\n%s", x.c.Log())
	x.await(20)
	x.finish(bounds{duplicates: x.inFlight(clients)})
}

// TestFlapping has each destination come and go in all its ways, under load, with
// reloads and stops and without a kill. Nothing is lost, and nothing comes twice but what a destination
// took without an answer.
func TestFlapping(t *testing.T) {
	const clients = 4
	x := newTrial(t, 200)
	x.start()
	x.begin(clients, 100)
	for round := range longRounds(t, 2) * int(troubles) {
		x.wires[0].set(t, trouble(round%int(troubles)))
		x.wires[1].set(t, trouble(x.random.IntN(int(troubles))))
		x.await(1 + x.random.IntN(40))
		switch round % 10 {
		case 4: // with the same configuration, which a destination that hangs holds up
			x.reloads++
			require.NoError(t, x.c.Reload())
		case 9:
			x.stop()
			x.start()
		}
	}
	for state := range troubles {
		if state != refuses && x.wires[0].seen(state) == 0 {
			t.Logf("no request met a destination that %v", state)
		}
	}
	x.calm()
	x.finish(bounds{duplicates: x.inFlight(clients)})
}
