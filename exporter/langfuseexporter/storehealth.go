package langfuseexporter

import (
	"errors"
	"net/http"
	"slices"
	"sync/atomic"
	"time"
)

// storeTrial is how long after a failure a file is tried again, while uploads fail.
const storeTrial = 30 * time.Second

// storeHealth is whether files of a project reach the media store. A reference is
// sent before its file, and cannot be taken back: while uploads fail, notes stand in
// spans, and a file now and then is tried without being referred to.
type storeHealth struct {
	failed atomic.Int64 // when an upload or a trial last failed or began, in ns of Unix time; 0: none fails
}

// ofTheFile are the answers that refuse one file for what it is, and say nothing of
// others.
var ofTheFile = []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity}

// note takes how an upload ended, with all its attempts.
func (h *storeHealth) note(err error, now time.Time) {
	var answer *answerError
	switch {
	case err == nil:
		h.failed.Store(0)
	case errors.As(err, &answer) && slices.Contains(ofTheFile, answer.status):
	default:
		h.failed.Store(now.UnixNano())
	}
}

// down reports whether the last upload failed.
func (h *storeHealth) down() bool { return h.failed.Load() != 0 }

// trial reports whether a file is to be tried, while uploads fail: one each time
// that after is over.
func (h *storeHealth) trial(now time.Time, after time.Duration) bool {
	failed := h.failed.Load()
	return failed != 0 && now.UnixNano()-failed >= int64(after) && h.failed.CompareAndSwap(failed, now.UnixNano())
}
