package mastraprovider

import (
	"net/url"
	"strings"
	"unicode"
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
		if strings.ContainsFunc(key, notOfToken) || strings.ContainsFunc(value, unicode.IsControl) {
			return nil, errHeaderText
		}
		// $ would begin another address of a provider.
		headers[key] = strings.ReplaceAll(value, "$", "$$")
	}
	return headers, nil
}

// notOfToken says whether a key of a header may not have a character.
// https://www.rfc-editor.org/rfc/rfc9110#name-tokens
func notOfToken(r rune) bool {
	return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}
