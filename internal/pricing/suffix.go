package pricing

import (
	"strconv"
	"strings"
)

// suffixes says what may follow a known model name without making it another model. Dates, -latest and -preview may
// always follow. What the source matches by prefix (a stem) may also be followed by a version or a short date. Any
// other word, above all fast, batch, audio, realtime, tts, image, search and transcribe, names another model with
// another price, and ends the match.
type suffixes struct {
	stem    bool // the name is a stem of the source
	claude  bool // Anthropic's models have the same price with thinking
	google  bool // Google numbers its releases: -001
	bedrock bool // Amazon Bedrock appends -v1:0 and a context length
}

// allow reports whether rest, which starts with a separator, is made of allowed parts only.
func (s suffixes) allow(rest string) bool {
	afterPreview := false
	for rest != "" {
		n, preview := s.part(rest, afterPreview)
		if n == 0 || (n < len(rest) && rest[n] != '-' && rest[n] != ':' && rest[n] != '@') {
			return false
		}
		afterPreview = afterPreview || preview
		rest = rest[n:]
	}
	return true
}

// part returns the length of the first part of rest with its separator, or 0 when it is not allowed.
func (s suffixes) part(rest string, afterPreview bool) (n int, preview bool) {
	sep, body := rest[0], rest[1:]
	if sep == ':' {
		if s.bedrock {
			return withSeparator(bedrockNumber(body)), false
		}
		return 0, false
	}
	word := body[:wordEnd(body)]
	switch word {
	case "latest", "default":
		return 1 + len(word), false
	case "preview":
		return 1 + len(word), true
	case "exp":
		if s.stem {
			return 1 + len(word), true
		}
	case "thinking":
		if s.claude {
			return 1 + len(word), false
		}
	}
	if n := longDate(body); n > 0 {
		return 1 + n, false
	}
	if afterPreview || s.stem {
		if n := shortDate(body); n > 0 {
			return 1 + n, false
		}
	}
	if (s.google || s.stem) && len(word) == 3 && word[:2] == "00" && digits(word) {
		return 1 + len(word), false
	}
	if (s.bedrock || s.stem) && len(word) >= 2 && len(word) <= 3 && word[0] == 'v' && digits(word[1:]) {
		return 1 + len(word), false
	}
	return 0, false
}

func withSeparator(n int) int {
	if n == 0 {
		return 0
	}
	return 1 + n
}

// longDate returns the length of a date YYYYMMDD or YYYY-MM-DD at the start of text.
func longDate(text string) int {
	if len(text) >= 8 && digits(text[:8]) && calendar(text[:4], text[4:6], text[6:8]) {
		return 8
	}
	if len(text) >= 10 && text[4] == '-' && text[7] == '-' && calendar(text[:4], text[5:7], text[8:10]) {
		return 10
	}
	return 0
}

// shortDate returns the length of MM-DD, MM-YYYY or MMDD at the start of text, the forms that follow previews.
func shortDate(text string) int {
	end := func(n int) bool { return len(text) == n || text[n] == '-' || text[n] == ':' }
	switch {
	case len(text) >= 7 && text[2] == '-' && calendar(text[3:7], text[:2], "01") && end(7):
		return 7
	case len(text) >= 5 && text[2] == '-' && calendar("2024", text[:2], text[3:5]) && end(5):
		return 5
	case len(text) >= 4 && calendar("2024", text[:2], text[2:4]) && end(4):
		return 4
	case len(text) >= 4 && calendar("20"+text[:2], text[2:4], "01") && end(4):
		return 4 // YYMM, as Mistral dates its models
	}
	return 0
}

func calendar(year, month, day string) bool {
	if !digits(year) || !digits(month) || !digits(day) {
		return false
	}
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	return y >= 2022 && y <= 2049 && m >= 1 && m <= 12 && d >= 1 && d <= 31
}

// bedrockNumber returns the length of a revision (0) or a context length (300k) at the start of text.
func bedrockNumber(text string) int {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	if n == 0 || n > 4 {
		return 0
	}
	if n < len(text) && (text[n] == 'k' || text[n] == 'm') {
		n++
	}
	return n
}

func wordEnd(text string) int {
	if i := strings.IndexAny(text, "-:@"); i >= 0 {
		return i
	}
	return len(text)
}

func digits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}
