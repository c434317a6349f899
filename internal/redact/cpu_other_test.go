//go:build !linux

package redact

import "testing"

func measureCPU(*testing.B, int) func() { return func() {} }
