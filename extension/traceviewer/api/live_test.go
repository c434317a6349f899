package api

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/extension/traceviewer/mount"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// Changes has a cursor that is a place in the log.
func (f *fake) Changes(_ context.Context, cursor string, filter query.TraceFilter) (query.Changes, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	if f.broken != nil {
		return query.Changes{}, f.broken
	}
	answer := query.Changes{Cursor: strconv.Itoa(len(f.log))}
	if cursor == "" {
		return answer, nil
	}
	from, err := strconv.Atoi(cursor)
	if err != nil || from > len(f.log) {
		return answer, query.ErrInvalid
	}
	for _, t := range f.log[from:] {
		if len(filter.Service) == 0 || slices.Contains(filter.Service, t.Service) {
			answer.Traces = append(answer.Traces, t)
		}
	}
	return answer, nil
}

func (f *fake) add(services ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range services {
		f.log = append(f.log, query.TraceSummary{TraceID: strconv.Itoa(len(f.log)), Service: s})
	}
}

func (f *fake) times() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked
}

// client listens.
type client struct {
	events  chan query.Changes
	other   chan string // names of other events, and comments
	close   func()
	id      string
	reading chan struct{}
}

func listen(t *testing.T, server, query_, lastID string) *client {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server+"/api/v1/live?"+query_, nil)
	require.NoError(t, err)
	if lastID != "" {
		request.Header.Set("Last-Event-ID", lastID)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Equal(t, "text/event-stream", response.Header.Get("Content-Type"))
	c := &client{events: make(chan query.Changes, 100), other: make(chan string, 100), reading: make(chan struct{})}
	c.close = func() { cancel(); response.Body.Close() }
	t.Cleanup(c.close)
	go func() {
		defer close(c.reading)
		name := ""
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			field, value, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case strings.HasPrefix(lines.Text(), ":"):
				c.other <- lines.Text()
			case field == "event":
				name = value
			case field == "data" && name == "changes":
				var changes query.Changes
				if json.Unmarshal([]byte(value), &changes) == nil {
					c.events <- changes
				}
			case field == "data":
				c.other <- name
			}
		}
	}()
	return c
}

const soon = 20 * time.Second

// next is the next event that has traces.
func (c *client) next(t *testing.T) []string {
	t.Helper()
	deadline := time.After(soon)
	for {
		select {
		case e := <-c.events:
			c.id = e.Cursor
			if len(e.Traces) == 0 {
				continue
			}
			var services []string
			for _, trace := range e.Traces {
				services = append(services, trace.Service)
			}
			return services
		case <-deadline:
			require.Fail(t, "no event in time")
		}
	}
}

// until waits for events with all of some services; they may be told twice, and others besides.
func (c *client) until(t *testing.T, services ...string) {
	t.Helper()
	for len(services) > 0 {
		told := c.next(t)
		services = slices.DeleteFunc(services, func(s string) bool { return slices.Contains(told, s) })
	}
}

// begins waits for the first event, which says where the client joined.
func (c *client) begins(t *testing.T) {
	t.Helper()
	select {
	case e := <-c.events:
		require.Empty(t, e.Traces)
		c.id = e.Cursor
	case <-time.After(soon):
		require.Fail(t, "no first event in time")
	}
}

func quick(source *fake, o LiveOptions) *Live {
	o.Interval = 2 * time.Millisecond
	return NewLive(source.Changes, source, o)
}

func TestListenersAreToldWhatTheirFilterLetsThrough(t *testing.T) {
	source := &fake{}
	source.add("before")
	live := quick(source, LiveOptions{})
	defer live.Close()
	server := serve(t, source, live)
	all, alsoAll, ofB := listen(t, server.URL, "", ""), listen(t, server.URL, "", ""), listen(t, server.URL, "service=b", "")
	for _, c := range []*client{all, alsoAll, ofB} {
		c.begins(t)
	}
	source.add("a")
	assert.Equal(t, []string{"a"}, all.next(t), "not what was before")
	alsoAll.until(t, "a")
	source.add("b")
	all.until(t, "b")
	assert.Equal(t, []string{"b"}, ofB.next(t), "not a")

	late := listen(t, server.URL, "", "")
	late.begins(t)
	source.add("c")
	late.until(t, "c")
}

func TestOneQuestionIsForAllAndNoneForNobody(t *testing.T) {
	source := &fake{}
	live := quick(source, LiveOptions{})
	defer live.Close()
	server := serve(t, source, live)
	assert.Zero(t, source.times())
	var clients []*client
	for range 20 {
		c := listen(t, server.URL, "", "")
		c.begins(t)
		clients = append(clients, c)
	}
	before := source.times()
	source.add("a")
	for _, c := range clients {
		c.next(t)
		c.close()
	}
	require.Eventually(t, func() bool { live.mu.Lock(); defer live.mu.Unlock(); return live.listeners == 0 && !live.polling }, soon, time.Millisecond)
	asked := source.times()
	assert.Positive(t, asked-before)
	source.add("b")
	assert.Never(t, func() bool { return source.times() > asked }, 50*time.Millisecond, 5*time.Millisecond, "nobody listens")

	again := listen(t, server.URL, "", "")
	again.begins(t)
	source.add("c")
	again.until(t, "c")
}

func TestAClientGoesOnWhereItWas(t *testing.T) {
	source := &fake{}
	live := quick(source, LiveOptions{})
	defer live.Close()
	server := serve(t, source, live)
	c := listen(t, server.URL, "", "")
	c.begins(t)
	source.add("a")
	c.next(t)
	c.close()
	source.add("b", "c")
	again := listen(t, server.URL, "", c.id)
	again.until(t, "b", "c")
	byCursor := listen(t, server.URL, "cursor="+c.id, "")
	byCursor.until(t, "b", "c")

	lost := listen(t, server.URL, "", "99") // of a store that was replaced
	select {
	case name := <-lost.other:
		if strings.HasPrefix(name, ":") {
			name = <-lost.other
		}
		assert.Equal(t, "reset", name)
	case <-time.After(soon):
		require.Fail(t, "no event")
	}
	lost.begins(t)
	source.add("d")
	lost.until(t, "d")
}

func TestAClientThatDoesNotReadIsDropped(t *testing.T) {
	source := &fake{}
	live := quick(source, LiveOptions{Buffer: 2})
	defer live.Close()
	// A client whose handler reads nothing: what a full connection comes to.
	slow, leave, err := live.join("", query.TraceFilter{})
	require.NoError(t, err)
	defer leave()
	server := serve(t, source, live)
	good := listen(t, server.URL, "", "")
	good.begins(t)
	for range 5 {
		source.add("a")
		good.next(t)
	}
	require.Eventually(t, func() bool {
		select {
		case _, open := <-slow.events:
			return !open
		default:
			return false
		}
	}, soon, time.Millisecond)
	source.add("b")
	good.until(t, "b") // the others go on
}

func TestListenersAndFiltersAreBounded(t *testing.T) {
	source := &fake{}
	live := quick(source, LiveOptions{Listeners: 3, Filters: 2})
	server := serve(t, source, live)
	first := listen(t, server.URL, "service=a", "")
	listen(t, server.URL, "service=b", "")
	status, body := fetch(t, server.URL+"/api/v1/live?service=c")
	assert.Equal(t, http.StatusServiceUnavailable, status, body)
	listen(t, server.URL, "service=b", "")
	status, _ = fetch(t, server.URL+"/api/v1/live?service=b")
	assert.Equal(t, http.StatusServiceUnavailable, status)
	first.close()
	require.Eventually(t, func() bool { live.mu.Lock(); defer live.mu.Unlock(); return live.listeners == 2 }, soon, time.Millisecond)
	last := listen(t, server.URL, "service=c", "")
	live.Close()
	select {
	case <-last.reading:
	case <-time.After(soon):
		assert.Fail(t, "a stop ends streams")
	}
	status, _ = fetch(t, server.URL+"/api/v1/live")
	assert.Equal(t, http.StatusServiceUnavailable, status)
	status, _ = fetch(t, server.URL+"/api/v1/live?servise=b")
	assert.Equal(t, http.StatusBadRequest, status)
}

func TestAQuietStreamHasHeartbeatsAndAStoreMayBeAway(t *testing.T) {
	source := &fake{}
	live := quick(source, LiveOptions{Heartbeat: 5 * time.Millisecond})
	defer live.Close()
	server := serve(t, source, live)
	c := listen(t, server.URL, "", "")
	c.begins(t)
	require.Eventually(t, func() bool { return <-c.other == ": still here" }, soon, time.Millisecond)
	set := func(err error) { source.mu.Lock(); defer source.mu.Unlock(); source.broken = err }
	set(mount.Unavailable{Sentence: "away"})
	asked := source.times()
	require.Eventually(t, func() bool { return source.times() > asked+3 }, soon, time.Millisecond)
	source.add("a")
	set(nil)
	c.until(t, "a") // what came meanwhile
	source.mu.Lock()
	source.log = source.log[:0] // the store was replaced: the cursor is of no use
	source.mu.Unlock()
	c.begins(t)
	source.add("b")
	c.until(t, "b")
}

// TestTheHeadOfAStreamEnds: there is nothing to follow, and no place of a listener is taken.
func TestTheHeadOfAStreamEnds(t *testing.T) {
	source := &fake{}
	live := quick(source, LiveOptions{Listeners: 1})
	defer live.Close()
	server := serve(t, source, live)
	for range 3 {
		client := http.Client{Timeout: soon}
		response, err := client.Head(server.URL + "/api/v1/live")
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		assert.Equal(t, http.StatusOK, response.StatusCode)
		assert.Equal(t, "text/event-stream", response.Header.Get("Content-Type"))
	}
	live.mu.Lock()
	defer live.mu.Unlock()
	assert.Zero(t, live.listeners)
}
