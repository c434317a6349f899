package retryrefused

import (
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

// outage says once that a destination takes requests again, which exporters do not. One
// that was shorter than shortOutage is not worth a line: a request that alone is refused
// looks like it.
type outage struct{ since atomic.Int64 } // nanoseconds since 1970; 0: it takes requests

const shortOutage = 5 * time.Second

// begins notes that a request was not taken.
func (o *outage) begins() { o.since.CompareAndSwap(0, time.Now().UnixNano()) }

// ends notes that a request was taken.
func (o *outage) ends(logger *zap.Logger, destination string) {
	since := o.since.Swap(0)
	if since == 0 {
		return
	}
	if lasted := time.Since(time.Unix(0, since)); lasted >= shortOutage {
		logger.Info("The destination takes requests again; what waits in the queue is sent",
			zap.String("destination", destination), zap.Stringer("after", lasted.Round(time.Second)))
	}
}
