package langfusetest

import (
	"strconv"
	"strings"
)

// atLeast reports whether the server is of a version or newer.
func (s *Server) atLeast(major, minor int) bool {
	want := [...]int{major, minor}
	for i, part := range strings.SplitN(s.options.Version, ".", 3)[:len(want)] {
		n, _ := strconv.Atoi(part)
		if n != want[i] {
			return n > want[i]
		}
	}
	return true
}
