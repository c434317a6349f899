package tracestore

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLibcIsTheVersionThatTheDriverNames guards the one version that cannot be
// chosen freely: modernc.org/sqlite is generated for exactly one modernc.org/libc
// and crashes with others (gitlab.com/cznic/sqlite/-/issues/177).
func TestLibcIsTheVersionThatTheDriverNames(t *testing.T) {
	goMod, err := os.ReadFile(goList(t, "{{.GoMod}}", "modernc.org/sqlite"))
	require.NoError(t, err)
	named := regexp.MustCompile(`(?m)^\s*modernc\.org/libc (v\S+)`).FindSubmatch(goMod)
	require.NotNil(t, named)
	assert.Equal(t, string(named[1]), goList(t, "{{.Version}}", "modernc.org/libc"),
		"run: go get modernc.org/libc@%s", named[1])
}

func goList(t *testing.T, format, module string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", format, module).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}
