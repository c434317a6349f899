package sensitivefilter

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// repeat begins the second walk through a batch, which looks for the values that the first has found, and for those that are known of its
// traces. It reports false where there are none.
func (w *walker) repeat() bool {
	w.again = w.session.Repeats()
	return w.again
}

// resources walks through n resources. With per_resource each is walked through twice by itself; what one has of a trace is then looked for
// in those before it too, as far as they have the same trace. An audit leaves this out: it would count again what still stands in them.
func (w *walker) resources(n int, walk func(i int)) {
	found := false
	for i := range n {
		walk(i)
		if w.perResource && w.repeat() {
			walk(i)
			w.forget()
			found = true
		}
	}
	if !found || w.audit {
		return
	}
	for i := range n - 1 {
		w.again = w.session.RepeatsOfTraces()
		walk(i)
		w.forget()
	}
}

// forget ends the second walk. The next begins with nothing known but what the traces have left.
func (w *walker) forget() {
	w.again = false
	w.session.Forget()
	w.session.Remember()
}

// enter says which trace a record belongs to.
func (w *walker) enter(id pcommon.TraceID) {
	w.session.In(w.redactor.Scope(id))
	w.session.InTrace(id)
}

// leave ends the records of an instrumentation scope.
func (w *walker) leave() {
	w.session.In(nil)
	w.session.InTrace(pcommon.TraceID{})
}

// besideSpans has what is known of the traces of a resource looked for in the resource and its scopes too.
func (w *walker) besideSpans(rs ptrace.ResourceSpans) {
	if !w.again {
		return
	}
	w.session.NotBeside()
	var last pcommon.TraceID
	for i := range rs.ScopeSpans().Len() {
		spans := rs.ScopeSpans().At(i).Spans()
		for j := range spans.Len() {
			if id := spans.At(j).TraceID(); id != last {
				w.session.Beside(id)
				last = id
			}
		}
	}
}

// besideRecords is besideSpans for log records.
func (w *walker) besideRecords(rl plog.ResourceLogs) {
	if !w.again {
		return
	}
	w.session.NotBeside()
	var last pcommon.TraceID
	for i := range rl.ScopeLogs().Len() {
		records := rl.ScopeLogs().At(i).LogRecords()
		for j := range records.Len() {
			if id := records.At(j).TraceID(); id != last {
				w.session.Beside(id)
				last = id
			}
		}
	}
}
