package openstore

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestStoresAreFoundByTheirExporter(t *testing.T) {
	_, ok := Find("libsql")
	assert.False(t, ok)
	removeFirst := Add("libsql", Store{File: "a"})
	removeSecond := Add("libsql", Store{File: "b"}) // a reload has both for a moment
	removeOther := Add("libsql/2", Store{File: "c"})
	defer removeOther()
	store, ok := Find("libsql")
	assert.True(t, ok)
	assert.Equal(t, "b", store.File)
	removeFirst()
	store, _ = Find("libsql")
	assert.Equal(t, "b", store.File)
	removeSecond()
	_, ok = Find("libsql")
	assert.False(t, ok)
	store, _ = Find("libsql/2")
	assert.Equal(t, "c", store.File)
}
