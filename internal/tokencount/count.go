package tokencount

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/tiktoken-go/tokenizer"
)

// Counter counts tokens. Its vocabularies are made when they are first needed,
// which takes about a tenth of a second. It is safe for concurrent use.
type Counter struct {
	// MaxBytes is how much of one text is counted exactly; what is beyond is
	// extrapolated. Counting costs about a millisecond a kilobyte.
	MaxBytes int

	o200k, cl100k lazy
}

type lazy struct {
	once  sync.Once
	codec tokenizer.Codec
}

func (l *lazy) get(name tokenizer.Encoding) tokenizer.Codec {
	// The error is for names that the library does not have.
	l.once.Do(func() { l.codec, _ = tokenizer.Get(name) })
	return l.codec
}

func (c *Counter) codec(e Encoding) tokenizer.Codec {
	if e == Cl100k {
		return c.cl100k.get(tokenizer.Cl100kBase)
	}
	return c.o200k.get(tokenizer.O200kBase)
}

// Count returns how many tokens of the encoding the texts have together. Base64
// data is skipped: nobody pays for it as text.
func (c *Counter) Count(e Encoding, texts ...string) float64 {
	codec := c.codec(e)
	left := c.MaxBytes
	counted, tokens, rest := 0, 0, 0
	for _, text := range texts {
		text = withoutBase64(text)
		if len(text) > left {
			head := cutAtRune(text, left)
			rest += len(text) - len(head)
			text = head
		}
		if text == "" {
			continue
		}
		n, err := codec.Count(text)
		if err != nil {
			rest += len(text)
			continue
		}
		left -= len(text)
		counted += len(text)
		tokens += n
	}
	return float64(tokens) + float64(rest)*tokensPerByte(tokens, counted)
}

// assumedBytesPerToken is what a token has in English text (llmcost reference
// 5.3: 4.5 characters); JSON has fewer.
const assumedBytesPerToken = 4

func tokensPerByte(tokens, bytes int) float64 {
	if bytes == 0 {
		return 1.0 / assumedBytesPerToken
	}
	return float64(tokens) / float64(bytes)
}

// Guess is Count without a vocabulary: by length alone, off by 15 % on average
// (llmcost reference 5.3). It is for when there is no time to count.
func Guess(texts ...string) float64 {
	bytes := 0
	for _, text := range texts {
		bytes += len(text)
	}
	return float64(bytes) / assumedBytesPerToken
}

// Scale returns the family's factor for texts like these: that of the script
// which more than a third of the sample is in.
func (f *Family) Scale(texts ...string) float64 {
	han, kana, all := 0, 0, 0
	for _, text := range texts {
		for _, r := range cutAtRune(text, scriptSample) {
			all++
			switch {
			case r < utf8.RuneSelf:
			case unicode.Is(unicode.Han, r):
				han++
			case unicode.In(r, unicode.Hiragana, unicode.Katakana):
				kana++
			}
		}
	}
	switch {
	case 3*(han+kana) <= all:
		return f.Factor
	case kana > 0 && 10*kana > han:
		return f.Japanese
	}
	return f.Chinese
}

// scriptSample is how many bytes of a text decide about its script.
const scriptSample = 2048

func cutAtRune(text string, n int) string {
	if n >= len(text) {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:max(n, 0)]
}

// base64Mark stands before the data of a data URL.
const base64Mark = ";base64,"

// withoutBase64 cuts the data out of data URLs.
func withoutBase64(text string) string {
	if !strings.Contains(text, base64Mark) {
		return text
	}
	var kept strings.Builder
	for {
		i := strings.Index(text, base64Mark)
		if i < 0 {
			kept.WriteString(text)
			return kept.String()
		}
		kept.WriteString(text[:i+len(base64Mark)])
		text = text[i+len(base64Mark):]
		text = strings.TrimLeft(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-\\")
	}
}
