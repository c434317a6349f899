package jsonraw

import (
	"encoding/json"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func of(t *testing.T, text string) Value {
	t.Helper()
	v, ok := Parse(text)
	require.True(t, ok, text)
	return v
}

// raw are the elements as they stand.
func raw(v Value) []string {
	var all []string
	for element := range v.Elements() {
		all = append(all, element.Raw())
	}
	return all
}

func TestArraysAndObjectsComeApartAsTheyStand(t *testing.T) {
	v := of(t, ` { "a" : [ 1 , "x,]\"}" , {"b":null} ,[] ] , "c\n":true, "d":{} } `)
	require.True(t, v.IsObject())
	assert.Equal(t, 3, v.Len())
	var keys []string
	for key := range v.Members() {
		keys = append(keys, key)
	}
	assert.Equal(t, []string{"a", "c\n", "d"}, keys)
	assert.Equal(t, []string{"1", `"x,]\"}"`, `{"b":null}`, "[]"}, raw(v.Get("a")))
	assert.Equal(t, `x,]"}`, slices.Collect(v.Get("a").Elements())[1].Text())
	assert.Equal(t, "true", v.Get("nothing", "c\n").Raw())
	assert.True(t, v.Get("nothing").IsNone())
	assert.True(t, of(t, `{"b":null}`).Get("b").IsNone(), "null is none")
	assert.Empty(t, raw(v), "an object has no elements")
	assert.Zero(t, of(t, "[ ]").Len())
	assert.Zero(t, of(t, "7").Len())
}

func TestBackslashesBeforeTheLastQuote(t *testing.T) {
	assert.Equal(t, []string{`"a\\"`, `"b"`}, raw(of(t, `["a\\","b"]`)))
	assert.Equal(t, []string{`"a\\\","`, `"b"`}, raw(of(t, `["a\\\",","b"]`)))
}

func TestAStringWithoutEscapesIsNotCopied(t *testing.T) {
	v := of(t, `"plain"`)
	assert.Zero(t, testing.AllocsPerRun(100, func() { _ = v.Text() }))
}

func TestJSONInsideAString(t *testing.T) {
	assert.Equal(t, `["a"]`, of(t, `"[\"a\"]"`).Unquoted().Raw())
	assert.Equal(t, `{"b":1}`, of(t, `" {\"b\":1}\n"`).Unquoted().Raw())
	for _, stays := range []string{`"[1"`, `"7"`, `"\"a\""`, `[1]`, `""`, `"\u005bx"`} {
		assert.Equal(t, stays, of(t, stays).Unquoted().Raw())
	}
}

func TestKeysThatRepeat(t *testing.T) {
	assert.True(t, of(t, `{"a":1,"b":2,"\u0061":3}`).RepeatsKey())
	assert.False(t, of(t, `{"a":{"b":1},"b":{"b":2}}`).RepeatsKey())
	assert.False(t, of(t, `[1,1]`).RepeatsKey())
}

func TestValuesThatSayNothing(t *testing.T) {
	for _, nothing := range []string{`null`, `""`, `[ ]`, `{ }`} {
		assert.True(t, of(t, nothing).SaysNothing(), nothing)
	}
	for _, something := range []string{`0`, `false`, `" "`, `[null]`, `{"a":null}`} {
		assert.False(t, of(t, something).SaysNothing(), something)
	}
}

func TestAnArenaIsUsedAgain(t *testing.T) {
	var arena Arena
	read := func() {
		v, ok := arena.Parse(`["plain",[1,2]]`)
		require.True(t, ok)
		_, ok = arena.Parse(`nothing`)
		require.False(t, ok)
		other, ok := arena.Parse(`{"other":1}`)
		require.True(t, ok)
		if v.Len() != 2 || other.Get("other").IsNone() {
			t.Error("a value has changed under another text")
		}
		arena.Reset()
	}
	read()
	assert.LessOrEqual(t, testing.AllocsPerRun(100, read), 1.0)
}

// FuzzWalk holds what is walked over against encoding/json.
func FuzzWalk(f *testing.F) {
	f.Add(`{"a":[1,"\"",{"b":[]}],"c":{}}`)
	f.Add(`[[],{},"\\",-1.5e+3,null , true]`)
	f.Fuzz(func(t *testing.T, text string) {
		var want any
		if !utf8.ValidString(text) || json.Unmarshal([]byte(text), &want) != nil {
			return
		}
		v, ok := Parse(text)
		if !ok { // nested deeper than MaxDepth
			return
		}
		check(t, v, want)
	})
}

func check(t *testing.T, v Value, want any) {
	t.Helper()
	switch w := want.(type) {
	case []any:
		require.Equal(t, len(w), v.Len())
		i := 0
		for element := range v.Elements() {
			check(t, element, w[i])
			i++
		}
	case map[string]any:
		for key, value := range v.Members() {
			if n := count(v, key); n == 1 {
				check(t, value, w[key])
			}
		}
	case string:
		require.Equal(t, w, v.Text())
	case nil:
		require.True(t, v.IsNull())
	}
}

func count(v Value, key string) int {
	n := 0
	for name := range v.Members() {
		if name == key {
			n++
		}
	}
	return n
}
