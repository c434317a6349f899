package jsonraw

import (
	"encoding/json"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestArraysAndObjectsComeApartAsTheyStand(t *testing.T) {
	v := Of(` { "a" : [ 1 , "x,]\"}" , {"b":null} ,[] ] , "c\n":true, "d":{} } `)
	require.True(t, v.IsObject())
	assert.Equal(t, 3, v.Len())
	var keys []string
	for key := range v.Members() {
		keys = append(keys, key)
	}
	assert.Equal(t, []string{"a", "c\n", "d"}, keys)
	assert.Equal(t, []Value{"1", `"x,]\"}"`, `{"b":null}`, "[]"}, slices.Collect(v.Get("a").Elements()))
	assert.Equal(t, `x,]"}`, slices.Collect(v.Get("a").Elements())[1].Text())
	assert.Equal(t, Value("true"), v.Get("nothing", "c\n"))
	assert.Empty(t, v.Get("nothing"))
	assert.Empty(t, Of(`{"b":null}`).Get("b"), "null is none")
	assert.Empty(t, slices.Collect(v.Elements()), "an object has no elements")
	assert.Zero(t, Of("[ ]").Len())
	assert.Zero(t, Of("7").Len())
}

func TestBackslashesBeforeTheLastQuote(t *testing.T) {
	assert.Equal(t, []Value{`"a\\"`, `"b"`}, slices.Collect(Of(`["a\\","b"]`).Elements()))
	assert.Equal(t, []Value{`"a\\\","`, `"b"`}, slices.Collect(Of(`["a\\\",","b"]`).Elements()))
}

func TestAStringWithoutEscapesIsNotCopied(t *testing.T) {
	v := Value(`"` + "plain" + `"`)
	assert.Zero(t, testing.AllocsPerRun(100, func() { _ = v.Text() }))
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
		check(t, Of(text), want)
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
