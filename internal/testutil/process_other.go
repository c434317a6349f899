//go:build !linux

package testutil

import "time"

// ProcessCPU is known on Linux only.
func ProcessCPU(int) time.Duration { return 0 }

// ProcessPeakMemory is known on Linux only.
func ProcessPeakMemory(int) int { return 0 }
