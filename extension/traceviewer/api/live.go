package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/otelcol-llm/otelcol-llm/extension/traceviewer/mount"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query/params"
)

// LiveOptions are bounds; zero ones are the defaults.
type LiveOptions struct {
	Interval     time.Duration // between questions; 300ms
	Heartbeat    time.Duration // between comments where nothing changes; 15s
	WriteTimeout time.Duration // that a client may take to read an event; 10s
	Listeners    int           // 200
	Filters      int           // different ones of listeners; 32
	Buffer       int           // events that a client may be behind; 16
}

func (o LiveOptions) withDefaults() LiveOptions {
	for _, d := range []struct {
		value *time.Duration
		unset time.Duration
	}{{&o.Interval, 300 * time.Millisecond}, {&o.Heartbeat, 15 * time.Second}, {&o.WriteTimeout, 10 * time.Second}} {
		if *d.value == 0 {
			*d.value = d.unset
		}
	}
	for _, d := range []struct {
		value *int
		unset int
	}{{&o.Listeners, 200}, {&o.Filters, 32}, {&o.Buffer, 16}} {
		if *d.value == 0 {
			*d.value = d.unset
		}
	}
	return o
}

// Live asks the store what has changed, once for all who listen, as long as somebody does.
// Where something has, it asks once more for each filter that a listener has.
type Live struct {
	poller  Changes
	source  query.Source // for those who come again
	options LiveOptions
	ctx     context.Context
	cancel  context.CancelFunc
	wait    sync.WaitGroup

	mu        sync.Mutex
	polling   bool
	closed    bool
	listeners int
	topics    map[string]*topic // by the filter, as parameters
}

// topic is what listeners of one filter are told.
type topic struct {
	filter    query.TraceFilter
	cursor    string // up to which they have been told; "" is not asked yet
	listeners map[*listener]struct{}
}

// listener is a client. Its channel is closed where it was too slow.
type listener struct{ events chan event }

// event is one of server-sent events. https://html.spec.whatwg.org/multipage/server-sent-events.html
type event struct {
	id   string
	data []byte
}

// Changes is the method of query.Source.
type Changes func(ctx context.Context, cursor string, f query.TraceFilter) (query.Changes, error)

// NewLive returns what /live tells, as the poller says. It asks nothing as long as nobody
// listens. The source is asked for those who come again.
func NewLive(poller Changes, source query.Source, options LiveOptions) *Live {
	ctx, cancel := context.WithCancel(context.Background())
	return &Live{poller: poller, source: source, options: options.withDefaults(), ctx: ctx, cancel: cancel, topics: map[string]*topic{}}
}

// Close ends all streams, whose clients come again.
func (l *Live) Close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.cancel()
	l.wait.Wait()
}

// join adds a listener. leave takes it out again.
func (l *Live) join(key string, filter query.TraceFilter) (who *listener, leave func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, nil, mount.Unavailable{Sentence: "the collector is stopping"}
	}
	t := l.topics[key]
	if l.listeners >= l.options.Listeners || t == nil && len(l.topics) >= l.options.Filters {
		return nil, nil, mount.Unavailable{Sentence: "too many pages listen; close some"}
	}
	if t == nil {
		t = &topic{filter: filter, listeners: map[*listener]struct{}{}}
		l.topics[key] = t
	}
	who = &listener{make(chan event, l.options.Buffer)}
	t.listeners[who] = struct{}{}
	l.listeners++
	if t.cursor != "" { // where it joins
		e, err := newEvent(query.Changes{Cursor: t.cursor})
		if err != nil {
			return nil, nil, err
		}
		who.events <- e
	}
	if !l.polling {
		l.polling = true
		l.wait.Go(l.poll)
	}
	return who, func() { l.leave(key, t, who) }, nil
}

func (l *Live) leave(key string, t *topic, who *listener) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.listeners--
	delete(t.listeners, who)
	if len(t.listeners) == 0 && l.topics[key] == t {
		delete(l.topics, key)
	}
}

// poll asks until nobody listens.
func (l *Live) poll() {
	ticker := time.NewTicker(l.options.Interval)
	defer ticker.Stop()
	seen := ""
	for {
		// A failure is one of the store, which who asks for traces is told. It is asked again.
		if changes, err := l.poller(l.ctx, seen, query.TraceFilter{}); err == nil {
			moved := seen != "" && changes.Cursor != seen
			first := seen == ""
			seen = changes.Cursor
			l.tell(changes, moved, first)
		} else if seen != "" && l.ctx.Err() == nil {
			seen = l.afresh(err, seen)
		}
		select {
		case <-l.ctx.Done():
			return
		case <-ticker.C:
		}
		l.mu.Lock()
		if l.listeners == 0 {
			l.polling = false
			l.mu.Unlock()
			return
		}
		l.mu.Unlock()
	}
}

// afresh has everybody begin anew where a cursor is no longer understood, as after the
// store was replaced. A store that is away for a while keeps it.
func (l *Live) afresh(err error, seen string) string {
	if status, _ := explain(err); status == http.StatusServiceUnavailable {
		return seen
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range l.topics {
		t.cursor = ""
	}
	return ""
}

// pending are the topics that may have something new.
func (l *Live) pending(moved bool) map[string]*topic {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := map[string]*topic{}
	for key, t := range l.topics {
		if moved || t.cursor == "" {
			found[key] = t
		}
	}
	return found
}

// tell tells every topic what is new for it. Only poll calls it, and only it moves the
// cursors of topics.
func (l *Live) tell(changes query.Changes, moved, first bool) {
	for key, t := range l.pending(moved || first) {
		told := changes
		switch {
		case t.cursor == "": // it begins now
			told = query.Changes{Cursor: changes.Cursor}
		case key != "":
			var err error
			if told, err = l.poller(l.ctx, t.cursor, t.filter); err != nil {
				continue // the next change asks from the same cursor
			}
		}
		l.send(t, told)
	}
}

// send passes changes on to the listeners of a topic. Those that are too far behind are
// dropped: they come again, and say where they were.
func (l *Live) send(t *topic, changes query.Changes) {
	begins := t.cursor == ""
	l.mu.Lock()
	t.cursor = changes.Cursor
	l.mu.Unlock()
	if len(changes.Traces) == 0 && !begins {
		return
	}
	e, err := newEvent(changes)
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for who := range t.listeners {
		select {
		case who.events <- e:
		default:
			delete(t.listeners, who)
			close(who.events)
		}
	}
}

func newEvent(changes query.Changes) (event, error) {
	data, err := encode(changes)
	return event{changes.Cursor, data}, err
}

// live answers /live.
func (a *answerer) live(l *Live) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		values, err := parseQuery(r)
		var filter query.TraceFilter
		if err == nil {
			err = params.Decode(values, &filter)
		}
		if err != nil {
			a.fail(w, r, err)
			return
		}
		from := r.Header.Get("Last-Event-ID")
		if from == "" {
			from = filter.Cursor
		}
		filter.Cursor = ""               // not of the filter
		if r.Method == http.MethodHead { // there is nothing to wait for
			w.Header().Set("Content-Type", "text/event-stream")
			return
		}
		who, leave, err := l.join(params.Encode(filter).Encode(), filter)
		if err != nil {
			a.fail(w, r, err)
			return
		}
		defer leave()
		s := &stream{w: w, controller: http.NewResponseController(w), timeout: l.options.WriteTimeout}
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("X-Accel-Buffering", "no") // of proxies
		if s.write([]byte(": live\n\n")) != nil || l.resume(r.Context(), s, from, filter) != nil {
			return
		}
		l.follow(r.Context(), s, who)
	})
}

// resume tells what has changed since the client was there. It has joined before, so that
// nothing is missed; something may be told twice.
func (l *Live) resume(ctx context.Context, s *stream, from string, filter query.TraceFilter) error {
	for from != "" {
		changes, err := l.source.Changes(ctx, from, filter)
		if err != nil {
			// Where it was is not known any more: it has to load what it shows anew.
			return errors.Join(ctx.Err(), s.write([]byte("event: reset\ndata: {}\n\n")))
		}
		if len(changes.Traces) == 0 {
			return nil
		}
		e, err := newEvent(changes)
		if err == nil {
			err = s.send(e)
		}
		if err != nil || changes.Cursor == from {
			return err
		}
		from = changes.Cursor
	}
	return nil
}

// follow tells a client what its topic is told, until it goes.
func (l *Live) follow(ctx context.Context, s *stream, who *listener) {
	heartbeat := time.NewTicker(l.options.Heartbeat)
	defer heartbeat.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-l.ctx.Done():
			return
		case e, ok := <-who.events:
			if !ok {
				return
			}
			err = s.send(e)
		case <-heartbeat.C:
			err = s.write([]byte(": still here\n\n"))
		}
		if err != nil {
			return
		}
	}
}

// stream writes events to one client.
type stream struct {
	w          http.ResponseWriter
	controller *http.ResponseController
	timeout    time.Duration
}

func (s *stream) send(e event) error {
	text := make([]byte, 0, len(e.data)+len(e.id)+64)
	text = append(text, "event: changes\nid: "...)
	text = append(text, strings.NewReplacer("\n", "", "\r", "", "\x00", "").Replace(e.id)...)
	text = append(text, "\ndata: "...)
	text = append(text, e.data...) // one line of JSON with its end
	return s.write(append(text, '\n'))
}

// write sends at once, and has so much time for it.
func (s *stream) write(text []byte) error {
	if err := s.controller.SetWriteDeadline(time.Now().Add(s.timeout)); err != nil {
		return err
	}
	if _, err := s.w.Write(text); err != nil {
		return err
	}
	return s.controller.Flush()
}
