//go:build unix

package lifecycle

import (
	"os/exec"
	"syscall"
)

// apart keeps a terminal's signals from a process: they are for the collector.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
