package refusal

import (
	"net/http"
	"slices"
	"strings"
)

// awayStatus are answers of HTTP servers and proxies that do not depend on what was
// sent, besides 429, 502, 503 and 504, which OTLP has for this
// (https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes).
var awayStatus = []int{
	http.StatusUnauthorized,                  // 401
	http.StatusPaymentRequired,               // 402: a plan is used up
	http.StatusForbidden,                     // 403
	http.StatusProxyAuthRequired,             // 407
	http.StatusRequestTimeout,                // 408
	http.StatusMisdirectedRequest,            // 421: the connection leads to another server
	http.StatusTooEarly,                      // 425
	http.StatusInsufficientStorage,           // 507
	509,                                      // cPanel: bandwidth limit exceeded
	http.StatusNetworkAuthenticationRequired, // 511: a captive portal
	// https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/
	521, 522, 523, 524, 525, 526, 527, 530,
	529, // overloaded
}

// AwayStatus are the statuses after which a request is sent again as long as it
// takes, because they say nothing about the request.
func AwayStatus() []int { return slices.Clone(awayStatus) }

// addressStatus are what servers answer at an address that has nothing for the
// request, or another protocol.
var addressStatus = []int{
	http.StatusNotFound,         // 404
	http.StatusMethodNotAllowed, // 405
	http.StatusGone,             // 410
	http.StatusUpgradeRequired,  // 426
	http.StatusNotImplemented,   // 501
}

// AddressStatus are the statuses of a wrong address.
func AddressStatus() []int { return slices.Clone(addressStatus) }

// IsDoubtful reports whether a status may be due to the request or to the server:
// all that say that the server has failed and not how.
func IsDoubtful(status int) bool {
	switch status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return false
	}
	return 500 <= status && status < 600 && !slices.Contains(awayStatus, status)
}

// IsRedirect reports whether an answer leads elsewhere, such as to a page for
// logging in. A client that follows takes that page for an acceptance.
func IsRedirect(status int) bool { return 300 <= status && status < 400 }

// IsPage reports whether an answer is a page for people: of a proxy, a login, or an
// application at a wrong address. No intake answers so. body is the beginning.
func IsPage(contentType string, body []byte) bool {
	switch {
	case strings.Contains(contentType, "html"):
		return true
	case strings.Contains(contentType, "json"), strings.Contains(contentType, "protobuf"):
		return false
	}
	return strings.HasPrefix(http.DetectContentType(body), "text/html")
}
