package media

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDataURIsAreFound(t *testing.T) {
	long := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", 100)))
	found := []string{}
	replace := func(text string) string {
		return Replace(text, 100, func(contentType, encoded string) string {
			found = append(found, contentType)
			assert.Equal(t, long, encoded)
			return "<>"
		})
	}
	assert.Equal(t, `url <> and <>.`, replace(`url data:image/PNG;base64,`+long+` and data:audio/wav;codecs=1;base64,`+long+`.`))
	assert.Equal(t, []string{"image/png", "audio/wav"}, found)
	for _, text := range []string{
		"nothing", "data:image/png;base64,AAAA", ";base64," + long, "data: see below;base64," + long, "data:image/png;base64,",
	} {
		assert.Equal(t, text, replace(text))
	}
	assert.Equal(t, "data:image/png;base64,"+long, Replace("data:image/png;base64,"+long, 100, func(string, string) string { return "" }))
}

// TestSlashesWithABackslash: PHP writes JSON so.
func TestSlashesWithABackslash(t *testing.T) {
	long := strings.Repeat("ab/+", 50)
	text := `{"url":"data:image\/png;base64,` + strings.ReplaceAll(long, "/", `\/`) + `"}`
	assert.JSONEq(t, `{"url":"<>"}`, Replace(text, 100, func(contentType, encoded string) string {
		assert.Equal(t, "image/png", contentType)
		assert.Equal(t, long, encoded)
		return "<>"
	}))
	assert.Equal(t, text, Replace(text, 100, func(string, string) string { return "" }))
	assert.Equal(t, text, Replace(text, len(long)+1, func(string, string) string { return "<>" }), "the backslashes are not counted")
}

func TestDecode(t *testing.T) {
	for _, encoded := range []string{"_-8", "/+8=", "/+8"} {
		file, ok := Decode("image/png", encoded)
		require.True(t, ok)
		assert.Equal(t, []byte{0xff, 0xef}, file.Content)
		assert.Len(t, file.ID, 22)
		assert.Len(t, file.Hash, 44)
		assert.Equal(t, "@@@langfuseMedia:type=image/png|id="+file.ID+"|source=base64_data_uri@@@", file.Reference())
	}
	for _, encoded := range []string{"", "=", "a", "a=b"} {
		_, ok := Decode("image/png", encoded)
		assert.False(t, ok, encoded)
	}
}

// FuzzReplace holds that only data URIs change, and that JSON stays JSON.
func FuzzReplace(f *testing.F) {
	f.Add("data:;/;base64,", -3) // a slash in the parameters only
	f.Add(`{"url":"data:image/png;base64,`+strings.Repeat("AB/+", 30)+`"}`, 100)
	f.Add(`data:a/b;c=d;base64,`+strings.Repeat(`A\/`, 50)+` and data:;base64,AAAA`, 10)
	f.Add(`["data:x/y;base64,data:x/y;base64,AAAAAAAA"]`, 4)
	f.Fuzz(func(t *testing.T, text string, minSize int) {
		require.Equal(t, text, Replace(text, minSize, func(string, string) string { return "" }))
		found := 0
		out := Replace(text, minSize, func(contentType, encoded string) string {
			found++
			require.Contains(t, contentType, "/")
			require.GreaterOrEqual(t, len(encoded), minSize)
			if file, ok := Decode(contentType, encoded); ok {
				return file.Reference()
			}
			return Note(contentType, len(encoded))
		})
		if found == 0 {
			require.Equal(t, text, out)
		}
		if json.Valid([]byte(text)) {
			require.True(t, json.Valid([]byte(out)), out)
		}
		if utf8.ValidString(text) {
			require.True(t, utf8.ValidString(out))
		}
	})
}
