package refusal

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// clock is a ledger's time.
type clock struct{ at time.Time }

func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }

func ledger(config Config) (*Ledger, *clock) {
	c := &clock{time.Unix(1_800_000_000, 0)}
	l := NewLedger(config)
	l.now = func() time.Time { return c.at }
	return l, c
}

func key(name string) Key { return KeyOf([]byte(name)) }

func refused(l *Ledger, k Key, bounded bool) string {
	givenUp, _ := l.Refused(k, bounded)
	return givenUp
}

func take(l *Ledger, name string) { l.Taken(func() Key { return key(name) }) }

// TestADestinationThatIsAway: nothing is given up while nothing is taken, however
// long that lasts, nor on its return.
func TestADestinationThatIsAway(t *testing.T) {
	l, c := ledger(DefaultConfig())
	for range 10_000 {
		require.Empty(t, refused(l, key("a"), false))
		require.Empty(t, refused(l, key("b"), false))
		c.pass(time.Minute)
	}
	take(l, "a")
	assert.Empty(t, refused(l, key("b"), false), "one more failure")
	take(l, "b")
	assert.Empty(t, l.refused)
}

// TestARequestThatAloneIsRefused is given up after the attempts and the time, which
// begin when others are taken.
func TestARequestThatAloneIsRefused(t *testing.T) {
	l, c := ledger(DefaultConfig())
	for range 1000 {
		require.Empty(t, refused(l, key("poison"), false))
		c.pass(time.Minute)
	}
	attempts := 0
	for ; ; attempts++ {
		take(l, strconv.Itoa(attempts))
		if why := refused(l, key("poison"), false); why != "" {
			assert.Equal(t, "1061 attempts in 17h40m0s while others were taken", why)
			break
		}
		c.pass(time.Minute)
	}
	assert.Equal(t, 60, attempts, "an hour")
	assert.Empty(t, refused(l, key("poison"), false), "it begins anew")
}

// TestOthersMustBeTaken in between: attempts without that are those of an outage.
func TestOthersMustBeTaken(t *testing.T) {
	l, c := ledger(Config{Alone: AloneConfig{Attempts: 3, ElapsedTime: time.Minute}})
	require.Empty(t, refused(l, key("a"), false))
	take(l, "b")
	for range 100 {
		require.Empty(t, refused(l, key("a"), true))
		c.pass(time.Minute)
	}
}

// TestDoubtfulAnswersAreBounded from the first on; others are not.
func TestDoubtfulAnswersAreBounded(t *testing.T) {
	l, c := ledger(Config{MaxElapsedTime: time.Hour})
	require.Empty(t, refused(l, key("a"), true))
	c.pass(59 * time.Minute)
	require.Empty(t, refused(l, key("a"), true))
	c.pass(time.Minute)
	require.Empty(t, refused(l, key("b"), true))
	assert.Empty(t, refused(l, key("a"), false), "this answer is none of those")
	assert.Equal(t, "4 attempts in 1h0m0s", refused(l, key("a"), true))
	assert.Len(t, l.refused, 1)

	l, c = ledger(Config{})
	require.Empty(t, refused(l, key("a"), true))
	c.pass(10_000 * time.Hour)
	assert.Empty(t, refused(l, key("a"), true), "as long as it takes")
}

// TestALedgerIsBounded: the request that was refused first is forgotten.
func TestALedgerIsBounded(t *testing.T) {
	l, _ := ledger(DefaultConfig())
	for n := range 3 * maxRequests {
		require.Empty(t, refused(l, key(strconv.Itoa(n)), true))
	}
	assert.Len(t, l.refused, maxRequests)
	assert.Equal(t, maxRequests, l.order.Len())
	assert.NotContains(t, l.refused, key("0"))
}

// TestEveryStatus has one meaning at most.
func TestEveryStatus(t *testing.T) {
	doubtful := map[int]bool{500: true, 505: true, 506: true, 508: true, 510: true, 520: true, 528: true, 561: true, 598: true, 599: true}
	for _, away := range []int{429, 502, 503, 504, 507, 509, 511, 521, 522, 523, 524, 525, 526, 527, 529, 530} {
		assert.False(t, IsDoubtful(away), away)
	}
	for status := 100; status < 500; status++ {
		assert.False(t, IsDoubtful(status), status)
		assert.Equal(t, status/100 == 3, IsRedirect(status), status)
	}
	for status := range doubtful {
		assert.True(t, IsDoubtful(status), status)
	}
	for _, status := range AwayStatus() {
		assert.NotContains(t, AddressStatus(), status)
	}
}

func TestIsPage(t *testing.T) {
	for _, test := range []struct {
		contentType, body string
		page              bool
	}{
		{"text/html; charset=utf-8", "", true},
		{"application/xhtml+xml", "", true},
		{"", "\n <!DOCTYPE html><title>Sign in</title>", true},
		{"text/plain", "<html><body>", true},
		{"application/json", "<html>", false},
		{"application/x-protobuf", "", false},
		{"text/plain", "OK", false},
		{"", "", false},
	} {
		assert.Equal(t, test.page, IsPage(test.contentType, []byte(test.body)), test)
	}
}

func TestConfigErrorsNameTheKey(t *testing.T) {
	config := DefaultConfig()
	require.NoError(t, config.Validate())
	config = Config{MaxElapsedTime: -1, Alone: AloneConfig{Attempts: -1, ElapsedTime: -1}}
	err := config.Validate()
	require.ErrorContains(t, err, "max_elapsed_time: -1ns is negative")
	require.ErrorContains(t, err, "alone::attempts: -1 is negative")
	assert.ErrorContains(t, err, "alone::elapsed_time: -1ns is negative")
}
