package redact

import (
	"encoding/json"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
)

// FuzzRepeated tells a value as a password, and passes a text through the same batch, through a later one, and its result through both
// again: a known value does not stand in it, JSON stays JSON, and the second pass changes nothing.
func FuzzRepeated(f *testing.F) {
	for _, value := range []string{"hunter2xy!", `ab"Super1234`, `a\nb123456`, "49302137", "staging-db-1", "p@ss w0rd+7", `","x1234567`, "abcabcabcabcabc1", "пароль-12345", "%41%42%43%44123", "&amp;&amp;1234567", `x"}1234567`, "trailing1\\", "7,8],[9,10"} {
		for _, text := range []string{"I used %s to log in", `{"a":%q}`, `{"a":["%s",{"b":"\"%s\""}],"n":%s}`, "x%sy", "[%s, %s]", "%s%s", `"%s":"%s"`, "password=%s&x=%s", "\x1b[1m%s\x1b[0m"} {
			f.Add(value, fmt.Sprintf(text, value, value))
		}
	}
	r := newRedactor(f)
	f.Fuzz(func(t *testing.T, value, text string) {
		r.memory = newMemory(RepeatOptions{})
		pass := func(text string, tell bool) string {
			s := r.Session()
			defer s.Close()
			s.Remember()
			s.InTrace([16]byte{1})
			if tell {
				s.String(s.Key("", "password"), value)
			}
			out, _ := s.String(Key{}, text)
			if s.Repeats() {
				out, _ = s.Repeated(Key{}, out)
			}
			return out
		}
		plain, _ := r.String("", text)
		first := pass(text, true)
		if strings.Contains(first, "[REDACTED:redact.error]") && !strings.Contains(plain, "redact.error") {
			t.Fatalf("a panic: %q", first)
		}
		_, found := r.String("password", value)
		if len(found) == 1 && found[0].Start == 0 && found[0].End == len(value) && !r.inLabel(value) {
			if worthOf(rulePassword, value) == worthRandom && strings.Contains(first, value) {
				t.Fatalf("%q stands in %q", value, first)
			}
		}
		if strings.ContainsAny(text, `{["`) && json.Valid([]byte(text)) && !json.Valid([]byte(first)) {
			t.Fatalf("no JSON: %q", first)
		}
		for range 2 {
			if again := pass(first, false); again != first {
				t.Fatalf("second pass: %q, was %q", again, first)
			}
			r.memory = newMemory(RepeatOptions{})
		}
	})
}

// TestTheTimeToFindKnownValuesIsLinear searches texts that almost hold known values, over and over.
func TestTheTimeToFindKnownValuesIsLinear(t *testing.T) {
	if threadTime() == 0 {
		t.Skip("no clock for the time of a thread on this system")
	}
	const size = 256 << 10
	random := strings.Join(many(5, func(i int) string { return redacttest.Sample("[0-9A-Za-z]{800}", uint64(i)) }), "")
	for name, c := range map[string]struct {
		values []string
		text   string
	}{
		"ends of values":         {many(1000, func(i int) string { return fmt.Sprintf("v%04dq-hunter2xy!", i) }), "-hunter2xy! "},
		"beginnings of values":   {many(1000, func(i int) string { return fmt.Sprintf("hunter2xy!-%04dqX", i) }), "hunter2xy!-"},
		"long values but one":    {many(50, func(i int) string { return random[:3990] + fmt.Sprintf("%04d!", i) }), random[:3990] + "x"},
		"periodic values":        {many(200, func(i int) string { return strings.Repeat("hunter2x", 60+i) + "!" }), "hunter2x"},
		"values upon values":     {many(200, func(i int) string { return strings.Repeat("hunter2x", 2+i) }), "hunter2x"},
		"the values":             {many(1000, func(i int) string { return fmt.Sprintf("v%04dq-hunter2xy!", i) }), "v0007q-hunter2xy! "},
		"escapes":                {[]string{"hunter2xy!"}, `\\\"`},
		"backslashes":            {[]string{"hunter2xy!"}, `\`},
		"percents":               {[]string{"hunter2xy!"}, `%25%2525`},
		"surrogates":             {[]string{"hunter2xy!"}, `\ud83d`},
		"colours without an end": {[]string{"hunter2xy!"}, "\x1b[1;"},
		"entities":               {[]string{"hunter2xy!"}, "&amp;&#"},
		"base64":                 {[]string{"hunter2xy!"}, "aHVudGVyMnh5"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRedactor(t)
			s := r.Session()
			defer s.Close()
			s.Remember()
			for _, v := range c.values {
				s.String(s.Key("", "password"), v)
			}
			require.True(t, s.Repeats())
			require.NotEmpty(t, s.repeats.batch.spellings)
			text := strings.Repeat(c.text, 2*size/len(c.text)+1)[:2*size]
			ratio := math.Inf(1)
			var once float64
			for try := 0; try < 8 && ratio > 2.3; try++ {
				once = cpuOfRepeated(s, text[:size])
				ratio = min(ratio, cpuOfRepeated(s, text)/once)
			}
			t.Logf(name+": %.1f ns a byte; %.2f times for double the length", once/size, ratio)
			assert.LessOrEqual(t, ratio, 2.3)
		})
	}
}

func many(n int, text func(i int) string) (out []string) {
	for i := range n {
		out = append(out, text(i))
	}
	return out
}

func cpuOfRepeated(s *Session, text string) float64 {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	best := math.Inf(1)
	for range 4 {
		start := threadTime()
		s.Repeated(Key{}, text)
		best = min(best, float64((threadTime() - start).Nanoseconds()))
	}
	return best
}
