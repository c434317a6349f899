package mount

import (
	"net/http"
	"strconv"
	"time"

	"golang.org/x/sync/semaphore"
)

// MaxAnswers bounds the answers that are being written to clients, of all APIs together, in
// bytes. Each is built first, so that no client holds up the store, however slowly it
// reads.
const MaxAnswers = 128 << 20

// writeTimeout is how long one answer may take to be read.
const writeTimeout = 60 * time.Second

// Answers writes answers in JSON, so many bytes at a time.
type Answers struct{ bytes *semaphore.Weighted }

// NewAnswers returns one for a number of bytes.
func NewAnswers(bytes int64) *Answers { return &Answers{semaphore.NewWeighted(bytes)} }

// Reserve takes bytes, where they are free, until release is called.
func (a *Answers) Reserve(bytes int64) (release func(), err error) {
	if !a.bytes.TryAcquire(bytes) {
		return nil, Unavailable{Sentence: "other answers are being read that are large; try again"}
	}
	return func() { a.bytes.Release(bytes) }, nil
}

// Write answers with JSON text. An error says that nothing was written.
func (a *Answers) Write(w http.ResponseWriter, status int, body []byte) error {
	release, err := a.Reserve(int64(len(body)))
	if err != nil {
		return err
	}
	defer release()
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTimeout))
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
	return nil
}
