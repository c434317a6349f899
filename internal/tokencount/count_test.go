package tokencount

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFamilyOfAModel(t *testing.T) {
	for model, want := range map[string]string{
		"gpt-4o-mini-2024-07-18": "openai o200k", "gpt-5.6-luna": "openai o200k", "o3": "openai o200k", "openai/gpt-oss-120b": "openai o200k",
		"gpt-4-turbo": "openai cl100k", "gpt-3.5-turbo": "openai cl100k", "text-embedding-3-small": "openai cl100k",
		"ft:gpt-4o-mini:acme::x": "openai o200k", "claude-haiku-4-5-20251001": "claude", "us.anthropic.claude-sonnet-4-5-20250929-v1:0": "claude",
		"claude-opus-4-8": "claude, from Opus 4.7 on", "anthropic/claude-opus-4.7": "claude, from Opus 4.7 on",
		"models/gemini-2.5-pro": "gemini", "meta-llama/Llama-3.3-70B-Instruct-Turbo": "llama 3", "us.meta.llama3-3-70b-instruct-v1:0": "llama 3",
		"Qwen/Qwen3-235B": "qwen", "mistral-large-2512": "mistral", "codestral-latest": "mistral", "grok-4": "other", "": "other",
	} {
		assert.Equal(t, want, FamilyOf(model).Name, model)
	}
}

// TestCountsAreOpenAIs holds known counts: "hello world" is two tokens in both
// encodings, and tiktoken's own example "tiktoken is great!" is six in both.
func TestCountsAreOpenAIs(t *testing.T) {
	c := Counter{MaxBytes: 1 << 16}
	for _, e := range []Encoding{O200k, Cl100k} {
		assert.Equal(t, 2.0, c.Count(e, "hello world"))
		assert.Equal(t, 6.0, c.Count(e, "tiktoken is great!"))
		assert.Equal(t, 8.0, c.Count(e, "hello world", "tiktoken is great!"))
		assert.Zero(t, c.Count(e, ""))
	}
}

func TestLongTextsAreExtrapolated(t *testing.T) {
	text := strings.Repeat("The quick brown fox jumps over the lazy dog. ", 2000)
	exact := Counter{MaxBytes: 1 << 20}
	bounded := Counter{MaxBytes: 4096}
	assert.InEpsilon(t, exact.Count(O200k, text), bounded.Count(O200k, text), 0.02)
	assert.InEpsilon(t, exact.Count(O200k, text), bounded.Count(O200k, text[:len(text)/2], text[len(text)/2:]), 0.02)
}

func TestBase64IsNotCounted(t *testing.T) {
	c := Counter{MaxBytes: 1 << 16}
	picture := "data:image/png;base64," + strings.Repeat("iVBORw0KGgo", 1000)
	assert.Less(t, c.Count(O200k, `{"a":"`+picture+`"}`), 30.0)
	assert.Equal(t, c.Count(O200k, "before data:x;base64,", " after"), c.Count(O200k, "before data:x;base64,AAAA", " after"))
}

func TestTheScriptDecidesTheFactor(t *testing.T) {
	f := FamilyOf("claude-haiku-4-5")
	assert.Equal(t, 1.10, f.Scale("plain English with one 字"))
	assert.Equal(t, 1.16, f.Scale("这是一个用中文写的测试句子，没有别的内容"))
	assert.Equal(t, 1.21, f.Scale("これは日本語で書かれたテストの文章です"))
	assert.Equal(t, 1.10, f.Scale(""))
}

func TestInvalidUTF8IsCountedAllTheSame(t *testing.T) {
	c := Counter{MaxBytes: 8}
	assert.Positive(t, c.Count(O200k, "caf\xe9 \xff\xfe", "\xff"))
}

func BenchmarkCount(b *testing.B) {
	c := Counter{MaxBytes: 1 << 16}
	text := strings.Repeat("The cart service answers with 502 about once in forty requests. ", 160)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		c.Count(O200k, text)
	}
}
