package redact

import (
	"os"
	"strconv"
)

func seedFlag() int { n, _ := strconv.Atoi(os.Getenv("ZSEED")); return n }
