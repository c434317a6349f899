package redacttest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// Corpus returns about size bytes of what model calls carry, without anything sensitive: chat messages as JSON with prose, code, tool
// results, logs, tables, numbers and text outside ASCII. The same seed gives the same text.
func Corpus(size int, seed uint64) string {
	rnd := rand.New(rand.NewPCG(seed, 11))
	var b strings.Builder
	b.Grow(size + 4096)
	b.WriteByte('[')
	for b.Len() < size {
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		role := []string{"user", "assistant", "tool"}[rnd.IntN(3)]
		fmt.Fprintf(&b, `{"role":%q,"parts":[{"type":"text","content":"`, role)
		for range 2 + rnd.IntN(4) {
			part := parts[rnd.IntN(len(parts))](rnd)
			part = strings.NewReplacer("\\", `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(part)
			b.WriteString(part)
			b.WriteString(`\n\n`)
		}
		b.WriteString(`"}]}`)
	}
	b.WriteByte(']')
	return b.String()
}

// parts make one piece of a message each.
var parts = []func(*rand.Rand) string{prose, prose, prose, code, toolResult, logLines, numbers, foreign}

var words = strings.Fields(`the of and to in is that for it as with was on are by this be from at have or an they which one you were all we when there can said
	about out up into has more her two like him see time could no make than first been its who now people my made over did down only way find use may water long little very after called
	just where most know get through back much go good new write our man too any day same right look think also around another came come work three word must because does part even place
	well such here take why help put different away again off went old number great tell men say small every found still between name should home big give air line set own under read last never
	us left end along while might next sound below saw something thought both few those always show large often together asked house world going want school important until form food keep children
	feet land side without boy once animal life enough took four head above kind began almost live page got earth need far hand high year mother light country father let night picture being study
	model prompt context window token tokens latency retry request response function argument schema index vector embedding retrieval cache session trace span attribute service deployment cluster
	database table column query transaction migration password policy account authentication authorization key value header cookie browser certificate encryption documentation example configuration`)

// identifiers are words without those that make a key of a secret out of a name.
var identifiers = slices.DeleteFunc(slices.Clone(words), func(w string) bool {
	return w == "password" || w == "authorization" || w == "cookie" || w == "token" || w == "key" || w == "header" || w == "value"
})

func prose(rnd *rand.Rand) string {
	var b strings.Builder
	for range 2 + rnd.IntN(6) {
		n := 6 + rnd.IntN(18)
		for i := range n {
			w := words[rnd.IntN(len(words))]
			if i == 0 {
				w = strings.ToUpper(w[:1]) + w[1:]
			}
			b.WriteString(w)
			switch {
			case i == n-1:
				b.WriteString(". ")
			case rnd.IntN(12) == 0:
				b.WriteString(", ")
			case rnd.IntN(60) == 0:
				b.WriteString(": ")
			default:
				b.WriteByte(' ')
			}
		}
	}
	return b.String()
}

func name(rnd *rand.Rand) string {
	w := identifiers[rnd.IntN(len(identifiers))]
	v := identifiers[rnd.IntN(len(identifiers))]
	if rnd.IntN(2) == 0 {
		return w + "_" + v
	}
	return w + strings.ToUpper(v[:1]) + v[1:]
}

func code(rnd *rand.Rand) string {
	var b strings.Builder
	b.WriteString("```python\n")
	for range 4 + rnd.IntN(12) {
		switch rnd.IntN(5) {
		case 0:
			fmt.Fprintf(&b, "def %s(%s: str, %s: int = %d) -> None:\n", name(rnd), name(rnd), name(rnd), rnd.IntN(100))
		case 1:
			fmt.Fprintf(&b, "    %s = %s.%s(%s[%d])\n", name(rnd), name(rnd), name(rnd), name(rnd), rnd.IntN(10))
		case 2:
			fmt.Fprintf(&b, "    if %s >= %d and %s != \"%s\":\n", name(rnd), rnd.IntN(1000), name(rnd), words[rnd.IntN(len(words))])
		case 3:
			fmt.Fprintf(&b, "        return {\"%s\": %s, \"%s\": %d}\n", name(rnd), name(rnd), name(rnd), rnd.IntN(1e6))
		default:
			fmt.Fprintf(&b, "    # %s %s %s\n", words[rnd.IntN(len(words))], words[rnd.IntN(len(words))], words[rnd.IntN(len(words))])
		}
	}
	b.WriteString("```")
	return b.String()
}

func hex(rnd *rand.Rand, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = "0123456789abcdef"[rnd.IntN(16)]
	}
	return string(out)
}

func toolResult(rnd *rand.Rand) string {
	var b strings.Builder
	b.WriteString(`{"results":[`)
	for i := range 2 + rnd.IntN(6) {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"%s-%s-%s-%s-%s","%s":"%s","score":0.%06d,"created_at":"2026-11-%02dT%02d:%02d:%02dZ","url":"https://docs.example.com/%s/%s?page=%d","%s":%d,"sha":"%s"}`,
			hex(rnd, 8), hex(rnd, 4), hex(rnd, 4), hex(rnd, 4), hex(rnd, 12), name(rnd), words[rnd.IntN(len(words))], rnd.IntN(1e6), 1+rnd.IntN(28), rnd.IntN(24), rnd.IntN(60), rnd.IntN(60),
			words[rnd.IntN(len(words))], name(rnd), rnd.IntN(50), name(rnd), rnd.IntN(1e5), hex(rnd, 40))
	}
	b.WriteString(`],"usage":{"input_tokens":1240,"output_tokens":42,"cached_tokens":1024}}`)
	return b.String()
}

func logLines(rnd *rand.Rand) string {
	var b strings.Builder
	for range 3 + rnd.IntN(6) {
		fmt.Fprintf(&b, "2026-11-22T11:%02d:%02d.%03dZ INFO [%s] %s.%s took %d ms status=%d trace_id=%s path=/v1/%s/%d\n",
			rnd.IntN(60), rnd.IntN(60), rnd.IntN(1000), name(rnd), name(rnd), name(rnd), rnd.IntN(5000), 200+rnd.IntN(300), hex(rnd, 32), name(rnd), rnd.IntN(1e6))
	}
	return b.String()
}

func numbers(rnd *rand.Rand) string {
	var b strings.Builder
	b.WriteByte('[')
	for i := range 10 + rnd.IntN(30) {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%.6f", rnd.Float64()*2-1)
	}
	b.WriteByte(']')
	return b.String()
}

func foreign(rnd *rand.Rand) string {
	return []string{
		"Die Größe des Kontextfensters begrenzt, wie viele Dokumente übergeben werden können; über die übrigen wird später entschieden.",
		"模型的上下文窗口决定了一次可以处理多少文本。超过限制的部分会被截断，因此需要先进行检索：选择最相关的段落。",
		"Le modèle répond après avoir consulté les documents récupérés, puis l’agent décide s’il faut appeler un outil.",
		"モデルはツールを呼び出し、その結果を次のメッセージとして受け取ります。手順は繰り返されます。",
	}[rnd.IntN(4)]
}
