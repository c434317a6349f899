package mastraprovider

import (
	"net/url"
	"strings"
)

// parseHeaders reads key=value pairs between commas; values may be
// percent-encoded. No pairs are an empty map.
func parseHeaders(text string) (map[string]any, error) {
	headers := map[string]any{}
	for pair := range strings.SplitSeq(text, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		key, value, ok := strings.Cut(pair, "=")
		key = strings.TrimSpace(key)
		if !ok || key == "" {
			return nil, errHeaders
		}
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if err != nil {
			return nil, errHeaders
		}
		// $ would begin another address of a provider.
		headers[key] = strings.ReplaceAll(value, "$", "$$")
	}
	return headers, nil
}
