package cli

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// localZone is the IANA name of the machine's zone, UTC where it has none. Go knows the
// zone's rules and not its name (https://github.com/golang/go/issues/30133).
func localZone() string {
	name, given := os.LookupEnv("TZ")
	if !given {
		link, err := filepath.EvalSymlinks("/etc/localtime")
		if err == nil {
			_, name, _ = strings.Cut(link, "/zoneinfo/")
		}
	}
	name = strings.TrimPrefix(name, ":")
	if name == "" {
		return "UTC"
	}
	if _, err := time.LoadLocation(name); err != nil {
		return "UTC"
	}
	return name
}
