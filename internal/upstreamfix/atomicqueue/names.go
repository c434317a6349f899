package atomicqueue

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"

	"go.opentelemetry.io/collector/component"
)

// longestName is that of a file on the usual file systems, in bytes.
const longestName = 255

// fileOf is the file in which file_storage keeps what a component stores: a test holds
// it to what file_storage does.
func fileOf(dir string, kind component.Kind, id component.ID, name string) string {
	raw := fmt.Sprintf("%s_%s_%s", strings.ToLower(kind.String()), id.Type(), id.Name())
	if name != "" {
		raw += "_" + name
	}
	var safe strings.Builder
	for _, c := range raw {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '-', c == '_':
			safe.WriteRune(c)
		default:
			fmt.Fprintf(&safe, "~%04X", c)
		}
	}
	if safe.Len() <= longestName {
		return filepath.Join(dir, safe.String())
	}
	sum := sha256.Sum256([]byte(safe.String()))
	return filepath.Join(dir, hex.EncodeToString(sum[:]))
}
